// In-process speed: Engine::handle from JSON to JSON at 1,000 items, and the typed calls. Goals:
// GetItem 1.5 µs, PutItem 3 µs, typed GetItem 0.7 µs.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "bench/http/workload.h"
#include "emulator/api/engine.h"
#include "emulator/api/typed_client.h"
#include "emulator/base/json.h"
#include "emulator/model/json_codec.h"

namespace understudy::bench {
namespace {

constexpr Shape kShape{.items = 1000};

void fill_table(Engine& engine) {
  engine.call("CreateTable", create_table("bench"));
  for (const Operation& operation : fill(kShape, "bench")) {
    if (engine.call(operation.name, operation.body).status != 200) {
      std::abort();
    }
  }
}

void handle(benchmark::State& state, const char* name) {
  Engine engine;
  fill_table(engine);
  const std::vector<Operation> operations = scenario(name, kShape, "bench");
  std::vector<Request> requests(operations.size());
  const std::string target = "DynamoDB_20120810." + operations[0].name;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    requests[i].body = operations[i].body;
    requests[i].add_header("X-Amz-Target", target);
    requests[i].add_header("Content-Type", "application/x-amz-json-1.0");
    requests[i].add_header(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=a/20261121/us-east-1/dynamodb/aws4_request, "
        "SignedHeaders=host, Signature=00");
    requests[i].add_header("X-Amz-Date", "20261121T000000Z");
  }
  Response response;
  std::size_t next = 0;
  for (auto _ : state) {
    engine.handle(requests[next++ % requests.size()], response);
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
  for (std::size_t i = 0; i < kShape.items; ++i) {
    texts.push_back(key(kShape, i));
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

BENCHMARK(typed_get);
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
