// What a Catalog keeps, for its two files. Inside this room only.
#pragma once

#include <atomic>
#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "emulator/base/guarded.h"
#include "emulator/table/catalog.h"
#include "emulator/table/control_rates.h"
#include "emulator/table/past_metrics.h"
#include "emulator/table/simulation.h"
#include "emulator/table/table_remains.h"
#include "emulator/table/time_to_live.h"

namespace understudy {

namespace catalog_parts {

/// Looks names up by view, without making a string.
struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const {
    return boost::hash<std::string_view>()(name);
  }
};
template <class T>
using NameMap = boost::unordered_flat_map<std::string, T, NameHash, std::equal_to<>>;

using TenantTables = NameMap<TableRef>;

/// What a snapshot keeps: for each tenant the states of its tables. Copies of collections share
/// all.
using SavedTables = std::vector<TableState>;
struct Saved {
  Microseconds taken = 0;
  std::map<std::string, SavedTables> tenants;
  PastMetrics past;
  Catalog::Beside beside;
};
using SnapshotName = std::pair<std::optional<std::string>, std::string>;

}  // namespace catalog_parts

struct Catalog::State {
  struct Directory {
    explicit Directory(Random seeded) : random(seeded) {}
    catalog_parts::NameMap<catalog_parts::TenantTables> tenants;
    std::map<catalog_parts::SnapshotName, catalog_parts::Saved> snapshots;
    Random random;
  };
  State(Catalog& catalog, Scheduler& scheduler, const Random& random)
      : directory(random), time_to_live(catalog, scheduler, random.fork("time-to-live")) {}

  /// Taken before any table's lock, never while one is held.
  Guarded<Directory> directory;
  IdempotencyTokens tokens;
  Guarded<std::shared_ptr<const SimulationOptions>> simulation;
  Guarded<ControlRates> control_rates;
  Guarded<std::map<std::string, MinuteMetrics, std::less<>>> accounts;
  Guarded<PastMetrics> past;
  /// Shared with the tables, which may outlive the catalog.
  std::shared_ptr<RemainsTaker> remains = std::make_shared<RemainsTaker>();
  TimeToLive time_to_live;
  /// Not in the directory: it is wanted under a table's lock.
  std::atomic<Microseconds> last_stream_label{0};

  [[nodiscard]] TableRef find(std::string_view tenant, std::string_view name) const {
    const auto all = directory.lock();
    const auto tables = all->tenants.find(tenant);
    if (tables == all->tenants.end()) {
      return nullptr;
    }
    const auto table = tables->second.find(name);
    return table == tables->second.end() ? nullptr : table->second;
  }
};

}  // namespace understudy
