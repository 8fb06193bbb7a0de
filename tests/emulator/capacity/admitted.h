// Admissions for tests: settings, keys, and what comes of puts and gets.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "emulator/capacity/admission.h"

namespace understudy::admission_test {

inline constexpr Microseconds kStart = 1'700'000'040'000'000;  // Begin of a minute.

inline CapacityUnits units(std::int64_t whole) {
  return CapacityUnits::whole(whole);
}

inline std::shared_ptr<const CapacityKnobs> default_knobs() {
  return std::make_shared<const CapacityKnobs>();
}

inline CapacitySettings provisioned(std::int64_t read, std::int64_t write) {
  CapacitySettings settings;
  settings.table.provisioned = {units(read), units(write)};
  settings.table.warm = settings.table.provisioned;
  return settings;
}

inline ArmSettings index(std::string name, std::int64_t read, std::int64_t write) {
  ArmSettings arm{std::move(name), {units(read), units(write)}, {}, {}};
  arm.warm = arm.provisioned;
  return arm;
}

inline CapacitySettings on_demand() {
  CapacitySettings settings;
  settings.on_demand = true;
  return settings;
}

inline EncodedKey key(std::string_view partition, std::uint64_t hash_high = 1) {
  return {partition, {}, {hash_high, 0}};
}

/// A key in the middle of the i-th of n equal partitions.
inline EncodedKey key_in(std::uint64_t i, std::uint64_t n) {
  const std::uint64_t width = ~std::uint64_t{0} / n;
  return {"spread", {}, {width * i + width / 2, 0}};
}

inline bool put(Admission& admission, const EncodedKey& at, std::int64_t cost, Microseconds now,
                Verdict& verdict) {
  AdmissionEvent event(Dimension::kWrite);
  event.add_table(at, units(cost));
  return admission.admit(event, now, verdict);
}

inline bool get(Admission& admission, const EncodedKey& at, CapacityUnits cost, Microseconds now,
                Verdict& verdict) {
  AdmissionEvent event(Dimension::kRead);
  event.add_table(at, cost);
  return admission.admit(event, now, verdict);
}

/// One-unit puts of one key until one is refused, at most `most`.
inline std::int64_t puts_until_refused(Admission& admission, Microseconds now, Verdict& verdict,
                                       std::int64_t most = 100'000) {
  std::int64_t admitted = 0;
  while (admitted < most && put(admission, key("k"), 1, now, verdict)) {
    ++admitted;
  }
  return admitted;
}

inline std::vector<std::string> reasons(const Verdict& verdict) {
  std::vector<std::string> names;
  for (const Refusal& refusal : verdict) {
    names.emplace_back(throttling_reason_name(refusal.reason));
  }
  return names;
}

using Reasons = std::vector<std::string>;

inline CapacityUnits write_balance(Admission& admission, Microseconds now, std::size_t arm = 0) {
  return admission.view(now)[arm].buckets.write.balance;
}

/// A transaction of three puts.
inline std::vector<AdmissionPart> three_puts(Admission& admission) {
  std::vector<AdmissionPart> parts;
  for (int i = 0; i < 3; ++i) {
    AdmissionEvent event(Dimension::kWrite);
    event.add_table(key("k"), transactional(units(1)));
    parts.push_back({&admission, event, {}});
  }
  return parts;
}

}  // namespace understudy::admission_test
