#include "emulator/service/pattern_matcher.h"

#include <gtest/gtest.h>

#include <string>

namespace understudy {
namespace {

struct PatternCase {
  PatternId pattern;
  const char* text;
  bool matches;
};

TEST(Patterns, MatchAsTheirRegularExpressions) {
  const std::string hex(16, 'a');
  const std::string long_rule(128, 'r');
  const PatternCase cases[] = {
      {kNoPattern, "", true},
      {kPatternTableName, "a-Z_0.9", true},
      {kPatternTableName, "", false},
      {kPatternTableName, "a b", false},
      {kPatternTableName, "caf\xC3\xA9", false},
      {kPatternAutoScalingPolicyName, "a policy!", true},
      {kPatternAutoScalingPolicyName, "", false},
      {kPatternAutoScalingPolicyName, "a\n", false},
      {kPatternAutoScalingRoleArn, "caf\xC3\xA9 \xF0\x9F\x98\x80\r\n\t", true},
      {kPatternAutoScalingRoleArn, "\x01", false},
      {kPatternAutoScalingRoleArn, "\xEF\xBF\xBF", false},
      {kPatternClientToken, "a b", true},
      {kPatternClientToken, "a$b", false},
      {kPatternClientToken, "", false},
      {kPatternContributorInsightsRule, "a-b_c.d", true},
      {kPatternContributorInsightsRule, "-ab", false},
      {kPatternContributorInsightsRule, "a", false},
      {kPatternContributorInsightsRule, long_rule.c_str(), true},
      {kPatternContributorInsightsRule, (long_rule + "r").c_str(), false},
      {kPatternCsvDelimiter, "\t", true},
      {kPatternCsvDelimiter, ",;", false},
      {kPatternCsvDelimiter, "", false},
      {kPatternCsvHeader, "a b", true},
      {kPatternCsvHeader, "a,b", false},
      {kPatternCsvHeader, "", true},
      {kPatternImportNextToken, hex.c_str(), true},
      {kPatternImportNextToken, "aaaa", false},
      {kPatternImportNextToken, "", false},
      {kPatternS3Bucket, "my.bucket-1", true},
      {kPatternS3Bucket, "", false},
      {kPatternS3Bucket, "a", false},
      {kPatternS3Bucket, "bucket-", false},
      {kPatternS3BucketOwner, "123456789012", true},
      {kPatternS3BucketOwner, "12345678901", false},
      {kPatternTableId, "01234567-89ab-cdef-0123-456789abcdef", true},
      {kPatternTableId, "01234567-89ab-cdef-0123-456789abcdeF", false},
      {kPatternTableId, "0123456-789ab-cdef-0123-456789abcdef", false},
  };
  for (const PatternCase& one : cases) {
    EXPECT_EQ(matches_pattern(one.pattern, one.text), one.matches)
        << pattern_text(one.pattern) << " " << one.text;
  }
}

}  // namespace
}  // namespace understudy
