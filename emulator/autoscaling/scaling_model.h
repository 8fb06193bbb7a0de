// What Application Auto Scaling keeps of a tenant: targets, their policies and scheduled actions,
// and what was done. Plain values, guarded by their book (scaling_book.h).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/autoscaling/schedule.h"
#include "emulator/capacity/token_bucket.h"
#include "emulator/clock/clock.h"
#include "emulator/table/scope.h"

namespace understudy::autoscaling {

/// What is scaled: one dimension of a table or of a global secondary index.
struct ScalableKey {
  std::string table;
  std::string index;  ///< empty: the table itself
  Dimension dimension = Dimension::kRead;

  /// "table/Music/index/ByYear".
  [[nodiscard]] std::string resource_id() const;
  /// "dynamodb:index:ReadCapacityUnits".
  [[nodiscard]] std::string_view dimension_text() const;
  friend auto operator<=>(const ScalableKey&, const ScalableKey&) = default;  // NOLINT
  friend bool operator==(const ScalableKey&, const ScalableKey&) = default;
};

/// The key that a resource id and a dimension name; nullopt where they do not fit each other.
std::optional<ScalableKey> parse_scalable_key(std::string_view resource_id,
                                              std::string_view dimension);

struct SuspendedState {
  bool scale_in = false;
  bool scale_out = false;
  bool scheduled = false;
};

/// An alarm of a policy. Source: alarms exported from real accounts (2021 to 2026) and notes of the
/// AWS Controllers for Kubernetes (DDB-TABLE-315): four for each policy.
enum class PolicyAlarm : std::uint8_t { kHigh, kLow, kCapacityHigh, kCapacityLow };
inline constexpr std::size_t kPolicyAlarms = 4;

struct TrackedAlarm {
  std::string name;
  bool in_alarm = false;
  bool evaluated = false;
  Microseconds since = 0;
};

struct ScalingPolicy {
  std::string name;
  std::string arn;
  Microseconds created = 0;
  double target_value = 70;
  std::string resource_label;  ///< empty: not given
  std::optional<std::int64_t> scale_out_cooldown_seconds;
  std::optional<std::int64_t> scale_in_cooldown_seconds;
  std::optional<bool> disable_scale_in;
  std::array<TrackedAlarm, kPolicyAlarms> alarms;

  /// The provisioned units that the alarms' thresholds are made for.
  std::int64_t tuned_units = 0;
  Microseconds tuned_at = 0;
  /// Since when the units are others than those.
  std::optional<Microseconds> mistuned_since;
  std::optional<Microseconds> scaled_out_at;
  std::int64_t scaled_out_by = 0;  ///< units added then
  std::optional<Microseconds> scaled_in_at;
};

struct ScheduledAction {
  std::string name;
  std::string arn;
  std::string expression;
  std::string timezone;  ///< empty: not given
  Microseconds created = 0;
  std::optional<Microseconds> start;
  std::optional<Microseconds> end;
  std::optional<std::int64_t> min_capacity;
  std::optional<std::int64_t> max_capacity;
  std::optional<Schedule> schedule;
  std::optional<Microseconds> next;
};

struct ScalableTarget {
  ScalableKey key;
  std::string id;  ///< last part of its ARN
  std::int64_t min_capacity = 0;
  std::int64_t max_capacity = 0;
  std::string role_arn;
  Microseconds created = 0;
  SuspendedState suspended;
  std::map<std::string, std::string, std::less<>> tags;
  std::map<std::string, ScalingPolicy, std::less<>> policies;
  std::map<std::string, ScheduledAction, std::less<>> actions;
};

enum class ActivityStatus : std::uint8_t { kInProgress, kSuccessful, kFailed };

struct ScalingActivity {
  std::string id;
  ScalableKey key;
  std::string description;
  std::string cause;
  Microseconds started = 0;
  std::optional<Microseconds> ended;
  ActivityStatus status = ActivityStatus::kSuccessful;
  std::string status_message;
};

/// A tenant's scope, with storage of its own.
struct OwnedScope {
  std::string tenant;
  std::string account;
  std::string region;
  std::string access_key;

  OwnedScope() = default;
  explicit OwnedScope(const Scope& scope)
      : tenant(scope.tenant),
        account(scope.account),
        region(scope.region),
        access_key(scope.access_key) {}
  [[nodiscard]] Scope view() const { return {tenant, account, region, access_key, {}}; }
};

struct TenantScaling {
  OwnedScope scope;
  std::map<ScalableKey, ScalableTarget> targets;
  std::deque<ScalingActivity> activities;  ///< oldest first
};

}  // namespace understudy::autoscaling
