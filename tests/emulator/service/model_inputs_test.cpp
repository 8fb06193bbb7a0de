// Every operation of the model through the shape gate with inputs made from its own shape: the
// smallest valid one passes, each required member's absence is reported, and every wrong JSON type
// is.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/emulator/service/shape_gate.h"

namespace understudy {
namespace {

std::string text_for(PatternId pattern, std::int64_t min) {
  switch (pattern) {
    case kPatternCsvDelimiter:
      return ",";
    case kPatternS3BucketOwner:
      return "123456789012";
    case kPatternTableId:
      return "01234567-89ab-cdef-0123-456789abcdef";
    case kPatternImportNextToken:
      return std::string(static_cast<std::size_t>(min == kNoLimit ? 16 : (min + 15) / 16 * 16),
                         'a');
    case kNoPattern:
    case kPatternAutoScalingPolicyName:
    case kPatternAutoScalingRoleArn:
    case kPatternClientToken:
    case kPatternContributorInsightsRule:
    case kPatternCsvHeader:
    case kPatternS3Bucket:
    case kPatternTableName:
      break;
  }
  return std::string(static_cast<std::size_t>(std::max<std::int64_t>(min, 3)), 'a');
}

// The smallest value of a shape; structures without the members named in `but`.
std::string smallest(const Shape& wanted, std::string_view but = "") {
  switch (wanted.kind) {
    case ShapeKind::kStructure: {
      std::string out;
      for (const Member& member : wanted.members) {
        if (member.required && member.name != but) {
          out += (out.empty() ? "\"" : ",\"") + std::string(member.name) +
                 "\":" + smallest(shape(member.shape));
        }
      }
      return "{" + out + "}";
    }
    case ShapeKind::kList:
      return wanted.min > 0 ? "[" + smallest(shape(wanted.element)) + "]" : "[]";
    case ShapeKind::kMap:
      return wanted.min > 0 ? R"({"abc":)" + smallest(shape(wanted.element)) + "}" : "{}";
    case ShapeKind::kString:
      return "\"" +
             (wanted.enumerators.empty() ? text_for(wanted.pattern, wanted.min)
                                         : std::string(wanted.enumerators[0])) +
             "\"";
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
      return std::to_string(std::max<std::int64_t>(wanted.min, 1));
    case ShapeKind::kDouble:
    case ShapeKind::kTimestamp:
      return "1.5";
    case ShapeKind::kBoolean:
      return "true";
    case ShapeKind::kBlob:
      return "\"\"";
    case ShapeKind::kAttributeValue:
      return R"({"S":"a"})";
  }
  return "";
}

TEST(ModelInputs, TheSmallestOfEveryOperationPasses) {
  for (const ModelOperation& operation : model_operations()) {
    const std::string body = smallest(shape(operation.input));
    EXPECT_EQ(through_gate(operation.name, body), "") << operation.name << " " << body;
    EXPECT_EQ(through_gate(operation.name, body, ValidationWording::k2025), "") << operation.name;
  }
}

TEST(ModelInputs, EveryMissingRequiredMemberIsReported) {
  for (const ModelOperation& operation : model_operations()) {
    for (const Member& member : shape(operation.input).members) {
      if (!member.required) {
        continue;
      }
      std::string path(member.name);
      path[0] = static_cast<char>(path[0] - 'A' + 'a');
      const std::string answer =
          violation(operation.name, smallest(shape(operation.input), member.name));
      const bool named = answer == "The parameter '" + std::string(member.name) +
                                       "' is required but was not present in the request";
      EXPECT_TRUE(named || answer == "1 validation error detected: Value null at '" + path +
                                         "' failed to satisfy constraint: Member must not be null")
          << operation.name << " " << answer;
    }
  }
}

TEST(ModelInputs, AListIsNeverWhatAMemberThatIsNoListWants) {
  for (const ModelOperation& operation : model_operations()) {
    for (const Member& member : shape(operation.input).members) {
      const bool list = shape(member.shape).kind == ShapeKind::kList;
      const std::string answer = through_gate(
          operation.name, "{\"" + std::string(member.name) + "\":" + (list ? "{}" : "[]") + "}");
      EXPECT_TRUE(answer.starts_with("SerializationException ")) << operation.name << member.name;
    }
  }
}

TEST(ModelInputs, EveryEnumerationRefusesOtherWords) {
  for (const ModelOperation& operation : model_operations()) {
    const Shape& input = shape(operation.input);
    std::string body = smallest(input);
    for (const Member& member : input.members) {
      if (shape(member.shape).enumerators.empty()) {
        continue;
      }
      std::string with = body;
      with.pop_back();
      with += (with.size() > 1 ? ",\"" : "\"") + std::string(member.name) + R"(":"BOGUS"})";
      EXPECT_NE(violation(operation.name, with).find("Member must satisfy enum value set: ["),
                std::string::npos)
          << operation.name << " " << member.name;
    }
  }
}

}  // namespace
}  // namespace understudy
