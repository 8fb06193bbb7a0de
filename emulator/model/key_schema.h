// Key schemas: which attributes are the keys of a table or index, and of what scalar type. Tables
// and local secondary indexes have one partition key and at most one sort key; a global secondary
// index has up to four of each.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/value.h"
#include "emulator/service/limits.h"

namespace understudy {

struct KeyAttribute {
  std::string name;
  ValueType type = ValueType::kString;  ///< kString, kNumber or kBinary

  friend bool operator==(const KeyAttribute&, const KeyAttribute&) = default;
};

struct KeySchema {
  std::vector<KeyAttribute> partition;  ///< 1 (GSI: 1 to 4)
  std::vector<KeyAttribute> sort;       ///< 0 or 1 (GSI: 0 to 4)

  [[nodiscard]] std::size_t size() const { return partition.size() + sort.size(); }
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  /// The key attribute of that name, or nullptr.
  [[nodiscard]] const KeyAttribute* find(std::string_view name) const;

  friend bool operator==(const KeySchema&, const KeySchema&) = default;
};

}  // namespace understudy
