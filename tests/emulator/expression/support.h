// What the tests of the expression room share: plans and items from JSON text, in one arena.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/buffer.h"
#include "emulator/base/json.h"
#include "emulator/expression/expression.h"
#include "emulator/expression/placeholders.h"
#include "emulator/expression/plan_cache.h"
#include "emulator/model/item.h"
#include "emulator/model/json_codec.h"

namespace understudy {

/// A request's surroundings. Everything it hands out lives as long as it does.
class ExpressionWorld {
 public:
  const JsonNode& json(std::string_view text) {
    return *arena.make<JsonNode>(parse_json(arena.copy(text), arena).value());
  }

  ItemRef item(std::string_view text) {
    return make_item(decode_attributes(json(text), arena).value(), {}, arena);
  }

  Value value(std::string_view text) { return decode_value(json(text), arena).value(); }

  Placeholders& placeholders(std::string_view names, std::string_view values) {
    return **Placeholders::read(names.empty() ? nullptr : &json(names),
                                values.empty() ? nullptr : &json(values), ValueErrors::kBare,
                                arena);
  }

  ExpressionContext context(std::string_view names, std::string_view values) {
    return {plans, placeholders(names, values), arena};
  }

  Arena arena;
  PlanCache plans;
};

template <class T>
std::string error_of(const Result<T>& result) {
  return result ? "no error" : result.error().message();
}

}  // namespace understudy
