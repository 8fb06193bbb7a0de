#include "emulator/service/pattern_matcher.h"

#include <gtest/gtest.h>

#include <string>

namespace understudy {
namespace {

struct PatternCase {
  const char* text;
  PatternId pattern;
  bool matches;
};

TEST(Patterns, MatchAsTheirRegularExpressions) {
  const std::string hex(16, 'a');
  const std::string long_rule(128, 'r');
  const std::string too_long_rule(129, 'r');
  const PatternCase cases[] = {
      {"", kNoPattern, true},
      {"a-Z_0.9", kPatternTableName, true},
      {"", kPatternTableName, false},
      {"a b", kPatternTableName, false},
      {"caf\xC3\xA9", kPatternTableName, false},
      {"a policy!", kPatternAutoScalingPolicyName, true},
      {"", kPatternAutoScalingPolicyName, false},
      {"a\n", kPatternAutoScalingPolicyName, false},
      {"caf\xC3\xA9 \xF0\x9F\x98\x80\r\n\t", kPatternAutoScalingRoleArn, true},
      {"\x01", kPatternAutoScalingRoleArn, false},
      {"\xEF\xBF\xBF", kPatternAutoScalingRoleArn, false},
      {"a b", kPatternClientToken, true},
      {"a$b", kPatternClientToken, false},
      {"", kPatternClientToken, false},
      {"a-b_c.d", kPatternContributorInsightsRule, true},
      {"-ab", kPatternContributorInsightsRule, false},
      {"a", kPatternContributorInsightsRule, false},
      {long_rule.c_str(), kPatternContributorInsightsRule, true},
      {too_long_rule.c_str(), kPatternContributorInsightsRule, false},
      {"\t", kPatternCsvDelimiter, true},
      {",;", kPatternCsvDelimiter, false},
      {"", kPatternCsvDelimiter, false},
      {"a b", kPatternCsvHeader, true},
      {"a,b", kPatternCsvHeader, false},
      {"", kPatternCsvHeader, true},
      {hex.c_str(), kPatternImportNextToken, true},
      {"aaaa", kPatternImportNextToken, false},
      {"", kPatternImportNextToken, false},
      {"my.bucket-1", kPatternS3Bucket, true},
      {"", kPatternS3Bucket, false},
      {"a", kPatternS3Bucket, false},
      {"bucket-", kPatternS3Bucket, false},
      {"123456789012", kPatternS3BucketOwner, true},
      {"12345678901", kPatternS3BucketOwner, false},
      {"01234567-89ab-cdef-0123-456789abcdef", kPatternTableId, true},
      {"01234567-89ab-cdef-0123-456789abcdeF", kPatternTableId, false},
      {"0123456-789ab-cdef-0123-456789abcdef", kPatternTableId, false},
  };
  for (const PatternCase& one : cases) {
    EXPECT_EQ(matches_pattern(one.pattern, one.text), one.matches)
        << pattern_text(one.pattern) << " " << one.text;
  }
}

}  // namespace
}  // namespace understudy
