// Table: settings, items and indexes behind one lock. Everything that changes an item, whatever the
// operation, is planned by plan_write and done by commit_write: the one place where indexes,
// capacity, the stream's change and later admission meet.
//
// Thread rule: TableState only through Table::lock(). Readers copy a Collection under the lock
// (free of cost) and walk it outside. Several tables are locked in the order of their addresses
// (lock_order).
#pragma once

#include <atomic>
#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "emulator/base/arena.h"
#include "emulator/base/guarded.h"
#include "emulator/capacity/units.h"
#include "emulator/model/item.h"
#include "emulator/model/key_codec.h"
#include "emulator/service/api_error.h"
#include "emulator/storage/collection.h"
#include "emulator/table/change.h"
#include "emulator/table/simulation_ptr.h"
#include "emulator/table/table_settings.h"

namespace understudy {

struct TableState;
class RemainsTaker;
class WriteHistory;

/// What a table is busy with: decides which other changes are refused meanwhile, and in which words
/// (D1). Work on indexes, encryption and warm throughput shows in the settings.
struct TableJobs {
  bool throughput = false;
  bool billing_mode = false;
  std::optional<bool> stream;             ///< being enabled (true) or disabled
  std::optional<TableClass> table_class;  ///< the class it is going to have
  std::uint32_t holding = 0;              ///< jobs that keep the table UPDATING
};

/// A transition's end that is still to come: applied when its time has come, or at once by
/// settle().
struct PendingStep {
  std::uint64_t id = 0;
  std::function<void(TableState&)> apply;
};

struct TableState {
  TableStatus status = TableStatus::kCreating;
  TableJobs jobs;
  std::shared_ptr<const TableSettings> settings;
  Collection items;
  /// Entries of each index, in the order of settings->indexes. Entries hold the projected item.
  std::vector<Collection> indexes;
  std::shared_ptr<ChangeSink> changes;  ///< who is told of changed items; null: nobody
  std::vector<PendingStep> pending;     ///< in the order they come due
  std::uint64_t steps_made = 0;
  /// Admission by capacity, metrics, replicas; none in a plain engine.
  SimulationPtr simulation;
  /// What stood before the latest writes; null unless a fault rule may ask for it.
  std::shared_ptr<WriteHistory> history;
};
/// New settings were published: the simulation follows. Whoever sets `settings` calls it.
void settings_published(TableState& state);

/// Finishes all that is pending.
void settle(TableState& state);

class Table {
 public:
  explicit Table(std::shared_ptr<const TableSettings> settings);
  /// A table that stands as `state` says. Its items are left to `remains`, if given, in the end.
  explicit Table(TableState state, std::shared_ptr<RemainsTaker> remains = nullptr);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  [[nodiscard]] Guarded<TableState>::Access lock() const { return state_.lock(); }

  /// Whether the data plane sees the table: ACTIVE or UPDATING. Readable without the lock, so that
  /// finding a table costs none.
  [[nodiscard]] bool serves() const { return serves_.load(std::memory_order_relaxed); }
  /// Whether its state has a simulation; readable without the lock.
  [[nodiscard]] bool is_simulated() const { return simulated_; }
  /// The only way to change the status; `state` is this table's, locked by the caller.
  void set_status(TableState& state, TableStatus status);

 private:
  Guarded<TableState> state_;
  std::atomic<bool> serves_{false};
  bool simulated_ = false;
  std::shared_ptr<RemainsTaker> remains_;
};
using TableRef = std::shared_ptr<Table>;

/// What one index loses and gains by a write.
struct IndexChange {
  std::size_t index = 0;  ///< position in settings->indexes
  std::optional<EncodedKey>
      erased;  ///< key of the entry that goes (also when it is replaced elsewhere)
  std::optional<EncodedKey> stored;  ///< key of the entry that comes or changes
  ItemRef entry;                     ///< what is stored
  CapacityUnits units;               ///< table A6, plain (indexes are not doubled in transactions)
};

/// One item's write, ready to be admitted and committed. Keys live in the request's arena.
/// (Moving never throws: what could is running out of memory, which ends the process anyway.)
// NOLINTNEXTLINE(bugprone-exception-escape)
struct PlannedWrite {
  EncodedKey key;
  ItemRef before;             ///< null: no item stood there
  ItemRef after;              ///< null: delete
  CapacityUnits table_units;  ///< plain units of the table arm; transactions double it
  boost::container::small_vector<IndexChange, 2> index_changes;
};

/// Works out index changes and units; changes nothing. `after` must have passed check_index_keys.
PlannedWrite plan_write(const TableState& state, const EncodedKey& key, ItemRef before,
                        ItemRef after, Arena& arena);
/// Does it, and tells state.changes where the item is another one now. Cannot fail.
void commit_write(TableState& state, PlannedWrite&& write, const CommitStamp& stamp);

/// In whose words an index key is refused. An update only answers for what it changed.
enum class IndexKeyWording : std::uint8_t { kPut, kUpdate };
/// Index key attributes of a new image must have the declared type and size and be no empty
/// strings. Error: ValidationException "One or more parameter values were invalid: Type mismatch
/// for Index Key <attribute> Expected: <T> Actual: <T> IndexName: <index>" and its kin. Of several,
/// the index whose name sorts first is named. `before`: the stored image of an update; attributes
/// it has with the same value are not looked at (a backfilled index may stand beside items that do
/// not fit it).
Result<void> check_index_keys(const TableSettings& settings, const Item& after,
                              IndexKeyWording wording, Arena& arena, const Item* before = nullptr);

/// Why an empty string or binary is no key of that index ("One or more parameter values are not
/// valid. A value specified for a secondary index key is not supported. …").
std::string empty_index_key_text(const IndexSettings& index, const KeyAttribute& attribute);

/// The key of that item's entry in the index; nullopt: the item is not in it, because a key
/// attribute is absent, of another type, empty or too long (only items older than the index are the
/// latter three).
std::optional<EncodedKey> index_entry_key(const IndexSettings& index, const KeySchema& table_keys,
                                          const Item& item, Arena& arena);
/// What the index stores for the item under `key`: the table's own block where everything is
/// projected, else a projected one.
ItemRef index_entry(const IndexSettings& index, const EncodedKey& key, const ItemRef& item,
                    Arena& arena);

/// The primary key out of a request's Key (exactly the key attributes): "The provided key element
/// does not match the schema" and the empty/oversized key value texts.
Result<EncodedKey> read_key(const TableSettings& settings, std::span<const MapEntry> key,
                            Arena& arena, Hashing hashing = Hashing::kNow);
/// The primary key out of a request's Item: "One or more parameter values were invalid: Missing the
/// key <name> in the item", "…Type mismatch for key <name> expected: <T> actual: <T>". kBatch: a
/// wrong type is "The provided key element does not match the schema", as BatchWriteItem has it.
enum class ItemKeyWording : std::uint8_t { kPut, kBatch };
Result<EncodedKey> read_item_key(const TableSettings& settings, std::span<const MapEntry> item,
                                 Arena& arena, ItemKeyWording wording = ItemKeyWording::kPut,
                                 Hashing hashing = Hashing::kNow);

}  // namespace understudy
