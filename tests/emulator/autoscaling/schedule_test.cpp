// When scheduled actions run.
#include "emulator/autoscaling/schedule.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "emulator/table/date_text.h"

namespace understudy::autoscaling {
namespace {

// 2026-01-15 was a Thursday.
constexpr Microseconds kThursday = Microseconds{1768478400} * 1'000'000;  // 12:00:00 UTC

std::vector<std::string> times(std::string_view expression, std::size_t count,
                               std::string_view timezone = "") {
  const auto schedule = Schedule::parse(expression, timezone, kThursday);
  if (!schedule) {
    return {std::string(schedule.error())};
  }
  std::vector<std::string> texts;
  Microseconds after = kThursday;
  while (texts.size() < count) {
    const auto next = schedule->next(after);
    if (!next) {
      texts.emplace_back("never");
      break;
    }
    texts.push_back(iso_text(*next).substr(0, 16));
    after = *next;
  }
  return texts;
}

using Times = std::vector<std::string>;

TEST(Schedule, RunsOnceAtAMoment) {
  EXPECT_EQ(times("at(2026-01-16T06:30:00)", 2), (Times{"2026-01-16T06:30", "never"}));
  EXPECT_EQ(times("at(2026-01-15T12:00:00)", 1), (Times{"never"}));
  EXPECT_EQ(times("at(2026-01-16T06:30:00)", 1, "Etc/GMT+9"), (Times{"2026-01-16T15:30"}));
}

TEST(Schedule, RunsAtARateFromItsCreation) {
  EXPECT_EQ(times("rate(90 minutes)", 2), (Times{"2026-01-15T13:30", "2026-01-15T15:00"}));
  EXPECT_EQ(times("rate(1 day)", 1), (Times{"2026-01-16T12:00"}));
  EXPECT_EQ(times("rate(2hours)", 1), (Times{"2026-01-15T14:00"}));
}

TEST(Schedule, RunsByCronFields) {
  EXPECT_EQ(times("cron(15 10 * * ? *)", 2), (Times{"2026-01-16T10:15", "2026-01-17T10:15"}));
  EXPECT_EQ(times("cron(0/20 12 * * ? *)", 3),
            (Times{"2026-01-15T12:20", "2026-01-15T12:40", "2026-01-16T12:00"}));
  EXPECT_EQ(times("cron(0 8 ? * MON-FRI *)", 3),
            (Times{"2026-01-16T08:00", "2026-01-19T08:00", "2026-01-20T08:00"}));
  EXPECT_EQ(times("cron(0 0 1 jan,7 ? 2027)", 3),
            (Times{"2027-01-01T00:00", "2027-07-01T00:00", "never"}));
  EXPECT_EQ(times("cron(0 9 * * ? *)", 1, "Etc/GMT-2"), (Times{"2026-01-16T07:00"}));
}

TEST(Schedule, KnowsLastNearestAndNumberedDays) {
  EXPECT_EQ(times("cron(0 0 L * ? *)", 2), (Times{"2026-01-31T00:00", "2026-02-28T00:00"}));
  // 1 February 2026 is a Sunday, 15 February too.
  EXPECT_EQ(times("cron(0 0 1W * ? *)", 1), (Times{"2026-02-02T00:00"}));
  EXPECT_EQ(times("cron(0 0 17W * ? *)", 1), (Times{"2026-01-16T00:00"}));
  EXPECT_EQ(times("cron(0 0 ? * 6L *)", 1), (Times{"2026-01-30T00:00"}));
  EXPECT_EQ(times("cron(0 0 ? * 2#1 *)", 1), (Times{"2026-02-02T00:00"}));
  EXPECT_EQ(times("cron(0 0 ? * L *)", 1), (Times{"2026-01-17T00:00"}));
}

TEST(Schedule, FindsOutThatADateNeverComes) {
  EXPECT_EQ(times("cron(0 0 31 2 ? *)", 1), (Times{"never"}));
  EXPECT_EQ(times("cron(0 0 * * ? 2020)", 1), (Times{"never"}));
}

TEST(Schedule, RefusesWhatMakesNoSense) {
  for (const char* expression :
       {"", "30 3 * * *", "at(2026-02-30T00:00:00)", "at(2026-01-16)", "rate(0 minutes)",
        "rate(5 weeks)", "rate(minutes)", "every(5 minutes)", "rate(5 minutes"}) {
    EXPECT_EQ(times(expression, 1)[0].substr(0, 27), "Invalid schedule expression") << expression;
  }
  for (const char* expression :
       {"cron(0 0 * * * *)", "cron(0 0 ? * ? *)", "cron(60 0 * * ? *)", "cron(0 24 * * ? *)",
        "cron(0 0 32 * ? *)", "cron(0 0 * 13 ? *)", "cron(0 0 ? * 8 *)", "cron(0 0 * * ? 1969)",
        "cron(0 0 * * ?)", "cron(0 0 * * ? * *)", "cron(5-1 0 * * ? *)", "cron(*/0 0 * * ? *)",
        "cron(, 0 * * ? *)", "cron(0 0 ? * 2#6 *)", "cron(0 0 0W * ? *)"}) {
    EXPECT_EQ(times(expression, 1)[0].substr(0, 27), "Invalid schedule expression") << expression;
  }
  EXPECT_EQ(times("rate(1 day)", 1, "Mars/Olympus")[0].substr(0, 16), "Invalid timezone");
}

}  // namespace
}  // namespace understudy::autoscaling
