// Moments and ARNs in text.
#include <gtest/gtest.h>

#include "emulator/table/date_text.h"
#include "emulator/table/table_arn.h"

namespace understudy {
namespace {

constexpr Microseconds kMoment = (Microseconds{1'791'504'000} + 21 * 60 + 34) * 1'000'000 + 5'600;

TEST(DateText, WritesStreamLabels) {
  EXPECT_EQ(iso_text(kMoment), "2026-10-09T00:21:34.005");
}

// Case: the text of a refused decrease (notes of the AWS Controllers for Kubernetes,
// DDB-TABLE-326).
TEST(DateText, WritesDatesAsRefusalsDo) {
  EXPECT_EQ(long_date_text(kMoment),
            "Friday, October 9, 2026 at 12:21:34 AM Coordinated Universal Time");
  EXPECT_EQ(long_date_text(kMoment + 13 * 3600 * kMicrosecondsPerSecond),
            "Friday, October 9, 2026 at 1:21:34 PM Coordinated Universal Time");
}

TEST(TableArn, HasItsParts) {
  const auto arn =
      parse_table_arn("arn:aws:dynamodb:eu-west-2:123456789012:table/things/index/by_x");
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->region, "eu-west-2");
  EXPECT_EQ(arn->account, "123456789012");
  EXPECT_EQ(arn->table, "things");
  EXPECT_EQ(arn->index, "by_x");
}

TEST(TableArn, IsOfATableOrIndexOnly) {
  for (const char* text :
       {"things", "arn:aws:s3:::things", "arn:aws:dynamodb:r:1:table/",
        "arn:aws:dynamodb:r:1:table/a", "arn:aws:dynamodb:r:1:table/things/stream/2026",
        "arn:aws:dynamodb:r:1:backup/things"}) {
    EXPECT_FALSE(parse_table_arn(text)) << text;
  }
}

TEST(TableArn, StandsForTheTablesName) {
  EXPECT_EQ(*table_name_of("things"), "things");
  EXPECT_EQ(*table_name_of("arn:aws:dynamodb:r:1:table/things"), "things");
  EXPECT_FALSE(table_name_of("arn:aws:dynamodb:r:1:table/things/index/by_x"));
}

}  // namespace
}  // namespace understudy
