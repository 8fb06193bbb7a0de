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
#include "emulator/table/catalog.h"

namespace understudy {

class Arena;

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

  /// Some table may have items that expire: sweeps are scheduled until none has.
  void arm(Microseconds now);
  /// Deletes all that has expired, without any delay; returns how many items.
  std::size_t sweep_now(Microseconds now, std::optional<std::string_view> tenant = std::nullopt);

 private:
  void run(Microseconds due);
  std::size_t sweep(Microseconds now, bool at_once, std::optional<std::string_view> tenant,
                    bool* any_table);
  [[nodiscard]] Microseconds lateness(const CapacityKnobs& knobs, const Catalog::OwnedTable& table,
                                      std::uint64_t key_hash) const;

  Catalog& catalog_;
  Scheduler& scheduler_;
  const std::uint64_t seed_;
  Guarded<std::optional<Scheduler::Ticket>> next_sweep_;
};

}  // namespace understudy
