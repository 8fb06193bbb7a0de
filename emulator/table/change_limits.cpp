#include "emulator/table/change_limits.h"

#include <algorithm>
#include <string>

#include "emulator/table/date_text.h"
#include "emulator/table/refusal.h"

namespace understudy {
namespace {

/// The longest time that a limit looks back.
constexpr Microseconds kRemembered = 30 * kMicrosecondsPerDay;
constexpr Microseconds kEncryptionInterval = 21'600 * kMicrosecondsPerSecond;

std::int64_t changes_since(const std::vector<Microseconds>& changes, Microseconds since) {
  return std::ranges::count_if(changes, [since](Microseconds at) { return at > since; });
}

}  // namespace

void note_change(std::vector<Microseconds>& changes, Microseconds now) {
  std::erase_if(changes, [now](Microseconds at) { return at + kRemembered <= now; });
  changes.push_back(now);
}

// Source: 2019's sentence ("… are limited to once in 1 day(s). Last update at … Next update can be
// made at …", an AWS answer quoted in 2019), today's number. Assumed: how the two go together.
Result<void> check_billing_switch(const CapacityKnobs& knobs, const TableSettings& settings,
                                  Microseconds now) {
  const std::vector<Microseconds>& switches = settings.changes.to_on_demand;
  const std::int64_t most = knobs.billing_switches_per_day;
  if (most == 0 || changes_since(switches, now - kMicrosecondsPerDay) < most) {
    return {};
  }
  const Microseconds first_that_counts = switches[switches.size() - static_cast<std::size_t>(most)];
  return subscriber_limit("Update to PayPerRequest mode are limited to " +
                          (most == 1 ? "once" : std::to_string(most) + " times") +
                          " in 1 day(s). Last update at " + java_date_text(switches.back()) +
                          ". Next update can be made at " +
                          java_date_text(first_that_counts + kMicrosecondsPerDay));
}

Result<void> check_table_class_change(const CapacityKnobs& knobs, const TableSettings& settings,
                                      Microseconds now) {
  const std::int64_t most = knobs.table_class_changes_per_30_days;
  if (most == 0 || changes_since(settings.changes.table_class, now - kRemembered) < most) {
    return {};
  }
  return subscriber_limit("Updates to TableClass are limited to " + std::to_string(most) +
                          " times in 30 day(s).");
}

// The window begins with its first change. Assumed: the change after its end begins the next.
Result<void> check_encryption_change(const CapacityKnobs& knobs, const TableSettings& settings,
                                     Microseconds now) {
  const std::vector<Microseconds>& changes = settings.changes.encryption;
  const std::int64_t free = knobs.encryption_changes_per_day;
  Microseconds window = 0;
  std::int64_t within = 0;
  for (const Microseconds at : changes) {
    const bool begins = within == 0 || at >= window + kMicrosecondsPerDay;
    window = begins ? at : window;
    within = begins ? 1 : within + 1;
  }
  const Microseconds end = window + kMicrosecondsPerDay;
  if (free == 0 || within < free || now >= end || now >= changes.back() + kEncryptionInterval) {
    return {};
  }
  const Microseconds next = std::min(changes.back() + kEncryptionInterval, end);
  return subscriber_limit(
      "Encryption mode changes are limited in the 24h window ending at " + iso_text(end) +
      "Z. After the first " + std::to_string(free) +
      " change, each subsequent change in the same window can be performed at most once every "
      "21600 seconds. Number of updates today: " +
      std::to_string(within) + ". Last change at " + iso_text(changes.back()) +
      "Z. Next changes can be made at " + iso_text(next) + "Z.");
}

Result<void> check_protection_change(const CapacityKnobs& knobs, const TableSettings& settings,
                                     Microseconds now) {
  const Microseconds length = knobs.deletion_protection_lock_ms * 1000;
  const auto& last = settings.changes.deletion_protection;
  if (!last || now >= *last + length) {
    return {};
  }
  return api_error(ErrorKind::kThrottlingException,
                   "Deletion protection setting for table " + settings.name +
                       " modified within the previous " +
                       std::to_string(knobs.deletion_protection_lock_ms) +
                       " milliseconds. Please try again after " + iso_text(*last + length));
}

bool are_tags_locked(const CapacityKnobs& knobs, const TableSettings& settings, Microseconds now) {
  const auto& last = settings.changes.tags;
  return last && now < *last + knobs.tag_lock_ms * 1000;
}

Result<void> check_tags_unlocked(const CapacityKnobs& knobs, const TableSettings& settings,
                                 Microseconds now) {
  return are_tags_locked(knobs, settings, now)
             ? subscriber_limit("Table tags are being updated: " + settings.name)
             : Result<void>();
}

}  // namespace understudy
