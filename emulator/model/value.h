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
  std::uint32_t size = 0;  ///< bytes of kString and kBinary; members of sets, lists and maps
  union {
    const char* bytes = nullptr;        // kString: UTF-8; kBinary: raw
    const Number* numbers;              // kNumber: one; kNumberSet
    const std::string_view* strings;    // kStringSet, kBinarySet (raw)
    const Value* elements;              // kList
    const MapEntry* entries;            // kMap
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
};
static_assert(sizeof(Value) == 16);

struct MapEntry {
  std::string_view name;  ///< unescaped UTF-8
  Value value;
};

inline std::span<const MapEntry> Value::map() const { return {entries, size}; }

/// The entry of that name, or nullptr. Binary search.
const Value* find(std::span<const MapEntry> entries, std::string_view name);

/// Same type and equal; sets compare as sets, maps by name.
bool equal(const Value& a, const Value& b);

/// Billed bytes of a value (A1).
std::size_t value_size_bytes(const Value& value);

/// How deep lists and maps nest: a scalar is 0, a list of scalars 1.
std::size_t nesting_depth(const Value& value);
/// Documents may nest 32 levels, the item's own map included (D5, H1: 31 nested wraps pass, 32 fail).
inline constexpr std::size_t kNestingMax = 32;

}  // namespace understudy
