#include "emulator/model/value.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "emulator/base/text_scan.h"

namespace understudy {
namespace {

/// Up to this many entries an insertion sort is faster.
constexpr std::size_t kInsertionSortMax = 24;
/// Up to this many entries comparing each is faster than a binary search: most differ in length.
constexpr std::size_t kLinearSearchMax = 16;

bool precedes(const MapEntry& a, const MapEntry& b) {
  return a.name < b.name;
}

template <class Word>
std::uint64_t load_big_endian(const char* at) {
  Word word = 0;
  std::memcpy(&word, at, sizeof(word));
  if constexpr (std::endian::native == std::endian::little) {
    return sizeof(Word) == 8 ? __builtin_bswap64(word)
                             : __builtin_bswap32(static_cast<std::uint32_t>(word));
  }
  return word;
}

/// The name's first eight bytes as a number that orders as they do; 0 stands for no byte.
std::uint64_t name_prefix(std::string_view name) {
  const std::size_t size = name.size();
  if (size >= 8) {
    return load_big_endian<std::uint64_t>(name.data());
  }
  if (size >= 4) {
    return load_big_endian<std::uint32_t>(name.data()) << 32 |
           load_big_endian<std::uint32_t>(name.data() + size - 4) << (8 * (8 - size));
  }
  std::uint64_t prefix = 0;
  for (std::size_t i = 0; i < size; ++i) {
    prefix |= std::uint64_t{static_cast<unsigned char>(name[i])} << (56 - 8 * i);
  }
  return prefix;
}

/// Stable. Compares prefixes, which nearly always differ, before whole names. Returns whether all
/// names differ.
bool insertion_sort(MapEntry* entries, std::size_t count) {
  std::array<std::uint64_t, kInsertionSortMax> prefixes;
  bool all_differ = true;
  for (std::size_t i = 0; i < count; ++i) {
    const MapEntry moved = entries[i];
    const std::uint64_t prefix = name_prefix(moved.name);
    std::size_t to = i;
    for (; to > 0 && prefixes[to - 1] >= prefix; --to) {
      if (prefixes[to - 1] == prefix) {
        const int order = entries[to - 1].name.compare(moved.name);
        all_differ = all_differ && order != 0;
        if (order <= 0) {
          break;
        }
      }
      entries[to] = entries[to - 1];
      prefixes[to] = prefixes[to - 1];
    }
    entries[to] = moved;
    prefixes[to] = prefix;
  }
  return all_differ;
}

/// Of neighbours with equal names only the last stays. Returns how many are left.
std::size_t drop_overwritten(MapEntry* entries, std::size_t count) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i + 1 == count || entries[i].name != entries[i + 1].name) {
      entries[kept++] = entries[i];
    }
  }
  return kept;
}

template <class T>
Value sized(ValueType type, std::span<const T> items) {
  Value value;
  value.type = type;
  value.size = static_cast<std::uint32_t>(items.size());
  return value;
}

}  // namespace

std::string_view type_name(ValueType type) {
  switch (type) {
    case ValueType::kString:
      return "S";
    case ValueType::kNumber:
      return "N";
    case ValueType::kBinary:
      return "B";
    case ValueType::kBool:
      return "BOOL";
    case ValueType::kNull:
      return "NULL";
    case ValueType::kStringSet:
      return "SS";
    case ValueType::kNumberSet:
      return "NS";
    case ValueType::kBinarySet:
      return "BS";
    case ValueType::kList:
      return "L";
    case ValueType::kMap:
      return "M";
  }
  return {};
}

Value Value::string(std::string_view text) {
  Value value = sized<char>(ValueType::kString, text);
  value.bytes = text.data();
  return value;
}

Value Value::binary(std::string_view raw) {
  Value value = string(raw);
  value.type = ValueType::kBinary;
  return value;
}

Value Value::number(const Number* number) {
  Value value = sized<Number>(ValueType::kNumber, {number, 1});
  value.numbers = number;
  return value;
}

Value Value::boolean_of(bool boolean) {
  Value value;
  value.type = ValueType::kBool;
  value.boolean = boolean;
  return value;
}

Value Value::null() {
  return {};
}

Value Value::list_of(std::span<const Value> elements) {
  Value value = sized(ValueType::kList, elements);
  value.elements = elements.data();
  return value;
}

