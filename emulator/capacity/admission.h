// Admission: whether a table lets a request in (B2). One per table, beside its items: it knows the
// buckets and partitions of the table and of its global secondary indexes, and refuses with the
// reasons that the service would give. Where throttling is off there is none: callers have one
// pointer to test.
//
// Deterministic: the same calls with the same times give the same answers and the same state.
// A value: copying a table copies it. Not thread-safe: guarded by its table's lock.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "emulator/capacity/capacity_settings.h"
#include "emulator/capacity/knobs.h"
#include "emulator/capacity/throttle.h"
#include "emulator/capacity/throughput_arm.h"
#include "emulator/model/key_codec.h"

namespace understudy {

/// One item's read or write with what each arm pays. Keys must outlive it.
class AdmissionEvent {
 public:
  explicit AdmissionEvent(Dimension dimension) : dimension_(dimension) {}

  /// The table's units; those of local indexes are added to them.
  void add_table(const EncodedKey& key, CapacityUnits units) { add(kTableArm, key, units); }
  /// Units of the index at that position of the table's settings; `global`: else they are the
  /// table's. `key`: of the entry that is stored, or else erased. Assumed: an entry that moves from
  /// one index key to another is paid for where it goes.
  void add_index(std::size_t position, bool global, const EncodedKey& key, CapacityUnits units) {
    add(global ? position : kTableArm, key, units);
  }

  [[nodiscard]] Dimension dimension() const { return dimension_; }
  [[nodiscard]] std::span<Charge> charges() { return charges_; }

 private:
  void add(ArmId arm, const EncodedKey& key, CapacityUnits units) {
    if (units.is_zero()) {
      return;
    }
    if (arm == kTableArm && !charges_.empty() && charges_.front().arm == kTableArm) {
      charges_.front().units += units;
      return;
    }
    charges_.push_back({arm, KeyPosition::of(key), key.partition, units, 0});
  }

  Dimension dimension_;
  boost::container::small_vector<Charge, 3> charges_;
};

/// What a Query or Scan needs for walking outside of the lock.
struct PagePass {
  std::shared_ptr<const PartitionCuts> cuts;
  /// By partition: it had nothing left when the page was admitted. Entering such a one ends a page
  /// that has read an item, with a LastEvaluatedKey. Empty: none refuses.
  std::vector<bool> refusing;
};

class Admission {
 public:
  Admission(const CapacitySettings& settings, std::shared_ptr<const CapacityKnobs> knobs,
            Microseconds now);

  /// Lets the event in and debits it, or fills `verdict` and debits nothing.
  bool admit(AdmissionEvent& event, Microseconds now, Verdict& verdict) {
    if (!reserve(event, now, verdict)) {
      return false;
    }
    confirm(event, now);
    return true;
  }

  /// The same in two steps, for several items that are admitted together (admit_together): between
  /// them all is taken back by refund(), at the same time `now`.
  bool reserve(AdmissionEvent& event, Microseconds now, Verdict& verdict);
  void confirm(AdmissionEvent& event, Microseconds now);
  void refund(AdmissionEvent& event);

  /// Query, Scan: asks the arm's bucket and the partition where the page begins; debits nothing.
  /// A page of a local index is its table's. `pass` may be null.
  bool admit_page(ArmId arm, const KeyPosition& first, Microseconds now, Verdict& verdict,
                  PagePass* pass);
  /// Debits what a page consumed in one partition, into debt if need be. `partition_key`: of a
  /// Query; empty for a Scan.
  void settle_page(ArmId arm, const KeyPosition& position, std::string_view partition_key,
                   CapacityUnits units, Microseconds now);

  /// One more request in which an event was throttled; of a batch: only where all were (B3).
  void count_throttled_request(Microseconds now);

  /// Other throughput, billing mode, indexes (told apart by their names) or knobs. Balances stay
  /// (ThroughputArm::retune).
  void retune(const CapacitySettings& settings, std::shared_ptr<const CapacityKnobs> knobs,
              Microseconds now);
  /// False: everything is let in, debited and metered all the same.
  void set_refusing(bool refusing) { refusing_ = refusing; }

  /// Null: there is no such global index.
  [[nodiscard]] ThroughputArm* arm(ArmId arm);
  [[nodiscard]] const ThroughputArm* arm(ArmId arm) const;
  /// All arms as they stand now: the table, then indexes by position.
  std::vector<ArmView> view(Microseconds now);

 private:
  [[nodiscard]] ArmContext context_of(const CapacitySettings& settings) const;
  [[nodiscard]] std::int64_t debt_seconds(Dimension dimension, ArmId arm) const {
    return dimension == Dimension::kWrite && arm != kTableArm ? knobs_->gsi_backpressure_seconds
                                                              : 0;
  }
  [[nodiscard]] bool within_quota(Dimension dimension, const Charge& charge, Microseconds now) {
    return !on_demand_ || quota_[dimension].admits(charge.units, knobs_->admission_rule, {}, now);
  }
  void debit(Dimension dimension, ThroughputArm& arm, const Charge& charge) {
    arm.debit(dimension, charge);
    if (on_demand_) {
      quota_[dimension].debit(charge.units);
    }
  }
  /// Fills the verdict with what refuses, and counts it. `verdict` must not stay empty.
  void refuse(Dimension dimension, std::span<const Charge> charges, Microseconds now,
              Verdict& verdict);
  void set_arms(const CapacitySettings& settings, Microseconds now);
  KeyHash spread(KeyHash hash);

  std::shared_ptr<const CapacityKnobs> knobs_;
  bool on_demand_ = false;
  bool refusing_ = true;
  std::uint64_t spread_turn_ = 0;  ///< which of key_spread is next
  /// An on-demand table and its indexes have one quota together (B1.12).
  PerDimension<TokenBucket> quota_;
  std::vector<ThroughputArm> arms_;                ///< the table first
  std::vector<std::optional<std::size_t>> slots_;  ///< by index position: where in arms_
};

/// One item of a transaction.
struct AdmissionPart {
  Admission* admission = nullptr;  ///< null: throttling is off for its table
  AdmissionEvent event;
  Verdict verdict;
};
/// All or nothing: refused parts have a verdict, and nothing is debited then. All tables locked.
bool admit_together(std::span<AdmissionPart> parts, Microseconds now);

}  // namespace understudy
