#include "emulator/capacity/minute_metrics.h"

#include <gtest/gtest.h>

#include <set>

namespace understudy::minute_metrics_test {
namespace {

constexpr Microseconds kStart = 28'333'334 * kMinute;

TEST(MinuteMetrics, HasTheNamesOfTheService) {
  EXPECT_EQ(metric_name(Metric::kConsumedReadCapacityUnits), "ConsumedReadCapacityUnits");
  EXPECT_EQ(metric_name(Metric::kTimeToLiveDeletedItemCount), "TimeToLiveDeletedItemCount");
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kMetricCount; ++i) {
    names.insert(metric_name(static_cast<Metric>(i)));
  }
  EXPECT_EQ(names.size(), kMetricCount);
}

TEST(MinuteMetrics, SumsWithinAMinute) {
  MinuteMetrics metrics(10);
  metrics.record(Metric::kReturnedItemCount, 3000, kStart);
  metrics.record(Metric::kReturnedItemCount, 1000, kStart + kMinute - 1);
  metrics.record(Metric::kReturnedItemCount, 7000, kStart + kMinute);
  ASSERT_EQ(metrics.minutes().size(), 2U);
  const MetricPoint& point = metrics.minutes()[0][Metric::kReturnedItemCount];
  EXPECT_EQ(metrics.minutes()[0].begins, kStart);
  EXPECT_EQ(point.sum, 4000);
  EXPECT_EQ(point.samples, 2);
  EXPECT_EQ(point.smallest, 1000);
  EXPECT_EQ(point.largest, 3000);
  EXPECT_EQ(metrics.minutes()[1][Metric::kReturnedItemCount].sum, 7000);
}

TEST(MinuteMetrics, ForgetsTheOldestAndTakesNoSpaceForEmptyMinutes) {
  MinuteMetrics metrics(2);
  for (const std::int64_t minute : {0, 5, 100}) {
    metrics.count(Metric::kUserErrors, kStart + minute * kMinute);
  }
  ASSERT_EQ(metrics.minutes().size(), 2U);
  EXPECT_EQ(metrics.minutes()[0].begins, kStart + 5 * kMinute);
}

TEST(MinuteMetrics, AddsUpWhatItHasForgottenToo) {
  MinuteMetrics metrics(1);
  metrics.record(Metric::kReturnedItemCount, 5000, kStart);
  metrics.record(Metric::kReturnedItemCount, 2000, kStart + kMinute);
  metrics.record(Metric::kReturnedItemCount, 3000, kStart + 2 * kMinute);
  const MetricPoint total = metrics.total(Metric::kReturnedItemCount);
  EXPECT_EQ(total.sum, 10000);
  EXPECT_EQ(total.samples, 3);
  EXPECT_EQ(total.smallest, 2000);
  EXPECT_EQ(total.largest, 5000);
  EXPECT_EQ(metrics.total(Metric::kUserErrors).samples, 0);
}

TEST(MinuteMetrics, CountsALateReadingOfTheClockInTheRunningMinute) {
  MinuteMetrics metrics(10);
  metrics.count(Metric::kUserErrors, kStart);
  metrics.count(Metric::kUserErrors, kStart - 1);
  ASSERT_EQ(metrics.minutes().size(), 1U);
  EXPECT_EQ(metrics.minutes()[0][Metric::kUserErrors].samples, 2);
}

TEST(MinuteMetrics, BeginsAnewWhereTheClockWasSetBack) {
  MinuteMetrics metrics(10);
  metrics.count(Metric::kUserErrors, kStart);
  metrics.count(Metric::kUserErrors, kStart + 10 * kMinute);
  metrics.count(Metric::kUserErrors, kStart + 3 * kMinute);
  ASSERT_EQ(metrics.minutes().size(), 2U);
  EXPECT_EQ(metrics.minutes()[1].begins, kStart + 3 * kMinute);
}

}  // namespace
}  // namespace understudy::minute_metrics_test
