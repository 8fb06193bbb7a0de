// StreamDirectory: all streams, those that are on and those that ended less than 24 hours ago, by
// tenant and ARN. As the catalog's keeper it makes their logs, and it holds them to the memory they
// may take. Thread-safe; its lock is taken under tables' locks, never the other way round.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/guarded.h"
#include "emulator/base/random.h"
#include "emulator/table/change.h"
#include "streams/kinesis/kinesis_outbox.h"
#include "streams/record_watch.h"
#include "streams/stream_log.h"
#include "streams/streams.h"

namespace understudy {

class StreamDirectory final : public ChangeKeeper {
 public:
  StreamDirectory(const StreamOptions& options, Random random, Scheduler& scheduler);

  std::shared_ptr<ChangeSink> follow(const TableState& state, std::shared_ptr<ChangeSink> present,
                                     Microseconds now) override;
  void leave(std::shared_ptr<ChangeSink> present, Microseconds now) override;
  void forget(std::optional<std::string_view> tenant) override;

  /// Null: there is none, or it ended too long ago.
  [[nodiscard]] std::shared_ptr<StreamLog> find(std::string_view tenant, std::string_view arn,
                                                Microseconds now);
  /// In the order of their ARNs; `table`: of that name only, empty: all.
  [[nodiscard]] std::vector<std::shared_ptr<StreamLog>> list(std::string_view tenant,
                                                             std::string_view table,
                                                             Microseconds now);
  /// Trims the oldest records of all streams where they hold more than the budget.
  void relieve() {
    if (memory_->is_over()) {
      relieve_slowly();
    }
  }

  [[nodiscard]] RecordWatch& watch() { return watch_; }
  [[nodiscard]] KinesisOutbox& kinesis() { return kinesis_; }
  [[nodiscard]] const StreamMemory& memory() const { return *memory_; }

 private:
  void relieve_slowly();
  using Logs = std::map<std::string, std::shared_ptr<StreamLog>, std::less<>>;
  struct State {
    explicit State(Random seeded) : random(seeded) {}
    std::map<std::string, Logs, std::less<>> tenants;
    Random random;
  };

  std::shared_ptr<StreamLog> begin(const TableState& state, Microseconds now);
  void join(const std::shared_ptr<StreamLog>& log);
  static void drop_ended(Logs& logs, Microseconds now);

  const StreamOptions options_;
  const std::shared_ptr<StreamMemory> memory_;
  RecordWatch watch_;
  KinesisOutbox kinesis_;
  Guarded<State> state_;
};

}  // namespace understudy
