// Recorder: what a server was asked and what it answered, a JSON line each, so that
// `understudy replay` can ask it again. The first line says how the server was started. Requests
// stand in the order they finished; whoever wants them answered alike serves with one thread.
// Thread-safe.
//
//   {"understudy":"0.1.0","seed":1,"clock":1768478400000000,"arguments":["--throttle"]}
//   {"t":1768478400000123,"m":"POST","u":"/","h":[["host","…"],…],"b":"{…}","s":200,"a":"{…}"}
//
// t: arrival, microseconds; b, a: bodies of request and answer (b64, a64: in base64, where they are
// no text); "late": the answer came later and is not compared.
#pragma once

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/engine.h"
#include "emulator/base/expected.h"

namespace understudy {

class Recorder final : public Journal {
 public:
  struct Beginning {
    std::uint64_t seed = 1;
    Microseconds clock = 0;
    std::vector<std::string> arguments;  ///< of the command line, for the same server again
  };
  /// Error: the file cannot be written.
  static Expected<std::unique_ptr<Recorder>, std::string> open(const std::string& path);
  ~Recorder() override;

  /// Writes the first line.
  void begin(const Beginning& beginning);
  /// Writes the request. Not health checks and what only reads the admin API; nor what steers the
  /// clock, which shows in the arrival times.
  void record(const JournalEntry& entry) override;

 private:
  explicit Recorder(std::FILE* file) : file_(file) {}
  void put(std::string_view line);

  std::mutex mutex_;
  std::FILE* const file_;
};

}  // namespace understudy
