// EventHub: what happens, told as it happens to whoever listens, as Server-Sent Events. Costs
// nothing while nobody listens. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/admin/journal_ring.h"
#include "emulator/api/engine.h"

namespace understudy {

class StreamAnswer;

class EventHub final : public Journal {
 public:
  static constexpr std::size_t kListenersMax = 64;

  /// `changed` is called when the first listener came or the last one went.
  explicit EventHub(std::function<void()> changed = {});
  /// All streams end.
  ~EventHub() override;

  /// A request that finished: event "request", for those whose filter it fits.
  void record(const JournalEntry& entry) override;
  /// Any other event: `data` is one JSON value. Names: "clock", "seed", "faults",
  /// "capacity", "knobs", "tables", "scenarios".
  void tell(std::string_view event, std::string_view data);

  /// A stream of all events from now on, and of requests that fit. Null: too many listen already.
  std::shared_ptr<StreamAnswer> listen(JournalFilter requests);
  [[nodiscard]] std::size_t listeners() const;

 private:
  struct Listener {
    std::shared_ptr<StreamAnswer> stream;
    JournalFilter requests;
  };
  void drop_gone_locked();

  mutable std::mutex mutex_;
  std::vector<Listener> listeners_;
  std::uint64_t told_ = 0;
  std::function<void()> changed_;
};

}  // namespace understudy
