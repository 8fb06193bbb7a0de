// ExpressionAttributeNames and ExpressionAttributeValues of one request: what #name and :value
// stand for, and whether each was used. Lives in the request's arena.
#pragma once

#include <cstdint>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/model/value.h"
#include "emulator/service/api_error.h"

namespace understudy {

/// How bad ExpressionAttributeValues are reported (H1): the current layer bare, the older one as
/// "ExpressionAttributeValues contains invalid value: … for key :x".
enum class ValueErrors : std::uint8_t { kBare, kWrapped };

class Placeholders {
 public:
  /// Reads both maps (either may be nullptr: not sent). Error: ValidationException for an empty
  /// map, a malformed placeholder ("Invalid placeholder name" texts), a bad value, more than 2 MB
  /// in all. Errors carry no "1 validation error detected: ".
  static Result<Placeholders*> read(const JsonNode* names, const JsonNode* values,
                                    ValueErrors value_errors, Arena& arena);

  /// What `#name` stands for, marked as used; nullptr: not defined. `placeholder` includes the '#'.
  const std::string_view* name(std::string_view placeholder);
  /// What `:value` stands for, marked as used; nullptr: not defined. `placeholder` includes the
  /// ':'.
  const Value* value(std::string_view placeholder);

  [[nodiscard]] bool has_names() const { return names_.size() > 0; }
  [[nodiscard]] bool has_values() const { return values_.size() > 0; }

  /// Error where something was given and never used: "Value provided in ExpressionAttributeNames
  /// unused in expressions: keys: {#a, #b}" and its twin for values.
  [[nodiscard]] Result<void> check_all_used() const;

 private:
  friend class Arena;
  struct Name {
    std::string_view placeholder;
    std::string_view name;
    bool used;
  };
  struct NamedValue {
    std::string_view placeholder;
    Value value;
    bool used;
  };
  explicit Placeholders(Arena& arena) : names_(arena), values_(arena) {}
  Result<void> read_names(const JsonNode& names, Arena& arena);
  Result<void> read_values(const JsonNode& values, ValueErrors value_errors, Arena& arena);
  [[nodiscard]] Result<void> check_size() const;
  ArenaVector<Name> names_;
  ArenaVector<NamedValue> values_;
};

}  // namespace understudy
