#include "emulator/capacity/admission.h"

#include <algorithm>
#include <utility>

namespace understudy {

Admission::Admission(const CapacitySettings& settings, std::shared_ptr<const CapacityKnobs> knobs,
                     Microseconds now)
    : knobs_(std::move(knobs)) {
  set_arms(settings, now);
  for (const Dimension dimension : kDimensions) {
    const CapacityUnits quota = knobs_->table_quota(dimension);
    quota_[dimension] = TokenBucket({quota, quota}, quota, now);
  }
}

ArmContext Admission::context_of(const CapacitySettings& settings) const {
  return {knobs_, settings.on_demand, settings.has_local_indexes, settings.split_for_heat};
}

void Admission::set_arms(const CapacitySettings& settings, Microseconds now) {
  std::vector<ThroughputArm> before = std::exchange(arms_, {});
  slots_.clear();
  on_demand_ = settings.on_demand;
  const auto add = [&](const ArmSettings& arm) {
    const auto known = std::ranges::find(before, arm.name, &ThroughputArm::name);
    ArmContext context = context_of(settings);
    // Entries of a global index may be divided anywhere, whatever local indexes its table has.
    context.whole_collections = context.whole_collections && arm.name.empty();
    if (known == before.end()) {
      arms_.emplace_back(arm, std::move(context), now);
    } else {
      arms_.push_back(std::move(*known));
      before.erase(known);
      arms_.back().retune(arm, std::move(context), now);
    }
  };
  add(settings.table);
  for (const std::optional<ArmSettings>& index : settings.indexes) {
    slots_.push_back(index ? std::optional(arms_.size()) : std::nullopt);
    if (index) {
      add(*index);
    }
  }
}

void Admission::retune(const CapacitySettings& settings, std::shared_ptr<const CapacityKnobs> knobs,
                       Microseconds now) {
  knobs_ = std::move(knobs);
  set_arms(settings, now);
  for (const Dimension dimension : kDimensions) {
    const CapacityUnits quota = knobs_->table_quota(dimension);
    quota_[dimension].retune({quota, quota}, now);
  }
}

ThroughputArm* Admission::arm(ArmId arm) {
  if (arm == kTableArm) {
    return arms_.data();
  }
  return arm < slots_.size() && slots_[arm] ? &arms_[*slots_[arm]] : nullptr;
}

const ThroughputArm* Admission::arm(ArmId arm) const {
  return const_cast<Admission*>(this)->arm(arm);
}

bool Admission::reserve(AdmissionEvent& event, Microseconds now, Verdict& verdict) {
  const Dimension dimension = event.dimension();
  bool admitted = true;
  for (Charge& charge : event.charges()) {
    ThroughputArm* arm = this->arm(charge.arm);
    if (arm == nullptr) {
      continue;
    }
    arm->roll(now);
    if (knobs_->key_spread > 1) [[unlikely]] {
      charge.position.hash = spread(charge.position.hash);
    }
    charge.partition = arm->partitions().find(charge.position);
    admitted = admitted &&
               arm->admits(dimension, charge, debt_seconds(dimension, charge.arm), now) &&
               within_quota(dimension, charge, now);
  }
  if (!admitted && refusing_) {
    refuse(dimension, event.charges(), now, verdict);
    return false;
  }
  for (const Charge& charge : event.charges()) {
    if (ThroughputArm* arm = this->arm(charge.arm)) {
      debit(dimension, *arm, charge);
    }
  }
  return true;
}

/// The hash that the key would have with one of its suffixes; both halves are mixed (splitmix64).
KeyHash Admission::spread(KeyHash hash) {
  const auto suffix = spread_turn_++ % static_cast<std::uint64_t>(knobs_->key_spread);
  const auto mixed = [suffix](std::uint64_t value) {
    value += (suffix + 1) * 0x9E3779B97F4A7C15U;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
  };
  return {mixed(hash.high), mixed(hash.low)};
}

void Admission::confirm(AdmissionEvent& event, Microseconds now) {
  for (const Charge& charge : event.charges()) {
    if (ThroughputArm* arm = this->arm(charge.arm)) {
      arm->meter(event.dimension(), charge, now);
    }
  }
}

void Admission::refund(AdmissionEvent& event) {
  const Dimension dimension = event.dimension();
  for (const Charge& charge : event.charges()) {
    if (ThroughputArm* arm = this->arm(charge.arm)) {
      arm->refund(dimension, charge);
      if (on_demand_) {
        quota_[dimension].refund(charge.units);
      }
    }
  }
}

void Admission::refuse(Dimension dimension, std::span<const Charge> charges, Microseconds now,
                       Verdict& verdict) {
  verdict.clear();
  boost::container::small_vector<const Charge*, 4> in_order;
  for (const Charge& charge : charges) {
    if (arm(charge.arm) != nullptr) {
      in_order.push_back(&charge);
    }
  }
  // The table's name is empty: it comes first, then the indexes by name (B2.3).
  std::ranges::stable_sort(in_order, {}, [this](const Charge* charge) -> const std::string& {
    return arm(charge->arm)->name();
  });
  for (const Charge* charge : in_order) {
    ThroughputArm& refuser = *arm(charge->arm);
    const std::size_t before = verdict.size();
    refuser.explain(dimension, *charge, debt_seconds(dimension, charge->arm), now, verdict);
    const bool quota_told = std::any_of(
        verdict.begin() + static_cast<std::ptrdiff_t>(before), verdict.end(),
        [](const Refusal& r) { return r.reason.cause == ThrottleCause::kAccountLimit; });
    if (!quota_told && !within_quota(dimension, *charge, now)) {
      verdict.push_back({{charge->arm != kTableArm, dimension, ThrottleCause::kAccountLimit},
                         charge->arm,
                         true,
                         BucketKind::kQuota,
                         0,
                         quota_[dimension].balance(now)});
    }
    refuser.meter_throttle(dimension, verdict, charge->arm, now);
  }
}

bool Admission::admit_page(ArmId arm, const KeyPosition& first, Microseconds now, Verdict& verdict,
                           PagePass* pass) {
  ThroughputArm* asked = this->arm(arm);
  if (asked == nullptr) {
    return true;
  }
  asked->roll(now);
  // What the page costs is known only afterwards; it costs half a unit at least.
  Charge charge{arm, first, {}, {500}, asked->partitions().find(first)};
  const bool admitted = asked->admits(Dimension::kRead, charge, 0, now) &&
                        within_quota(Dimension::kRead, charge, now);
  if (!admitted && refusing_) {
    refuse(Dimension::kRead, {&charge, 1}, now, verdict);
    return false;
  }
  if (pass == nullptr) {
    return true;
  }
  PartitionMap& map = asked->partitions();
  pass->cuts = map.cuts();
  pass->refusing.clear();
  for (std::size_t i = 0; refusing_ && i < map.size(); ++i) {
    if (!map.admits(i, Dimension::kRead, charge.units, knobs_->admission_rule, 0, now)) {
      pass->refusing.resize(map.size());
      pass->refusing[i] = true;
    }
  }
  return true;
}

void Admission::settle_page(ArmId arm, const KeyPosition& position, std::string_view partition_key,
                            CapacityUnits units, Microseconds now) {
  ThroughputArm* paying = this->arm(arm);
  if (paying == nullptr || units.is_zero()) {
    return;
  }
  paying->roll(now);
  const Charge charge{arm, position, partition_key, units, paying->partitions().find(position)};
  debit(Dimension::kRead, *paying, charge);
  paying->meter(Dimension::kRead, charge, now);
}

void Admission::count_throttled_request(Microseconds now) {
  arms_.front().metrics().count(Metric::kThrottledRequests, now);
}

std::vector<ArmView> Admission::view(Microseconds now) {
  std::vector<ArmView> views;
  for (ThroughputArm& arm : arms_) {
    views.push_back(arm.view(now));
  }
  return views;
}

bool admit_together(std::span<AdmissionPart> parts, Microseconds now) {
  bool admitted = true;
  for (AdmissionPart& part : parts) {
    part.verdict.clear();
    if (part.admission != nullptr) {
      admitted = part.admission->reserve(part.event, now, part.verdict) && admitted;
    }
  }
  for (AdmissionPart& part : parts) {
    if (part.admission == nullptr || !part.verdict.empty()) {
      continue;
    }
    if (admitted) {
      part.admission->confirm(part.event, now);
    } else {
      part.admission->refund(part.event);
    }
  }
  return admitted;
}

}  // namespace understudy
