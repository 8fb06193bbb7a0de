// Random requests, made from the shapes and then damaged, through both passes of the shape gate. A
// failing seed is printed and can be replayed alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>

#include "emulator/service/input_violations.h"
#include "tests/emulator/service/shape_gate.h"

namespace understudy {
namespace {

class RequestMaker {
 public:
  explicit RequestMaker(std::uint32_t seed) : random_(seed) {}

  std::string value(const Shape& wanted, int depth = 0) {
    if (one_in(12)) {
      return any();
    }
    switch (wanted.kind) {
      case ShapeKind::kStructure:
      case ShapeKind::kAttributeValue:
        return structure(wanted, depth);
      case ShapeKind::kList:
        return list(wanted, depth);
      case ShapeKind::kMap:
        return map(wanted, depth);
      case ShapeKind::kString:
        return string(wanted);
      case ShapeKind::kInteger:
      case ShapeKind::kLong:
        return std::to_string(static_cast<int>(below(5)) - 1);
      case ShapeKind::kDouble:
      case ShapeKind::kTimestamp:
        return "1.5";
      case ShapeKind::kBoolean:
        return one_in(2) ? "true" : "\"no\"";
      case ShapeKind::kBlob:
        return one_in(4) ? "\"Y===\"" : "\"Yg==\"";
    }
    return "null";
  }

 private:
  std::uint32_t below(std::uint32_t limit) { return random_() % limit; }
  bool one_in(std::uint32_t n) { return below(n) == 0; }

  std::string any() {
    constexpr std::string_view anything[] = {"null", "{}",   "[]",     "1",           "1.5",
                                             "\"\"", "true", "[null]", "{\"a\":null}"};
    return std::string(anything[below(std::size(anything))]);
  }

  std::string string(const Shape& wanted) {
    if (!wanted.enumerators.empty() && !one_in(4)) {
      return "\"" + std::string(wanted.enumerators[below(wanted.enumerators.size())]) + "\"";
    }
    constexpr std::string_view words[] = {
        "", "a", "abc", "abc-def", "a;b", "arn:aws:dynamodb:r:1:table/t", "\xC3\xA9", "x y"};
    return "\"" + std::string(words[below(std::size(words))]) + "\"";
  }

  std::string structure(const Shape& wanted, int depth) {
    std::string out;
    for (const Member& member : wanted.members) {
      const bool skipped = depth > 6 || (member.required ? one_in(10) : !one_in(3));
      for (int copies = skipped ? 0 : 1 + static_cast<int>(one_in(20)); copies > 0; --copies) {
        out += (out.empty() ? "\"" : ",\"") + std::string(member.name) +
               "\":" + value(shape(member.shape), depth + 1);
      }
    }
    return "{" + out + "}";
  }

  std::string list(const Shape& wanted, int depth) {
    std::string out;
    for (std::uint32_t count = below(4); count > 0; --count) {
      out += (out.empty() ? "" : ",") + value(shape(wanted.element), depth + 1);
    }
    return "[" + out + "]";
  }

  std::string map(const Shape& wanted, int depth) {
    std::string out;
    for (std::uint32_t count = below(4); count > 0; --count) {
      out += (out.empty() ? "" : ",") + string(shape(wanted.key)) + ":" +
             value(shape(wanted.element), depth + 1);
    }
    return "{" + out + "}";
  }

  std::mt19937 random_;
};

// The fast pass may only call clean what the slow one finds clean.
TEST(ShapeGate, BothPassesAgree) {
  for (std::uint32_t seed = 0; seed < 20'000; ++seed) {
    const ModelOperation& operation = model_operations()[seed % model_operations().size()];
    const std::string body = RequestMaker(seed).value(shape(operation.input));
    Arena arena;
    auto document = parse_json(body, arena);
    ASSERT_TRUE(document) << seed << " " << body;
    const ValidationWording wording =
        seed % 2 == 0 ? ValidationWording::k2026 : ValidationWording::k2025;
    const auto verdict = validate_input(operation, *document, wording);
    if (!verdict && verdict.error().kind() == ErrorKind::kSerializationException) {
      continue;
    }
    const auto violations = report_violations(operation, *document, wording);
    ASSERT_EQ(verdict.has_value(), violations.has_value())
        << seed << " " << operation.name << " " << body << " "
        << (violations ? "" : violations.error().message());
  }
}

// A request that echoes many times its size must not take the server's memory with it.
TEST(ShapeGate, EchoesAreBounded) {
  std::string keys;
  for (int i = 0; i < 20'000; ++i) {
    keys += std::string(i == 0 ? "" : ",") + R"({"PutRequest":{"Item":{"a":{"S":""}}}})";
  }
  const std::string answer =
      violation("BatchWriteItem", R"({"RequestItems":{"abc":[)" + keys + "]}}");
  EXPECT_LT(answer.size(), 300'000U);
  EXPECT_TRUE(answer.ends_with("Member must have length greater than or equal to 1]"));
}

}  // namespace
}  // namespace understudy
