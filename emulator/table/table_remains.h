// RemainsTaker: frees what tables that are gone leave, their items and index entries, where nobody
// waits for it. An item takes some 0.3 µs to free: 100,000 would hold up the thread that deleted
// the table for as long as hundreds of requests.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "emulator/base/guarded.h"
#include "emulator/storage/collection.h"

namespace understudy {

struct TableState;

/// Fewer items and entries are freed where the last one to use the table lets go of it.
inline constexpr std::size_t kRemainsMin = 1'000;

/// Thread-safe.
class RemainsTaker {
 public:
  using Take = std::function<void(std::vector<Collection>)>;
  /// Who takes large remains from now on; empty: nobody, all are freed in place. Returns when the
  /// former one is called no more. It is called on any thread and under the catalog's lock: it must
  /// only put down what it was given. For the server's ticker.
  void set(Take take);
  /// Passes on what is large in a table that nobody uses any more, or in a snapshot of one.
  void leave(TableState& state) noexcept;

 private:
  Guarded<Take> take_;
};

}  // namespace understudy
