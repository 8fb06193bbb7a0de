// Value: one attribute value, 16 bytes, pointing into an arena, a request body or a stored item.
// Trivially copyable; whoever made it says how long it lives. Always canonical: sets and maps are
// sorted (sets by bytes or number, maps by name) and free of duplicates, so that equal values have
// equal canonical text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/buffer.h"
#include "emulator/base/json.h"
#include "emulator/model/number.h"
#include "emulator/service/api_error.h"
#include "emulator/service/limits.h"

namespace understudy {

enum class ValueType : std::uint8_t {
  kString,
  kNumber,
  kBinary,
  kBool,
  kNull,
  kStringSet,
  kNumberSet,
  kBinarySet,
  kList,
  kMap,
};

/// "S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M".
std::string_view type_name(ValueType type);

struct MapEntry;

struct Value {
  ValueType type = ValueType::kNull;
  bool boolean = false;    ///< kBool
  bool plain = false;      ///< kString: known to need no escapes in JSON; false: not known
  std::uint32_t size = 0;  ///< bytes of kString and kBinary; members of sets, lists and maps
  union {
    const char* bytes = nullptr;      // kString: UTF-8; kBinary: raw
    const Number* numbers;            // kNumber: one; kNumberSet
    const std::string_view* strings;  // kStringSet, kBinarySet (raw)
    const Value* elements;            // kList
    const MapEntry* entries;          // kMap
  };

  [[nodiscard]] std::string_view text() const { return {bytes, size}; }
  [[nodiscard]] const Number& number() const { return *numbers; }
  [[nodiscard]] std::span<const Number> number_set() const { return {numbers, size}; }
  [[nodiscard]] std::span<const std::string_view> string_set() const { return {strings, size}; }
  [[nodiscard]] std::span<const Value> list() const { return {elements, size}; }
  [[nodiscard]] inline std::span<const MapEntry> map() const;
  [[nodiscard]] bool is(ValueType wanted) const { return type == wanted; }
  [[nodiscard]] bool is_set() const {
    return type == ValueType::kStringSet || type == ValueType::kNumberSet ||
           type == ValueType::kBinarySet;
  }

  static Value string(std::string_view text);
  static Value binary(std::string_view raw);
  static Value number(const Number* number);
  static Value boolean_of(bool value);
  static Value null();
  static Value list_of(std::span<const Value> elements);
  static Value map_of(std::span<const MapEntry> entries);
  /// Sorted members without duplicates; `type` is kStringSet or kBinarySet.
  static Value string_set_of(ValueType type, std::span<const std::string_view> members);
  static Value number_set_of(std::span<const Number> members);
};
static_assert(sizeof(Value) == 16);

struct MapEntry {
  std::string_view name;  ///< unescaped UTF-8
  Value value;
};

inline std::span<const MapEntry> Value::map() const {
  return {entries, size};
}

/// Makes entries canonical in place: sorted by the bytes of their names; of equal names the last
/// entry stays. Returns how many are left.
std::size_t sort_entries(MapEntry* entries, std::size_t count);

/// The entry of that name, or nullptr. Binary search.
const Value* find(std::span<const MapEntry> entries, std::string_view name);

/// Same type and equal; sets compare as sets, maps by name.
bool equal(const Value& a, const Value& b);

/// What a list or map costs by itself, and what each of its members costs besides its own size
/// (A1).
inline constexpr std::size_t kContainerSizeBytes = 3;
inline constexpr std::size_t kElementSizeBytes = 1;

/// Billed bytes of a value (A1).
std::size_t value_size_bytes(const Value& value);
/// The same of an item's attributes, with their names.
std::size_t attributes_size_bytes(std::span<const MapEntry> attributes);

/// How deep lists and maps nest: a scalar or an empty list is 0, a list of scalars 1.
std::size_t nesting_depth(const Value& value);
/// What an item holds may nest 32 levels, the attribute's value itself included: nesting_depth() of
/// an attribute's value is below this. Case: H1, 31 wraps around a scalar pass, 32 fail. Assumed:
/// an empty list or map counts like a scalar.
inline constexpr std::size_t kNestingMax = kNestingLevelsMax;
/// The service's sentence for values beyond that. Case: AWS capture, eu-west-2, 2026-06.
inline constexpr std::string_view kNestingMessage =
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
    "beyond supported limit";

}  // namespace understudy
