// One scenario's requests, a number of times, in-process: for counting its instructions. Run under
// callgrind with two counts, the difference is that of the requests alone (run.py --only
// instructions does).
//
//   understudy_request_loop SCENARIO COUNT [plain|throttle|rules]
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "bench/micro/bench_engine.h"

namespace understudy::bench {
namespace {

int run(std::string_view name, std::size_t count, std::string_view variant) {
  Engine engine(variant == "throttle" ? throttled_with_room() : EngineOptions{});
  fill_table(engine);
  if (variant == "rules") {
    install_rules_that_never_match(engine);
  }
  RequestCycle requests(name);
  Response response;
  for (std::size_t i = 0; i < count; ++i) {
    engine.handle(requests.next(), response);
    if (response.status != 200) {
      std::fprintf(stderr, "%s\n", std::string(response.body.view()).c_str());
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace understudy::bench

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "understudy_request_loop SCENARIO COUNT [plain|throttle|rules]\n");
    return 2;
  }
  return understudy::bench::run(argv[1], std::strtoul(argv[2], nullptr, 10),
                                argc > 3 ? argv[3] : "plain");
}
