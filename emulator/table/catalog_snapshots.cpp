// Snapshots, restores, resets and lists of a Catalog: asked for rarely, so made small.
#include <algorithm>
#include <functional>
#include <utility>

#include "emulator/table/catalog.h"
#include "emulator/table/catalog_state.h"

namespace understudy {
namespace {

using catalog_parts::NameMap;
using catalog_parts::Saved;
using catalog_parts::SavedTables;
using catalog_parts::SnapshotName;
using catalog_parts::TenantTables;

SnapshotName snapshot_name(std::string_view name, std::optional<std::string_view> tenant) {
  return {tenant ? std::optional<std::string>(*tenant) : std::nullopt, std::string(name)};
}

/// States of all tables at one moment: all locks are held at once, in their order, so that no
/// transaction is seen halfway.
SavedTables save(const TenantTables& tables) {
  std::vector<const Table*> order;
  order.reserve(tables.size());
  for (const auto& [name, table] : tables) {
    order.push_back(table.get());
  }
  std::ranges::sort(order, std::less<>());
  std::vector<Guarded<TableState>::Access> locks;
  locks.reserve(order.size());
  for (const Table* table : order) {
    locks.push_back(table->lock());
  }
  SavedTables saved;
  for (const auto& state : locks) {
    saved.push_back(*state);
    saved.back().history = nullptr;
    if (state->changes != nullptr) {
      saved.back().changes = state->changes->copy();
    }
  }
  return saved;
}

/// A table under deletion is gone after a restore, any other is done with what it was doing.
TenantTables revive(const SavedTables& saved, const Catalog& catalog,
                    const std::shared_ptr<RemainsTaker>& remains) {
  TenantTables tables;
  for (const TableState& state : saved) {
    if (state.status == TableStatus::kDeleting) {
      continue;
    }
    TableState settled = state;
    if (settled.changes != nullptr) {
      settled.changes = settled.changes->copy();
    }
    settle(settled);
    catalog.begin_history(settled);
    catalog.follow_changes(settled, catalog.clock().now());
    std::string name = settled.settings->name;
    tables.emplace(std::move(name), std::make_shared<Table>(std::move(settled), remains));
  }
  return tables;
}

/// The snapshot is not kept any more.
void leave(Saved& snapshot, RemainsTaker& remains) {
  for (auto& [owner, tables] : snapshot.tenants) {
    for (TableState& table : tables) {
      remains.leave(table);
    }
  }
}

void forget_tables(NameMap<TenantTables>& tenants, std::optional<std::string_view> tenant,
                   ChangeKeeper* keeper) {
  if (tenant) {
    tenants.erase(std::string(*tenant));
  } else {
    tenants.clear();
  }
  if (keeper != nullptr) {
    keeper->forget(tenant);
  }
}

}  // namespace

std::vector<PastTableRef> Catalog::past_tables(std::optional<std::string_view> tenant) const {
  std::vector<PastTableRef> found;
  const auto past = state_->past.lock();
  for (const PastTableRef& table : past->tables()) {
    if (!tenant || table->tenant == *tenant) {
      found.push_back(table);
    }
  }
  return found;
}

void Catalog::snapshot(std::string_view name, std::optional<std::string_view> tenant,
                       Beside beside) {
  const auto all = state_->directory.lock();
  Saved saved{clock_.now(), {}, {}, std::move(beside)};
  for (const auto& [owner, tables] : all->tenants) {
    if (!tenant || owner == *tenant) {
      saved.tenants.emplace(owner, save(tables));
    }
  }
  saved.past = *state_->past.lock();
  Saved replaced = std::exchange(all->snapshots[snapshot_name(name, tenant)], std::move(saved));
  leave(replaced, *state_->remains);
}

bool Catalog::restore(std::string_view name, std::optional<std::string_view> tenant,
                      Beside* beside) {
  {
    const auto all = state_->directory.lock();
    const auto snapshot = all->snapshots.find(snapshot_name(name, tenant));
    if (snapshot == all->snapshots.end()) {
      return false;
    }
    forget_tables(all->tenants, tenant, keeper_);
    for (const auto& [owner, tables] : snapshot->second.tenants) {
      all->tenants[owner] = revive(tables, *this, state_->remains);
    }
    state_->past.lock()->take_over(tenant, snapshot->second.past);
    if (beside != nullptr) {
      *beside = snapshot->second.beside;
    }
  }
  tenant ? state_->tokens.forget(*tenant) : state_->tokens.forget_all();
  state_->time_to_live.arm(clock_.now());
  return true;
}

bool Catalog::drop_snapshot(std::string_view name, std::optional<std::string_view> tenant) {
  const auto all = state_->directory.lock();
  auto dropped = all->snapshots.extract(snapshot_name(name, tenant));
  if (dropped.empty()) {
    return false;
  }
  leave(dropped.mapped(), *state_->remains);
  return true;
}

std::vector<Catalog::SnapshotInfo> Catalog::snapshots() const {
  std::vector<SnapshotInfo> infos;
  const auto all = state_->directory.lock();
  for (const auto& [name, saved] : all->snapshots) {
    SnapshotInfo info{name.second, name.first, saved.taken};
    for (const auto& [owner, tables] : saved.tenants) {
      info.tables += tables.size();
      for (const TableState& table : tables) {
        info.items += table.items.item_count();
      }
    }
    infos.push_back(std::move(info));
  }
  return infos;
}

void Catalog::reset(std::optional<std::string_view> tenant) {
  {
    const auto all = state_->directory.lock();
    forget_tables(all->tenants, tenant, keeper_);
    state_->past.lock()->forget(tenant);
  }
  tenant ? state_->tokens.forget(*tenant) : state_->tokens.forget_all();
}

std::vector<std::string> Catalog::table_names(const Scope& scope) const {
  std::vector<std::string> names;
  {
    const auto all = state_->directory.lock();
    if (const auto tables = all->tenants.find(scope.tenant); tables != all->tenants.end()) {
      for (const auto& [name, table] : tables->second) {
        names.push_back(name);
      }
    }
  }
  std::ranges::sort(names);
  return names;
}

std::vector<std::pair<std::string, MinuteMetrics>> Catalog::account_metrics() const {
  const auto accounts = state_->accounts.lock();
  return {accounts->begin(), accounts->end()};
}

std::vector<std::pair<std::string, std::size_t>> Catalog::tenants() const {
  std::vector<std::pair<std::string, std::size_t>> counts;
  {
    const auto all = state_->directory.lock();
    for (const auto& [tenant, tables] : all->tenants) {
      if (!tables.empty()) {
        counts.emplace_back(tenant, tables.size());
      }
    }
  }
  std::ranges::sort(counts);
  return counts;
}

std::vector<Catalog::OwnedTable> Catalog::tables_of(std::optional<std::string_view> tenant) const {
  std::vector<OwnedTable> found;
  {
    const auto all = state_->directory.lock();
    for (const auto& [owner, tables] : all->tenants) {
      if (tenant && owner != *tenant) {
        continue;
      }
      for (const auto& [name, table] : tables) {
        found.push_back({owner, name, table});
      }
    }
  }
  std::ranges::sort(found, {}, [](const OwnedTable& owned) {
    return std::pair<std::string_view, std::string_view>(owned.tenant, owned.name);
  });
  return found;
}

}  // namespace understudy
