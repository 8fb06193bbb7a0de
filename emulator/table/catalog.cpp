#include "emulator/table/catalog.h"

#include <algorithm>
#include <array>
#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <utility>

#include "emulator/table/catalog_state.h"
#include "emulator/table/control_rates.h"
#include "emulator/table/date_text.h"
#include "emulator/table/past_metrics.h"
#include "emulator/table/simulation.h"
#include "emulator/table/table_arn.h"
#include "emulator/table/time_to_live.h"
#include "emulator/table/write_history.h"

namespace understudy {

Catalog::Catalog(Clock& clock, Random random, Scheduler& scheduler, Transitions transitions,
                 SimulationOptions simulation)
    : clock_(clock),
      scheduler_(scheduler),
      transitions_(transitions),
      simulates_(simulation.any()),
      state_(std::make_unique<State>(*this, scheduler, random)) {
  *state_->simulation.lock() = std::make_shared<const SimulationOptions>(simulation);
}

Catalog::~Catalog() = default;

namespace {

/// Whether `name`, which may be a table's ARN, is about the caller's account and region, or about
/// those of the table of that name: where tenants span accounts or regions it is found by its own
/// ARN from everywhere. Error: AccessDeniedException for another account, as no table here has a
/// policy; ValidationException for another region. Source: ExtendDB pull request 227 ("verified
/// against DynamoDB": account before region), of tags' ARNs. Assumed: that TableName is held to it.
[[gnu::cold]] Result<void> check_arn_is_near(const Scope& scope, std::string_view name,
                                             const TableRef& found) {
  const auto arn = parse_table_arn(name);
  if (!arn || (arn->account == scope.account && arn->region == scope.region)) {
    return {};
  }
  const auto settings = found != nullptr ? found->lock()->settings : nullptr;
  if (arn->account != scope.account && (settings == nullptr || arn->account != settings->account)) {
    return not_authorized(scope, name);
  }
  if (arn->region != scope.region && (settings == nullptr || arn->region != settings->region)) {
    return validation_error("Invalid TableArn: Invalid ResourceArn provided as input " +
                            std::string(name));
  }
  return {};
}

}  // namespace

Result<TableRef> Catalog::find_active(const Scope& scope, std::string_view name) const {
  TRY(const std::string_view table_name, table_name_of(name));
  TableRef table = state_->find(scope.tenant, table_name);
  if (table_name.size() != name.size()) [[unlikely]] {
    TRY_VOID(check_arn_is_near(scope, name, table));
  }
  if (table == nullptr || !table->serves()) {
    return api_error(ErrorKind::kResourceNotFoundException, "Requested resource not found");
  }
  return table;
}

Result<TableRef> Catalog::find(const Scope& scope, std::string_view name) const {
  TRY(const std::string_view table_name, table_name_of(name));
  TableRef table = state_->find(scope.tenant, table_name);
  if (table_name.size() != name.size()) [[unlikely]] {
    TRY_VOID(check_arn_is_near(scope, name, table));
  }
  if (table == nullptr) {
    return api_error(
        ErrorKind::kResourceNotFoundException,
        "Requested resource not found: Table: " + std::string(table_name) + " not found");
  }
  return table;
}

std::vector<TableRef> Catalog::tables(const Scope& scope) const {
  std::vector<TableRef> found;
  const auto all = state_->directory.lock();
  if (const auto tables = all->tenants.find(scope.tenant); tables != all->tenants.end()) {
    for (const auto& [name, table] : tables->second) {
      found.push_back(table);
    }
  }
  return found;
}

Result<TableRef> Catalog::add(const Scope& scope, TableState state) {
  const std::string name = state.settings->name;
  if (simulates_) {
    state.simulation =
        SimulationPtr(std::make_unique<Simulation>(*state.settings, simulation_options(), clock_));
  }
  begin_history(state);
  auto table = std::make_shared<Table>(std::move(state), state_->remains);
  const auto all = state_->directory.lock();
  auto [place, is_new] = all->tenants[std::string(scope.tenant)].try_emplace(name, table);
  if (!is_new) {
    return api_error(ErrorKind::kResourceInUseException, "Table already exists: " + name);
  }
  return table;
}

void Catalog::remove(std::string_view tenant, std::string_view name, const Table* table) {
  const auto all = state_->directory.lock();
  const auto tables = all->tenants.find(tenant);
  if (tables == all->tenants.end()) {
    return;
  }
  const auto found = tables->second.find(name);
  if (found == tables->second.end() || found->second.get() != table) {
    return;
  }
  if (simulates_) {
    state_->past.lock()->keep(tenant, *table->lock(), clock_.now());
  }
  tables->second.erase(found);
}

std::string Catalog::new_uuid() {
  std::array<std::uint64_t, 2> bits{};
  {
    const auto all = state_->directory.lock();
    bits = {all->random.next(), all->random.next()};
  }
  bits[0] = (bits[0] & ~std::uint64_t{0xF000}) | 0x4000;
  bits[1] = (bits[1] & ~(std::uint64_t{3} << 62U)) | (std::uint64_t{2} << 62U);
  std::string text;
  for (std::size_t digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) {
      text.push_back('-');
    }
    text.push_back("0123456789abcdef"[(bits[digit / 16] >> (60 - 4 * (digit % 16))) & 0xF]);
  }
  return text;
}

