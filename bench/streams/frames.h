// From a committed change to the WebSocket frames of its clients, through an in-process function:
// the way of a feature toggle. Real sockets, real time.
#pragma once

#include <cstddef>
#include <vector>

namespace understudy::bench {

/// Per round the milliseconds until the last of `clients_wanted` clients has its frame. Ends the
/// program where something does not work.
std::vector<double> frame_latencies_ms(std::size_t clients_wanted, int rounds);

}  // namespace understudy::bench
