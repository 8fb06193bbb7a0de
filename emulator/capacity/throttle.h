// Why a request was throttled, and with which exception and words that is told (B3). Facts only:
// who throttles is admission.h.
// Thread-safe: values.
#pragma once

#include <array>
#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "emulator/capacity/token_bucket.h"
#include "emulator/capacity/units.h"
#include "emulator/service/api_error.h"

namespace understudy {

/// What kind of limit was met. The order is that of the table of metrics.
enum class ThrottleCause : std::uint8_t {
  kProvisionedThroughput,
  kKeyRangeThroughput,
  kMaxOnDemandThroughput,
  kAccountLimit,
};

/// One of the 16 strings of ThrottlingReasons: {Table|Index}{Read|Write}{cause}Exceeded.
struct ThrottlingReason {
  bool index = false;  ///< a global secondary index; else the table
  Dimension dimension = Dimension::kRead;
  ThrottleCause cause = ThrottleCause::kProvisionedThroughput;
  friend bool operator==(const ThrottlingReason&, const ThrottlingReason&) = default;
};
inline constexpr std::size_t kThrottlingReasonCount = 16;
/// "TableWriteProvisionedThroughputExceeded". Model: ThrottlingReason.
std::string_view throttling_reason_name(const ThrottlingReason& reason);
/// The reason of that name; nullopt: there is none.
std::optional<ThrottlingReason> find_throttling_reason(std::string_view name);

/// Whose bucket: the table, or the index at that position of its settings.
using ArmId = std::size_t;
inline constexpr ArmId kTableArm = std::numeric_limits<ArmId>::max();

enum class BucketKind : std::uint8_t { kThroughput, kQuota, kPartition };

/// One bucket that refused. What the answer does not say is for the journal.
struct Refusal {
  ThrottlingReason reason;
  ArmId arm = kTableArm;
  bool on_demand = false;
  BucketKind bucket = BucketKind::kThroughput;
  std::uint64_t partition_id = 0;  ///< kPartition
  CapacityUnits balance;           ///< when it refused
};

/// Empty: admitted. Else what refused, in the order in which the answer tells it.
using Verdict = boost::container::small_vector<Refusal, 2>;

/// How a refusal is told.
struct ThrottleAnswer {
  ErrorKind kind;
  std::string_view message;
  std::string_view reasons_member;  ///< the casing differs between exceptions
  /// Code in CancellationReasons of a transaction; empty: the exception itself answers (B5).
  std::string_view cancellation_code;
  std::string_view statement_code;  ///< Code in BatchExecuteStatement
};
/// The first refusal decides. Assumed: the service words a request that several buckets refuse by
/// the first of them.
const ThrottleAnswer& throttle_answer(const Refusal& first);

/// Appends `{"reason":"…","resource":"…"}`; `index` is empty for the table itself.
void append_throttling_reason(std::string& json, const Refusal& refusal, std::string_view table_arn,
                              std::string_view index);

/// The exception with its ThrottlingReasons. `index_name(position)` gives an index's name.
template <class IndexName>
ApiError throttle_error(const Verdict& verdict, std::string_view table_arn, IndexName index_name) {
  const ThrottleAnswer& answer = throttle_answer(verdict.front());
  std::string members(1, '"');
  members.append(answer.reasons_member).append("\":[");
  for (const Refusal& refusal : verdict) {
    members += &refusal == verdict.data() ? "" : ",";
    append_throttling_reason(
        members, refusal, table_arn,
        refusal.arm == kTableArm ? std::string_view() : std::string_view(index_name(refusal.arm)));
  }
  members.push_back(']');
  return ApiError(answer.kind, std::string(answer.message)).with_members(std::move(members));
}

}  // namespace understudy
