// WriteHistory: what stood under the keys of one table and its indexes before its latest writes, so
// that a fault rule (`stale`) can make a read see an older state. Kept only while such a rule is in
// force: a table has none otherwise. Not thread-safe: guarded by its table's lock. Snapshots leave
// it out.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/clock/clock.h"
#include "emulator/model/item.h"
#include "emulator/model/key_codec.h"
#include "emulator/storage/collection.h"

namespace understudy {

struct PlannedWrite;
struct TableState;

class WriteHistory {
 public:
  /// Images kept of one table, its indexes' included: what was written before those is not undone.
  static constexpr std::size_t kImagesMax = 10'000;

  /// The write is about to be committed; `state` is as before it.
  void note(const TableState& state, const PlannedWrite& write, Microseconds now);

  /// How far back a read looks: so long ago, or (nullopt) to before the last write of each key.
  using Age = std::optional<Microseconds>;

  /// What stood under the key of the table (index empty) or index, given what stands there now.
  /// `behind`: how long ago the oldest write that is missing was made; untouched: none is.
  [[nodiscard]] ItemRef find(std::string_view index, const EncodedKey& key, ItemRef current,
                             Age age, Microseconds now, Microseconds& behind) const;
  /// The whole collection as it stood; `partition`: only that partition will be looked at.
  [[nodiscard]] Collection view(std::string_view index, const Collection& current,
                                std::optional<std::string_view> partition, Age age,
                                Microseconds now, Microseconds& behind) const;

 private:
  struct Image {
    std::string index;
    std::string partition;
    std::string sort;
    KeyHash hash;
    ItemRef before;  ///< null: nothing stood there
    Microseconds written = 0;
    [[nodiscard]] EncodedKey key() const { return {partition, sort, hash}; }
  };
  void add(std::string_view index, const EncodedKey& key, ItemRef before, Microseconds now);

  std::deque<Image> images_;  // In the order they were written.
};

}  // namespace understudy
