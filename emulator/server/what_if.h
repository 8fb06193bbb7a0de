// What-if: the same traffic under another capacity, counted.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "emulator/api/engine.h"
#include "emulator/base/expected.h"

namespace understudy {

/// Sets the knobs of that file ("name: value" lines; understudy knobs lists them), has its `tables`
/// serve what it says of them, and switches throttling on. Error: one sentence for a person.
///
///   partition_write_units: 500
///   tables:
///     orders: {read: 100, write: 50, indexes: {by_owner: {read: 10, write: 50}}}
///     events: on_demand
Expected<void, std::string> apply_what_if(const std::string& path, EngineOptions& options);

/// Counts who was refused, then and now.
class WhatIfReport final : public Journal {
 public:
  /// Tables that were given a capacity: text() names those that never come up.
  void expect(const AssumedCapacities& tables);
  /// That table is there without having been asked for.
  void meet(std::string_view table);

  void record(const JournalEntry& entry) override;
  void count_recorded(std::string_view operation, int status_then, std::string_view answer_then,
                      int status_now, std::string_view answer_now);
  /// A table for people.
  [[nodiscard]] std::string text() const;

 private:
  struct Count {
    std::size_t asked = 0;
    std::size_t refused_then = 0;
    std::size_t refused_now = 0;
  };
  struct Refusals {
    std::size_t count = 0;
    Microseconds first = 0;
  };
  std::set<std::string, std::less<>> unmet_;
  std::map<std::string, Count, std::less<>> operations_;
  std::map<std::pair<std::string, std::string>, Refusals> buckets_;  ///< (place, reason)
};

}  // namespace understudy
