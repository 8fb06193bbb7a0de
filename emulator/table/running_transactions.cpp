#include "emulator/table/running_transactions.h"

#include <algorithm>

namespace understudy {

void RunningTransactions::forget_ended(Microseconds now) {
  while (!ends_.empty() && ends_.front().first <= now) {
    const auto held = held_.find(ends_.front().second);
    if (held != held_.end() && held->second <= now) {
      held_.erase(held);
    }
    ends_.pop_front();
  }
}

void RunningTransactions::hold(const EncodedKey& key, Microseconds until) {
  Key owned(key.partition, key.sort);
  Microseconds& end = held_[owned];
  end = std::max(end, until);
  ends_.emplace_back(until, std::move(owned));
}

bool RunningTransactions::holds(const EncodedKey& key, Microseconds now) {
  forget_ended(now);
  if (held_.empty()) {
    return false;
  }
  const auto held = held_.find(Key(key.partition, key.sort));
  return held != held_.end() && held->second > now;
}

}  // namespace understudy