Value Value::map_of(std::span<const MapEntry> entries) {
  Value value = sized(ValueType::kMap, entries);
  value.entries = entries.data();
  return value;
}

Value Value::string_set_of(ValueType type, std::span<const std::string_view> members) {
  Value value = sized(type, members);
  value.strings = members.data();
  return value;
}

Value Value::number_set_of(std::span<const Number> members) {
  Value value = sized(ValueType::kNumberSet, members);
  value.numbers = members.data();
  return value;
}

std::size_t sort_entries(MapEntry* entries, std::size_t count) {
  if (count <= kInsertionSortMax) {
    return insertion_sort(entries, count) ? count : drop_overwritten(entries, count);
  }
  if (!std::is_sorted(entries, entries + count, precedes)) {
    std::stable_sort(entries, entries + count, precedes);
  }
  return drop_overwritten(entries, count);
}

const Value* find(std::span<const MapEntry> entries, std::string_view name) {
  if (entries.size() <= kLinearSearchMax) {
    for (const MapEntry& entry : entries) {
      if (is_same_short_text(entry.name, name)) {
        return &entry.value;
      }
    }
    return nullptr;
  }
  const auto at = std::partition_point(entries.begin(), entries.end(),
                                       [name](const MapEntry& entry) { return entry.name < name; });
  return at != entries.end() && at->name == name ? &at->value : nullptr;
}

bool equal(const Value& a, const Value& b) {
  if (a.type != b.type) {
    return false;
  }
  switch (a.type) {
    case ValueType::kNull:
      return true;
    case ValueType::kBool:
      return a.boolean == b.boolean;
    case ValueType::kString:
    case ValueType::kBinary:
      return a.text() == b.text();
    case ValueType::kNumber:
      return a.number() == b.number();
    case ValueType::kNumberSet:
      return std::ranges::equal(a.number_set(), b.number_set());
    case ValueType::kStringSet:
    case ValueType::kBinarySet:
      return std::ranges::equal(a.string_set(), b.string_set());
    case ValueType::kList:
      return std::ranges::equal(a.list(), b.list(), equal);
    case ValueType::kMap:
      return std::ranges::equal(a.map(), b.map(), [](const MapEntry& x, const MapEntry& y) {
        return x.name == y.name && equal(x.value, y.value);
      });
  }
  return false;
}

std::size_t value_size_bytes(const Value& value) {
  std::size_t size = 0;
  switch (value.type) {
    case ValueType::kString:
    case ValueType::kBinary:
      return value.size;
    case ValueType::kNumber:
      return number_size_bytes(value.number());
    case ValueType::kBool:
    case ValueType::kNull:
      return 1;
    case ValueType::kNumberSet:
      for (const Number& number : value.number_set()) {
        size += number_size_bytes(number);
      }
      return size;
    case ValueType::kStringSet:
    case ValueType::kBinarySet:
      for (const std::string_view member : value.string_set()) {
        size += member.size();
      }
      return size;
    case ValueType::kList:
      for (const Value& element : value.list()) {
        size += kElementSizeBytes + value_size_bytes(element);
      }
      return kContainerSizeBytes + size;
    case ValueType::kMap:
      for (const MapEntry& entry : value.map()) {
        size += kElementSizeBytes + entry.name.size() + value_size_bytes(entry.value);
      }
      return kContainerSizeBytes + size;
  }
  return size;
}

std::size_t attributes_size_bytes(std::span<const MapEntry> attributes) {
  std::size_t bytes = 0;
  for (const MapEntry& entry : attributes) {
    bytes +=
        entry.name.size() +
        (entry.value.is(ValueType::kString) ? entry.value.size : value_size_bytes(entry.value));
  }
  return bytes;
}

std::size_t nesting_depth(const Value& value) {
  std::size_t deepest = 0;
  if (value.is(ValueType::kList)) {
    for (const Value& element : value.list()) {
      deepest = std::max(deepest, 1 + nesting_depth(element));
    }
  } else if (value.is(ValueType::kMap)) {
    for (const MapEntry& entry : value.map()) {
      deepest = std::max(deepest, 1 + nesting_depth(entry.value));
    }
  }
  return deepest;
}

}  // namespace understudy
