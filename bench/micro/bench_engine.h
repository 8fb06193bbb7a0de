// What the in-process benches share: an engine with the bench's table, and requests as clients send
// them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "bench/http/workload.h"
#include "emulator/api/engine.h"

namespace understudy::bench {

inline constexpr Shape kBenchShape{.items = 1000};

/// Makes and fills table "bench".
void fill_table(Engine& engine);
/// Throttling with so much room that nothing is refused: what looking costs.
EngineOptions throttled_with_room();
/// Gives table "bench" a stream of that view type.
void enable_stream(Engine& engine, std::string_view view_type);
/// 100 fault rules of all kinds of conditions, none of which is about a request of the bench: what
/// run.py's `faults` installs in a server.
void install_rules_that_never_match(Engine& engine);

/// A scenario's requests with the headers that count, round robin.
class RequestCycle {
 public:
  explicit RequestCycle(std::string_view scenario);
  RequestCycle(const RequestCycle&) = delete;
  RequestCycle& operator=(const RequestCycle&) = delete;

  const Request& next() { return requests_[position_++ % requests_.size()]; }

 private:
  const std::vector<Operation> operations_;  ///< what the requests point into
  const std::string target_;
  std::vector<Request> requests_;
  std::size_t position_ = 0;
};

}  // namespace understudy::bench
