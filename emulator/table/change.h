// What commit_write tells about a changed item, and who listens. The table knows nothing about
// streams: their keeper is plugged into the catalog from outside (streams/), and a table without
// one pays one branch per write.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "emulator/clock/clock.h"
#include "emulator/model/item.h"
#include "emulator/model/key_codec.h"

namespace understudy {

struct TableState;

/// Whose doing a change is. Stream records name the service for its own (C5, userIdentity).
enum class ChangeOrigin : std::uint8_t { kUser, kTimeToLive };

/// When and by whom a write is committed.
struct CommitStamp {
  Microseconds now = 0;
  ChangeOrigin origin = ChangeOrigin::kUser;
};

/// One item that is different now: never a write that changed nothing. Points into the write under
/// way; whoever keeps it copies the two references.
struct Change {
  const EncodedKey& key;
  const ItemRef& before;  ///< null: the item is new
  const ItemRef& after;   ///< null: the item was deleted
  CommitStamp stamp;
};

/// Takes the changes of one table, in their order.
class ChangeSink {
 public:
  ChangeSink() = default;
  virtual ~ChangeSink() = default;
  ChangeSink& operator=(const ChangeSink&) = delete;

  /// Called under the table's lock: must be quick, call no foreign code and take no table's lock.
  virtual void append(const TableState& state, const Change& change) = 0;
  /// What a snapshot of the table keeps: a sink with the same past, of which nobody knows yet.
  /// Called under the table's lock, or on a sink that no table has.
  [[nodiscard]] virtual std::shared_ptr<ChangeSink> copy() const = 0;

 protected:
  ChangeSink(const ChangeSink&) = default;
};

/// Makes the sinks. Thread-safe. Never takes a table's lock.
class ChangeKeeper {
 public:
  ChangeKeeper() = default;
  virtual ~ChangeKeeper() = default;
  ChangeKeeper(const ChangeKeeper&) = delete;
  ChangeKeeper& operator=(const ChangeKeeper&) = delete;

  /// Where the table's changes go from now on: asked under the table's lock when the table is
  /// created, when one of its streams begins or ends, and when it comes back from a snapshot.
  /// `present`: where they went so far, or null. Answer null: nowhere.
  virtual std::shared_ptr<ChangeSink> follow(const TableState& state,
                                             std::shared_ptr<ChangeSink> present,
                                             Microseconds now) = 0;
  /// The table's deletion has begun, nothing changes in it any more.
  virtual void leave(std::shared_ptr<ChangeSink> present, Microseconds now) = 0;
  /// All that was kept for that tenant, or for all, is gone: also streams that had ended.
  virtual void forget(std::optional<std::string_view> tenant) = 0;
};

}  // namespace understudy
