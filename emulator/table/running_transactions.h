// RunningTransactions: the items of one table that a TransactWriteItems holds for a while
// (transaction_ms). The transaction itself is applied at once; until it would have ended, who
// writes its items, or reads them in a transaction, meets a conflict (B5). Not thread-safe: guarded
// by its table's lock.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>

#include "emulator/clock/clock.h"
#include "emulator/model/key_codec.h"

namespace understudy {

class RunningTransactions {
 public:
  void hold(const EncodedKey& key, Microseconds until);
  /// Whether a transaction holds the item at that moment.
  bool holds(const EncodedKey& key, Microseconds now);

 private:
  using Key = std::pair<std::string, std::string>;  // Partition, sort.
  void forget_ended(Microseconds now);

  std::map<Key, Microseconds> held_;
  std::deque<std::pair<Microseconds, Key>> ends_;  // In the order they were held.
};

}  // namespace understudy
