// Time to live: which items have expired, and the sweeps that delete them (D2). Between an item's
// expiry and its deletion it is an item like any other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "emulator/base/guarded.h"
#include "emulator/base/random.h"
#include "emulator/clock/clock.h"
#include "emulator/clock/scheduler.h"
#include "emulator/model/item.h"

namespace understudy {

class Arena;
class Catalog;

/// How late the service is. The defaults make sweeps prompt; as measured on AWS: aws_like().
struct TimeToLiveKnobs {
  Microseconds delay = 0;   ///< from expiry to deletion, at least
  Microseconds jitter = 0;  ///< up to that much more, by item: drawn from the seed and its key
  Microseconds sweep_interval = Microseconds{60} * 1'000'000;
  Microseconds cooldown = 0;  ///< a table's setting changes once in that time; 0: whenever

  /// Source: D2, measured 10 to 30 minutes, a second change refused for about 31.
  static TimeToLiveKnobs aws_like() { return {10 * kMinute, 20 * kMinute, kMinute, 31 * kMinute}; }
};

/// When the item expires: its attribute of that name, a number of seconds since 1970. nullopt:
/// never, because it has none, or one of another type or beyond all dates.
std::optional<Microseconds> expiry_of(const Item& item, std::string_view attribute, Arena& arena);
/// Whether an item with that expiry has expired, and not longer than five years ago: such an old
/// date is taken for a mistake. Source: Developer Guide, "Using time to live". Assumed: five years
/// of 365 days.
bool is_expired(Microseconds expiry, Microseconds now);

/// Deletes expired items of a catalog's tables. Deletions cost no capacity, go to indexes and
/// streams, and are marked as the service's own. Thread-safe.
class TimeToLive {
 public:
  TimeToLive(Catalog& catalog, Scheduler& scheduler, Random random);

  void configure(const TimeToLiveKnobs& knobs) { knobs_ = knobs; }  ///< before the first request
  [[nodiscard]] const TimeToLiveKnobs& knobs() const { return knobs_; }

  /// Some table may have items that expire: sweeps are scheduled until none has.
  void arm(Microseconds now);
  /// Deletes all that has expired, without any delay; returns how many items.
  std::size_t sweep_now(Microseconds now, std::optional<std::string_view> tenant = std::nullopt);

 private:
  void run(Microseconds due);
  std::size_t sweep(Microseconds now, bool at_once, std::optional<std::string_view> tenant,
                    bool* any_table);
  [[nodiscard]] Microseconds lateness(std::string_view tenant, std::string_view table,
                                      std::uint64_t key_hash) const;

  Catalog& catalog_;
  Scheduler& scheduler_;
  const std::uint64_t seed_;
  TimeToLiveKnobs knobs_;
  Guarded<std::optional<Scheduler::Ticket>> next_sweep_;
};

}  // namespace understudy
