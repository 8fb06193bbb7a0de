// RecordWatch: who wants to know that a stream has new records. A write only marks the stream; the
// callbacks run as due work of the scheduler (in a server: within moments, on its ticker's thread;
// in virtual time: at the next run_due), with no lock held. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/clock/clock.h"
#include "emulator/clock/scheduler.h"

namespace understudy {

class RecordWatch {
 public:
  using Callback = std::function<void()>;
  using Ticket = std::uint64_t;

  /// One stream's place in the watch; logs keep theirs.
  class Channel {
   public:
    /// Someone wants to know. One load: asked on every write.
    [[nodiscard]] bool watched() const { return watched_.load(std::memory_order_relaxed); }

   private:
    friend class RecordWatch;
    std::atomic<bool> watched_{false};
    std::atomic<bool> raised_{false};
    std::map<Ticket, std::shared_ptr<Callback>> callbacks_;  ///< guarded by the watch
  };

  explicit RecordWatch(Scheduler& scheduler) : scheduler_(scheduler) {}
  RecordWatch(const RecordWatch&) = delete;
  RecordWatch& operator=(const RecordWatch&) = delete;

  /// `callback` is told of new records, of shards that end and of the stream's end; several changes
  /// may be told once. The stream need not exist yet, and may come again (a restored snapshot).
  Ticket subscribe(std::string_view tenant, std::string_view stream_arn, Callback callback);
  /// Afterwards the callback will not begin to run any more; it may be running.
  void unsubscribe(Ticket ticket);

  /// The channel of that stream.
  std::shared_ptr<Channel> channel(std::string_view tenant, std::string_view stream_arn);
  /// Something happened. Quick; may be called under a table's lock.
  void raise(const std::shared_ptr<Channel>& channel, Microseconds now);

 private:
  void tell(Channel& channel);

  Scheduler& scheduler_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<Channel>> channels_;
  std::map<Ticket, std::weak_ptr<Channel>> subscribed_;
  Ticket last_ticket_ = 0;
};

}  // namespace understudy
