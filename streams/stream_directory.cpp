#include "streams/stream_directory.h"

#include <algorithm>
#include <utility>

#include "emulator/table/table.h"
#include "emulator/table/table_settings.h"
#include "streams/table_changes.h"

namespace understudy {
namespace {

/// Partitions of a new table where none are simulated: sections B1 and C3. Assumed: four for an
/// on-demand one.
std::size_t first_shards(const TableSettings& settings) {
  if (settings.billing_mode == BillingMode::kPayPerRequest) {
    return 4;
  }
  const Throughput& units = settings.provisioned.units;
  return static_cast<std::size_t>(provisioned_partitions(
      {CapacityUnits::whole(units.read), CapacityUnits::whole(units.write)}, CapacityKnobs()));
}

StreamInfo info_of(const TableSettings& settings, Microseconds now, std::uint64_t salt) {
  StreamInfo info;
  info.arn = settings.stream_arn;
  info.label = settings.stream_label;
  info.table_name = settings.name;
  info.tenant = settings.tenant;
  info.region = settings.region;
  info.account = settings.account;
  info.view_type = *settings.stream;
  info.keys = settings.keys;
  info.created = now;
  info.salt = salt;
  return info;
}

}  // namespace

StreamDirectory::StreamDirectory(const StreamOptions& options, Random random, Scheduler& scheduler)
    : options_(options),
      memory_(std::make_shared<StreamMemory>(options.memory_bytes)),
      watch_(scheduler),
      state_(random) {}

std::shared_ptr<StreamLog> StreamDirectory::begin(const TableState& state, Microseconds now) {
  const TableSettings& settings = *state.settings;
  auto cuts = partition_cuts(state);
  if (cuts == nullptr) {
    cuts = equal_cuts(first_shards(settings));
  }
  const std::uint64_t salt = state_.lock()->random.next();
  return std::make_shared<StreamLog>(info_of(settings, now, salt), options_, std::move(cuts));
}

void StreamDirectory::join(const std::shared_ptr<StreamLog>& log) {
  const auto state = state_.lock();
  auto& place = state->tenants[log->info().tenant][log->info().arn];
  if (place != log) {
    log->join(memory_, watch_);
    place = log;
  }
}

std::shared_ptr<ChangeSink> StreamDirectory::follow(const TableState& state,
                                                    std::shared_ptr<ChangeSink> present,
                                                    Microseconds now) {
  const TableSettings& settings = *state.settings;
  auto changes = std::static_pointer_cast<TableChanges>(std::move(present));
  if (changes == nullptr) {
    changes = std::make_shared<TableChanges>(*this);
  }
  if (changes->log != nullptr &&
      (!settings.stream || changes->log->info().arn != settings.stream_arn)) {
    changes->log->end(now);
    changes->log.reset();
  }
  if (settings.stream) {
    if (changes->log == nullptr) {
      changes->log = begin(state, now);
    }
    join(changes->log);
  }
  const auto destination = std::ranges::find_if(settings.kinesis, &KinesisDestination::delivers);
  changes->kinesis =
      destination == settings.kinesis.end() ? std::nullopt : std::optional(*destination);
  return changes->log == nullptr && !changes->kinesis ? nullptr : changes;
}

void StreamDirectory::leave(std::shared_ptr<ChangeSink> present, Microseconds now) {
  const auto changes = std::static_pointer_cast<TableChanges>(std::move(present));
  if (changes != nullptr && changes->log != nullptr) {
    changes->log->end(now);
  }
}

void StreamDirectory::forget(std::optional<std::string_view> tenant) {
  kinesis_.forget(tenant);
  const auto state = state_.lock();
  if (!tenant) {
    state->tenants.clear();
  } else if (const auto logs = state->tenants.find(*tenant); logs != state->tenants.end()) {
    state->tenants.erase(logs);
  }
}

void StreamDirectory::drop_ended(Logs& logs, Microseconds now) {
  std::erase_if(logs, [now](const auto& entry) { return entry.second->is_over(now); });
}

std::shared_ptr<StreamLog> StreamDirectory::find(std::string_view tenant, std::string_view arn,
                                                 Microseconds now) {
  const auto state = state_.lock();
  const auto logs = state->tenants.find(tenant);
  if (logs == state->tenants.end()) {
    return nullptr;
  }
  const auto log = logs->second.find(arn);
  if (log == logs->second.end()) {
    return nullptr;
  }
  if (log->second->is_over(now)) {
    logs->second.erase(log);
    return nullptr;
  }
  return log->second;
}

std::vector<std::shared_ptr<StreamLog>> StreamDirectory::list(std::string_view tenant,
                                                              std::string_view table,
                                                              Microseconds now) {
  std::vector<std::shared_ptr<StreamLog>> found;
  const auto state = state_.lock();
  if (const auto logs = state->tenants.find(tenant); logs != state->tenants.end()) {
    drop_ended(logs->second, now);
    for (const auto& [arn, log] : logs->second) {
      if (table.empty() || log->info().table_name == table) {
        found.push_back(log);
      }
    }
  }
  return found;
}

void StreamDirectory::relieve_slowly() {
  // A little more than needed, so that this is rare; from whoever has the oldest record.
  const std::size_t slice = memory_->budget_bytes / 16 + 1;
  const auto state = state_.lock();
  while (memory_->used_bytes.load(std::memory_order_relaxed) + slice > memory_->budget_bytes) {
    StreamLog* oldest = nullptr;
    std::optional<Microseconds> since;
    for (const auto& [tenant, logs] : state->tenants) {
      for (const auto& [arn, log] : logs) {
        const auto made = log->oldest();
        if (made && (!since || *made < *since)) {
          since = made;
          oldest = log.get();
        }
      }
    }
    if (oldest == nullptr || oldest->trim(slice) == 0) {
      return;
    }
  }
}

}  // namespace understudy
