#include "emulator/table/table.h"

#include <algorithm>
#include <utility>

#include "emulator/table/simulation.h"
#include "emulator/table/table_remains.h"
#include "emulator/table/write_history.h"

namespace understudy {

namespace {

bool same_key(const EncodedKey& a, const EncodedKey& b) {
  return a.partition == b.partition && a.sort == b.sort;
}

/// Whether both images look the same through the index's projection. Canonical text makes that a
/// comparison of bytes; under one key, key attributes are the same already.
bool same_view(const IndexSettings& index, const Item& before, const Item& after) {
  if (index.projection == ProjectionType::kKeysOnly) {
    return true;
  }
  if (index.projection == ProjectionType::kAll) {
    return false;  // The caller saw that the texts differ.
  }
  return std::ranges::all_of(index.non_key_attributes, [&](const std::string& name) {
    const auto old_position = before.find(name);
    const auto new_position = after.find(name);
    if (!old_position || !new_position) {
      return old_position.has_value() == new_position.has_value();
    }
    return before.value_text(*old_position) == after.value_text(*new_position);
  });
}

/// Billed bytes of the entry that stands under `key`. An item that was too odd for the index when
/// it was backfilled has none.
MaybeBytes entry_bytes(const IndexSettings& index, const Collection& entries,
                       const std::optional<EncodedKey>& key, const ItemRef& item) {
  if (!key) {
    return std::nullopt;
  }
  if (index.projection == ProjectionType::kAll) {
    return item->size_bytes();
  }
  const ItemRef entry = entries.find(*key);
  return entry ? MaybeBytes(entry->size_bytes()) : std::nullopt;
}

void plan_index_change(const TableState& state, std::size_t position, PlannedWrite& write,
                       Arena& arena) {
  const TableSettings& settings = *state.settings;
  const IndexSettings& index = settings.indexes[position];
  std::optional<EncodedKey> old_key;
  std::optional<EncodedKey> new_key;
  if (write.before) {
    old_key = index_entry_key(index, settings.keys, *write.before, arena);
  }
  if (write.after) {
    new_key = index_entry_key(index, settings.keys, *write.after, arena);
  }
  if (!old_key && !new_key) {
    return;
  }
  const bool keeps_key = old_key && new_key && same_key(*old_key, *new_key);
  if (keeps_key && same_view(index, *write.before, *write.after)) {
    return;
  }
  IndexChange change;
  change.index = position;
  const MaybeBytes old_bytes = entry_bytes(index, state.indexes[position], old_key, write.before);
  MaybeBytes new_bytes;
  if (new_key) {
    change.stored = new_key;
    change.entry = index_entry(index, *new_key, write.after, arena);
    new_bytes = change.entry->size_bytes();
  }
  if (old_key && !keeps_key) {
    change.erased = old_key;
  }
  change.units = index_write_units(old_bytes, new_bytes, keeps_key, false);
  write.index_changes.push_back(std::move(change));
}

/// Canonical text makes "nothing changed" a comparison of bytes.
bool changes_item(const PlannedWrite& write) {
  if (write.before == write.after) {
    return false;
  }
  return write.before == nullptr || write.after == nullptr ||
         write.before->text() != write.after->text();
}

}  // namespace

void settle(TableState& state) {
  const std::vector<PendingStep> steps = std::exchange(state.pending, {});
  for (const PendingStep& step : steps) {
    step.apply(state);
  }
}

void settings_published(TableState& state) {
  if (state.simulation) {
    state.simulation->settings_changed(*state.settings);
  }
}

Table::Table(std::shared_ptr<const TableSettings> settings) {
  auto state = state_.lock();
  state->indexes.resize(settings->indexes.size());
  state->settings = std::move(settings);
}

Table::Table(TableState restored, std::shared_ptr<RemainsTaker> remains)
    : remains_(std::move(remains)) {
  auto state = state_.lock();
  *state = std::move(restored);
  simulated_ = static_cast<bool>(state->simulation);
  set_status(*state, state->status);
}

Table::~Table() {
  if (remains_ != nullptr) {
    remains_->leave(*state_.lock());
  }
}

void Table::set_status(TableState& state, TableStatus status) {
  state.status = status;
  serves_.store(status == TableStatus::kActive || status == TableStatus::kUpdating,
                std::memory_order_relaxed);
}

PlannedWrite plan_write(const TableState& state, const EncodedKey& key, ItemRef before,
                        ItemRef after, Arena& arena) {
  PlannedWrite write;
  write.key = key;
  write.before = std::move(before);
  write.after = std::move(after);
  write.table_units =
      table_write_units(write.before ? MaybeBytes(write.before->size_bytes()) : std::nullopt,
                        write.after ? MaybeBytes(write.after->size_bytes()) : std::nullopt);
  const std::size_t indexes = state.indexes.size();
  if (indexes == 0) {
    return write;
  }
  if (write.before == nullptr && write.after == nullptr) {
    return write;
  }
  if (write.before && write.after && write.before->text() == write.after->text()) {
    return write;
  }
  for (std::size_t position = 0; position < indexes; ++position) {
    plan_index_change(state, position, write, arena);
  }
  return write;
}

void commit_write(TableState& state, PlannedWrite&& write, const CommitStamp& stamp) {
  if (state.history != nullptr && changes_item(write)) [[unlikely]] {
    state.history->note(state, write, stamp.now);
  }
  if (state.changes != nullptr && changes_item(write)) {
    state.changes->append(state, {write.key, write.before, write.after, stamp});
  }
  if (state.simulation) {
    state.simulation->log_write(state, write, stamp.now);
    if (stamp.origin == ChangeOrigin::kTimeToLive) {
      state.simulation->admission.arm(kTableArm)->metrics().count(
          Metric::kTimeToLiveDeletedItemCount, stamp.now);
    }
  }
  if (write.after) {
    state.items.put(write.key, std::move(write.after));
  } else if (write.before) {
    state.items.erase(write.key);
  }
  for (IndexChange& change : write.index_changes) {
    Collection& entries = state.indexes[change.index];
    if (change.erased) {
      entries.erase(*change.erased);
    }
    if (change.stored) {
      entries.put(*change.stored, std::move(change.entry));
    }
  }
}

}  // namespace understudy