std::string Catalog::new_stream_label(Microseconds now) {
  const Microseconds whole = now - now % kMillisecond;
  Microseconds last = state_->last_stream_label.load();
  Microseconds label = 0;
  do {
    label = std::max(whole, last + kMillisecond);
  } while (!state_->last_stream_label.compare_exchange_weak(last, label));
  return iso_text(label);
}

IdempotencyTokens& Catalog::tokens() const {
  return state_->tokens;
}

RemainsTaker& Catalog::remains() const {
  return *state_->remains;
}

TimeToLive& Catalog::time_to_live() const {
  return state_->time_to_live;
}

void Catalog::reseed(Random random) {
  state_->directory.lock()->random = random;
}

void Catalog::follow_changes(TableState& state, Microseconds now) const {
  if (keeper_ != nullptr) {
    state.changes = keeper_->follow(state, std::move(state.changes), now);
  }
}

void Catalog::leave_changes(TableState& state, Microseconds now) const {
  if (state.changes != nullptr) {
    keeper_->leave(std::move(state.changes), now);
  }
}

std::shared_ptr<const SimulationOptions> Catalog::simulation_options() const {
  return *state_->simulation.lock();
}

void Catalog::set_simulation_options(SimulationOptions options) {
  const auto shared = std::make_shared<const SimulationOptions>(options);
  *state_->simulation.lock() = shared;
  for (const OwnedTable& owned : tables_of()) {
    const auto state = owned.table->lock();
    if (state->simulation) {
      state->simulation->options_changed(*state->settings, shared);
    }
  }
}

void Catalog::keep_history(bool keep) {
  keeps_history_.store(keep);
  for (const OwnedTable& owned : tables_of()) {
    const auto state = owned.table->lock();
    if (!keep) {
      state->history = nullptr;
    } else if (state->history == nullptr) {
      begin_history(*state);
    }
  }
}

void Catalog::begin_history(TableState& state) const {
  state.history = keeps_history_.load() ? std::make_shared<WriteHistory>() : nullptr;
}

Result<void> Catalog::admit_control_call(const Scope& scope, std::string_view operation) {
  return state_->control_rates.lock()->admit(simulation_options()->knobs, scope.tenant, operation,
                                             clock_.now());
}

void Catalog::count_request(const Scope& scope, Table* table, const FinishedRequest& request,
                            bool user_error) {
  if (table != nullptr) {
    const auto state = table->lock();
    if (state->simulation) {
      state->simulation->requests.record(request);
    }
  }
  constexpr int kServerError = 500;
  const bool system_error = request.status >= kServerError;
  if (!user_error && !system_error) {
    return;
  }
  const auto accounts = state_->accounts.lock();
  auto found = accounts->find(scope.tenant);
  if (found == accounts->end()) {
    found = accounts
                ->emplace(std::string(scope.tenant),
                          MinuteMetrics(simulation_options()->knobs.metric_minutes))
                .first;
  }
  found->second.count(user_error ? Metric::kUserErrors : Metric::kSystemErrors, request.at);
}

}  // namespace understudy
