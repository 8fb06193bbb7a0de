// Moments as people write them.
#include "emulator/clock/moment_text.h"

#include <gtest/gtest.h>

namespace understudy {
namespace {

TEST(MomentText, ReadsDatesTimesAndSeconds) {
  EXPECT_EQ(parse_moment("1970-01-02"), 86'400'000'000);
  EXPECT_EQ(parse_moment("1970-01-01T00:00:01Z"), 1'000'000);
  EXPECT_EQ(parse_moment("1970-01-01 00:01"), 60'000'000);
  EXPECT_EQ(parse_moment("1970-01-01T00:00:01.25"), 1'250'000);
  EXPECT_EQ(parse_moment("1.5"), 1'500'000);
  EXPECT_EQ(parse_moment("2024-02-29T00:00:00.000001Z"), 1'709'164'800'000'001);
  for (const char* wrong : {"", "x", "2026-13-01", "2023-02-29", "2026-01-01T24:00", "2026-01-01T",
                            "2026-01-01T00:00:00+01:00", "-5", "1e300", "nan"}) {
    EXPECT_EQ(parse_moment(wrong), std::nullopt) << wrong;
  }
}

TEST(MomentText, WritesWhatItReads) {
  EXPECT_EQ(moment_text(1'709'164'800'000'001), "2024-02-29T00:00:00.000001Z");
  EXPECT_EQ(moment_text(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(moment_text(-1), "1969-12-31T23:59:59.999999Z");
}

}  // namespace
}  // namespace understudy
