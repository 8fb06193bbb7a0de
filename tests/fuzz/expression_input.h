// What the expression fuzzers share: an item, placeholders, and the input as the expression's text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/base/check.h"
#include "emulator/base/json.h"
#include "emulator/expression/expression.h"
#include "emulator/expression/plan_cache.h"
#include "emulator/model/json_codec.h"

namespace understudy::fuzz {

struct ExpressionInput {
  ExpressionInput(const std::uint8_t* data, std::size_t size)
      : text(reinterpret_cast<const char*>(data), size),
        placeholders(read_placeholders()),
        item(make_item(attributes(), "", arena)) {}

  [[nodiscard]] ExpressionContext context() { return {plans, *placeholders, arena}; }

  std::string_view text;
  Arena arena;
  PlanCache plans{16};
  Placeholders* placeholders;
  ItemRef item;

 private:
  JsonNode json(std::string_view document) {
    const auto node = parse_json(document, arena);
    CHECK(node.has_value());
    return *node;
  }
  Placeholders* read_placeholders() {
    names_ = json(R"({"#a":"a","#b":"b.c","#l":"list"})");
    values_ = json(R"({":s":{"S":"x"},":n":{"N":"1"},":b":{"B":"AQID"},":t":{"BOOL":true},)"
                   R"(":l":{"L":[{"N":"1"}]},":m":{"M":{"k":{"S":"v"}}},":ss":{"SS":["a","b"]},)"
                   R"(":ns":{"NS":["1","2"]},":z":{"NULL":true}})");
    auto result = Placeholders::read(&names_, &values_, ValueErrors::kBare, arena);
    CHECK(result.has_value());
    return *result;
  }
  std::span<const MapEntry> attributes() {
    item_ = json(
        R"({"a":{"S":"xyz"},"b.c":{"N":"38"},"list":{"L":[{"N":"1"},{"M":{"k":{"SS":["a"]}}}]},)"
        R"("n":{"N":"9.99"},"m":{"M":{"k":{"L":[]}}},"ns":{"NS":["1","3"]},"t":{"BOOL":false}})");
    auto result = decode_attributes(item_, arena);
    CHECK(result.has_value());
    return *result;
  }
  JsonNode names_;
  JsonNode values_;
  JsonNode item_;
};

}  // namespace understudy::fuzz
