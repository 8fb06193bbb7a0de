#include "emulator/table/time_to_live.h"

#include <cmath>
#include <string>
#include <vector>

#include "emulator/base/arena.h"
#include "emulator/model/value.h"
#include "emulator/table/catalog.h"
#include "emulator/table/table.h"

namespace understudy {
namespace {

constexpr Microseconds kFiveYears = Microseconds{5} * 365 * 86'400 * kSecond;
/// Seconds until which microseconds are exact in a double: the year 2255.
constexpr double kExactSecondsMax = 9e9;
/// Items deleted under one lock: requests to the table wait no longer than for these.
constexpr std::size_t kDeletedAtOnce = 64;

/// A key that outlives the collection it was read from.
struct ExpiredKey {
  std::string partition;
  std::string sort;
  KeyHash hash;
};

/// Mixes words into one (SplitMix64's step).
std::uint64_t mix(std::uint64_t word) {
  word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9;
  word = (word ^ (word >> 27U)) * 0x94D049BB133111EB;
  return word ^ (word >> 31U);
}

/// Walks a copy of the items: nobody waits for that.
template <class IsDue>
std::vector<ExpiredKey> find_due(const Collection& items, std::string_view attribute,
                                 const IsDue& is_due) {
  std::vector<ExpiredKey> keys;
  Arena arena;
  constexpr KeyHash kLast{UINT64_MAX, UINT64_MAX};
  for (auto at = Collection::Cursor::scan(items, KeyHash{}, kLast, nullptr); !at.done();
       at.next()) {
    const EntryView& entry = at.entry();
    const auto expiry = expiry_of(*entry.item, attribute, arena);
    arena.reset();
    if (expiry && is_due(*expiry, entry.hash)) {
      keys.push_back({std::string(entry.partition), std::string(entry.sort_key), entry.hash});
    }
  }
  return keys;
}

/// Deletes those of the items that are still due. Returns how many.
template <class IsDue>
std::size_t delete_due(const Table& table, std::span<const ExpiredKey> keys,
                       std::string_view attribute, const CommitStamp& stamp, const IsDue& is_due) {
  std::size_t deleted = 0;
  Arena arena;
  const auto state = table.lock();
  for (const ExpiredKey& expired : keys) {
    const EncodedKey key{expired.partition, expired.sort, expired.hash};
    ItemRef item = state->items.find(key);
    const auto expiry = item ? expiry_of(*item, attribute, arena) : std::nullopt;
    if (expiry && is_due(*expiry, expired.hash)) {
      commit_write(*state, plan_write(*state, key, std::move(item), nullptr, arena), stamp);
      ++deleted;
    }
    arena.reset();
  }
  return deleted;
}

}  // namespace

std::optional<Microseconds> expiry_of(const Item& item, std::string_view attribute, Arena& arena) {
  const auto value = item.value(attribute, arena);
  if (!value || !value->is(ValueType::kNumber)) {
    return std::nullopt;
  }
  const Number& number = value->number();
  const double seconds = static_cast<double>(number.digits) * std::pow(10.0, number.exponent);
  if (number.negative || seconds > kExactSecondsMax) {
    return std::nullopt;
  }
  return std::llround(seconds * static_cast<double>(kSecond));
}

bool is_expired(Microseconds expiry, Microseconds now) {
  return expiry < now && expiry > now - kFiveYears;
}

TimeToLive::TimeToLive(Catalog& catalog, Scheduler& scheduler, Random random)
    : catalog_(catalog), scheduler_(scheduler), seed_(random.next()) {}

void TimeToLive::arm(Microseconds now) {
  // At whole multiples of the interval, whenever it began.
  const Microseconds interval = catalog_.simulation_options()->knobs.ttl_sweep_seconds * kSecond;
  const Microseconds due = now - now % interval + interval;
  const auto next = next_sweep_.lock();
  if (next->has_value() && (*next)->first <= due) {
    return;
  }
  if (next->has_value()) {
    scheduler_.cancel(**next);  // of a time that was put back: tests start over so
  }
  *next = scheduler_.at(due, [this](Microseconds at) { run(at); });
}

void TimeToLive::run(Microseconds due) {
  next_sweep_.lock()->reset();
  bool any_table = false;
  sweep(due, false, std::nullopt, &any_table);
  if (any_table) {
    arm(due);
  }
}

std::size_t TimeToLive::sweep_now(Microseconds now, std::optional<std::string_view> tenant) {
  bool any_table = false;
  return sweep(now, true, tenant, &any_table);
}

std::size_t TimeToLive::sweep(Microseconds now, bool at_once,
                              std::optional<std::string_view> tenant, bool* any_table) {
  std::size_t deleted = 0;
  const auto options = catalog_.simulation_options();
  for (const Catalog::OwnedTable& owned : catalog_.tables_of(tenant)) {
    Collection items;
    std::string attribute;
    {
      const auto state = owned.table->lock();
      if (!state->settings->ttl_attribute) {
        continue;
      }
      attribute = *state->settings->ttl_attribute;
      items = state->items;
    }
    *any_table = true;
    const auto is_due = [&](Microseconds expiry, const KeyHash& hash) {
      const Microseconds late = at_once ? 0 : lateness(options->knobs, owned, hash.high);
      return is_expired(expiry, now) && expiry < now - late;
    };
    const std::vector<ExpiredKey> keys = find_due(items, attribute, is_due);
    items = {};
    const CommitStamp stamp{now, ChangeOrigin::kTimeToLive};
    for (std::size_t begin = 0; begin < keys.size(); begin += kDeletedAtOnce) {
      const auto some =
          std::span(keys).subspan(begin, std::min(kDeletedAtOnce, keys.size() - begin));
      deleted += delete_due(*owned.table, some, attribute, stamp, is_due);
    }
  }
  return deleted;
}

Microseconds TimeToLive::lateness(const CapacityKnobs& knobs, const Catalog::OwnedTable& table,
                                  std::uint64_t key_hash) const {
  const Microseconds delay = knobs.ttl_delay_ms * kMillisecond;
  if (knobs.ttl_jitter_ms <= 0) {
    return delay;
  }
  std::uint64_t word = seed_ ^ key_hash;
  for (const std::string* const text : {&table.tenant, &table.name}) {
    for (const char c : *text) {
      word = mix(word ^ static_cast<unsigned char>(c));
    }
  }
  const Microseconds jitter = knobs.ttl_jitter_ms * kMillisecond;
  return delay + static_cast<Microseconds>(mix(word) % static_cast<std::uint64_t>(jitter + 1));
}

}  // namespace understudy
