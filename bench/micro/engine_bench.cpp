// In-process speed: Engine::handle from JSON to JSON at 1,000 items, and the typed calls. Goals:
// GetItem 1.5 µs, PutItem 3 µs, typed GetItem 0.7 µs.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "bench/micro/bench_engine.h"
#include "emulator/api/typed_client.h"
#include "emulator/base/json.h"
#include "emulator/clock/clock.h"
#include "emulator/model/json_codec.h"

namespace understudy::bench {
namespace {

void handle(benchmark::State& state, const char* name, const EngineOptions& options = {}) {
  Engine engine(options);
  fill_table(engine);
  RequestCycle requests(name);
  Response response;
  for (auto _ : state) {
    engine.handle(requests.next(), response);
    if (response.status != 200) {
      state.SkipWithError(std::string(response.body.view()).c_str());
      break;
    }
  }
}

void typed_get(benchmark::State& state) {
  Engine engine;
  fill_table(engine);
  TypedClient client(engine);
  Arena arena;
  std::vector<std::string> texts;  // keys point into them
  for (std::size_t i = 0; i < kBenchShape.items; ++i) {
    texts.push_back(key(kBenchShape, i));
  }
  std::vector<std::span<const MapEntry>> keys;
  for (const std::string& text : texts) {
    keys.push_back(*decode_attributes(*parse_json(text, arena), arena, {}));
  }
  std::size_t next = 0;
  for (auto _ : state) {
    const auto item = client.get_item("bench", keys[next++ % keys.size()]);
    if (!item || !*item) {
      state.SkipWithError("the item is not there");
      break;
    }
  }
}

/// A day of virtual time with a million requests on a throttled table of 20 units, as drills have
/// them: how long it takes to sit through.
void drill_of_a_day(benchmark::State& state) {
  constexpr int kRequests = 1'000'000;
  for (auto _ : state) {
    VirtualClock clock(1'768'435'200'000'000);
    EngineOptions options;
    options.clock = &clock;
    options.simulation.throttle = true;
    Engine engine(options);
    engine.call("CreateTable",
                R"({"TableName":"orders","AttributeDefinitions":[{"AttributeName":"pk",)"
                R"("AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],)"
                R"("ProvisionedThroughput":{"ReadCapacityUnits":10,"WriteCapacityUnits":5}})");
    Response response;
    std::int64_t refused = 0;
    for (int i = 0; i < kRequests; ++i) {
      clock.advance(kDay / kRequests);
      const std::string key = std::to_string(i % 1000);
      const bool write = i % 2 == 0;
      engine.call(write ? "PutItem" : "GetItem",
                  write ? R"({"TableName":"orders","Item":{"pk":{"S":")" + key + R"("}}})"
                        : R"({"TableName":"orders","Key":{"pk":{"S":")" + key + R"("}}})",
                  {}, response);
      refused += response.status == 200 ? 0 : 1;
    }
    state.counters["refused"] = static_cast<double>(refused);
  }
}

BENCHMARK(typed_get);
BENCHMARK_CAPTURE(handle, get_throttled, "get", throttled_with_room());
BENCHMARK_CAPTURE(handle, put_throttled, "put", throttled_with_room());
BENCHMARK(drill_of_a_day)->Iterations(1)->Unit(benchmark::kSecond);
BENCHMARK_CAPTURE(handle, get, "get");
BENCHMARK_CAPTURE(handle, put, "put");
BENCHMARK_CAPTURE(handle, update, "update");
BENCHMARK_CAPTURE(handle, query, "query");
BENCHMARK_CAPTURE(handle, batch, "batch");
BENCHMARK_CAPTURE(handle, transact, "transact");
BENCHMARK_CAPTURE(handle, scan, "scan");
BENCHMARK_CAPTURE(handle, filter, "filter");

}  // namespace
}  // namespace understudy::bench

BENCHMARK_MAIN();
