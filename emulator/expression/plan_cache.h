// A bounded cache of compiled expression text, shared by all requests of an engine. What it holds
// is independent of any request's placeholders. Thread-safe.
#pragma once

#include <cstddef>
#include <memory>

namespace understudy {

class PlanCache {
 public:
  /// Keeps at most `entries_max` compiled texts; the oldest go first.
  explicit PlanCache(std::size_t entries_max = 1024);
  ~PlanCache();
  PlanCache(const PlanCache&) = delete;
  PlanCache& operator=(const PlanCache&) = delete;

  struct State;
  [[nodiscard]] State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace understudy
