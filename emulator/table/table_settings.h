// What a table is set up as: the facts that DescribeTable gives back. Immutable once published; a
// change makes a new one (the table's state holds a shared pointer to the current one).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/clock/clock.h"
#include "emulator/model/key_schema.h"

namespace understudy {

enum class BillingMode : std::uint8_t { kProvisioned, kPayPerRequest };
enum class TableStatus : std::uint8_t { kCreating, kActive, kUpdating, kDeleting };
enum class IndexStatus : std::uint8_t { kCreating, kActive, kUpdating, kDeleting };
enum class ProjectionType : std::uint8_t { kAll, kKeysOnly, kInclude };
enum class StreamViewType : std::uint8_t { kKeysOnly, kNewImage, kOldImage, kNewAndOldImages };
enum class TableClass : std::uint8_t { kStandard, kStandardInfrequentAccess };

struct Throughput {
  std::int64_t read = 0;  ///< units per second
  std::int64_t write = 0;
  friend bool operator==(const Throughput&, const Throughput&) = default;
};

/// Provisioned numbers with their history (B6).
struct ProvisionedThroughput {
  Throughput units;
  std::int64_t decreases_today = 0;
  std::optional<Microseconds> last_increase;
  std::optional<Microseconds> last_decrease;
};

struct OnDemandThroughput {
  std::optional<std::int64_t> max_read;
  std::optional<std::int64_t> max_write;
};

struct WarmThroughput {
  Throughput units;
  bool updating = false;
  bool requested = false;  ///< given with CreateTable: then its answer shows it
};

struct IndexSettings {
  std::string name;
  bool global = true;  ///< false: local secondary index
  KeySchema keys;
  ProjectionType projection = ProjectionType::kAll;
  std::vector<std::string> non_key_attributes;  ///< as sent
  /// kKeysOnly, kInclude: every attribute of an entry (index keys, table keys, included), sorted.
  std::vector<std::string> projected;
  IndexStatus status = IndexStatus::kActive;
  bool added_later = false;  ///< by UpdateTable, not with the table
  bool backfilling = false;
  ProvisionedThroughput provisioned;  ///< global only
  std::optional<OnDemandThroughput> on_demand;
  WarmThroughput warm;
  std::string arn;

  /// Whether an entry of this index carries that attribute.
  [[nodiscard]] bool projects(std::string_view attribute) const;
};

/// Works out `projected` from the projection and the keys of index and table.
void set_projected(IndexSettings& index, const KeySchema& table_keys);

/// Where a table's changes are sent beside its stream: a Kinesis data stream (C6).
struct KinesisDestination {
  enum class Status : std::uint8_t {
    kEnabling,
    kActive,
    kDisabling,
    kDisabled,
    kEnableFailed,
    kUpdating,
  };
  std::string stream_arn;
  Status status = Status::kEnabling;
  bool microseconds = false;  ///< precision of ApproximateCreationDateTime; else milliseconds
  bool precision_given = false;

  /// Changes are sent there.
  [[nodiscard]] bool delivers() const {
    return status == Status::kActive || status == Status::kUpdating;
  }
  /// It stands in the way of another one: a table has one at a time.
  [[nodiscard]] bool is_live() const {
    return status != Status::kDisabled && status != Status::kEnableFailed;
  }
};

struct Tag {
  std::string key;
  std::string value;
};

/// When settings changed whose changes are limited (change_limits.h).
struct SettingChanges {
  std::vector<Microseconds> to_on_demand;
  std::vector<Microseconds> table_class;
  std::vector<Microseconds> encryption;
  std::optional<Microseconds> deletion_protection;
  std::optional<Microseconds> tags;
};

struct TableSettings {
  std::string name;
  std::string arn;
  std::string id;      ///< UUID, new with every create
  std::string tenant;  ///< whose table it is (Scope)
  std::string account;
  std::string region;
  Microseconds created = 0;
  KeySchema keys;
  /// AttributeDefinitions in the order described back.
  std::vector<KeyAttribute> attributes;
  BillingMode billing_mode = BillingMode::kProvisioned;
  bool billing_mode_summary = false;  ///< described once the table was ever on demand
  std::optional<Microseconds> pay_per_request_since;
  ProvisionedThroughput provisioned;
  std::optional<OnDemandThroughput> on_demand;
  WarmThroughput warm;
  TableClass table_class = TableClass::kStandard;
  bool table_class_summary = false;  ///< described once it was ever given
  bool deletion_protection = false;
  bool encryption_updating = false;
  std::optional<Microseconds> table_class_changed;
  std::vector<IndexSettings> indexes;    ///< local ones first, then global, each in creation order
  std::optional<StreamViewType> stream;  ///< absent: no stream enabled
  std::string stream_label;              ///< of the latest stream; stays after disabling
  std::string stream_arn;
  std::vector<KinesisDestination> kinesis;  ///< also disabled ones, in the order they came
  std::string kms_key_arn;                  ///< empty: AWS-owned key, not described
  std::optional<std::string> ttl_attribute;
  std::optional<Microseconds> ttl_changed;  ///< when that was last switched on or off
  std::vector<Tag> tags;                    ///< in the order they came
  SettingChanges changes;

  [[nodiscard]] const IndexSettings* find_index(std::string_view name) const;
  [[nodiscard]] bool has_local_indexes() const;
};

}  // namespace understudy
