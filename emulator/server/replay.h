// Replay: a record of requests (recorder.h) asked again, of an emulator in this process or of a
// server, and what came out otherwise. With other knobs: what the same traffic would have met.
#pragma once

#include <cstdio>
#include <functional>
#include <string>

#include "emulator/base/expected.h"

namespace understudy {

class Instance;
struct Config;

struct ReplayOptions {
  std::string record;    ///< the file
  std::string endpoint;  ///< "http://127.0.0.1:8000"; empty: in this process
  std::string token;     ///< of the endpoint's admin API; empty: none
  std::string what_if;   ///< a file of knobs; empty: as recorded
  /// Brings what the recorded server began with and is no request (--seed-data); empty: nothing.
  std::function<Expected<void, std::string>(Instance& instance, const Config& config)> prepare;
  std::FILE* out = nullptr;
  std::FILE* err = nullptr;
};

/// In this process the emulator is started as the recorded one was, on a frozen clock that is put
/// to each request's time; an endpoint's clock and seed are set through its admin API where it has
/// one. Returns the exit code: 0 all answers were the same byte for byte (request ids, which are
/// headers, are not compared; answers that came late neither), 1 some differ, 2 it could not begin.
/// With `what_if` differences are the point: 0.
int replay(const ReplayOptions& options);

}  // namespace understudy
