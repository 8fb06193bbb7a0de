#include "bench/micro/bench_engine.h"

#include <cstdio>
#include <cstdlib>

#include "emulator/faults/rule_book.h"

namespace understudy::bench {
namespace {

void expect_success(const Engine::Answer& answer) {
  if (answer.status != 200) {
    std::fprintf(stderr, "bench: %s\n", answer.body.c_str());
    std::abort();
  }
}

}  // namespace

void fill_table(Engine& engine) {
  expect_success(engine.call("CreateTable", create_table("bench")));
  for (const Operation& operation : fill(kBenchShape, "bench")) {
    expect_success(engine.call(operation.name, operation.body));
  }
}

EngineOptions throttled_with_room() {
  EngineOptions options;
  options.simulation.throttle = true;
  CapacityKnobs& knobs = options.simulation.knobs;
  knobs.table_read_quota = knobs.table_write_quota = 10'000'000;
  knobs.on_demand_initial_read_units = knobs.on_demand_initial_write_units = 10'000'000;
  knobs.partition_read_units = knobs.partition_write_units = 1'000'000;
  return options;
}

void enable_stream(Engine& engine, std::string_view view_type) {
  expect_success(engine.call(
      "UpdateTable",
      R"({"TableName":"bench","StreamSpecification":{"StreamEnabled":true,"StreamViewType":")" +
          std::string(view_type) + R"("}})"));
}

void install_rules_that_never_match(Engine& engine) {
  for (int i = 0; i < 100; ++i) {
    Fault fault;
    const std::string number = std::to_string(i);
    switch (i % 5) {
      case 0:
        fault.table("other" + number);
        break;
      case 1:
        fault.table("other" + number + "-*");
        break;
      case 2:
        fault.key("pk", "nobody" + number + "*");
        break;
      case 3:
        fault.tenant("9" + number + "*");
        break;
      default:
        fault.header("x-canary", "yes" + number);
        break;
    }
    fault.error("500");
    if (!engine.faults().install(fault)) {
      std::abort();
    }
  }
}

RequestCycle::RequestCycle(std::string_view scenario)
    : operations_(bench::scenario(scenario, kBenchShape, "bench")),
      target_("DynamoDB_20120810." + operations_.at(0).name),
      requests_(operations_.size()) {
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    requests_[i].body = operations_[i].body;
    requests_[i].add_header("X-Amz-Target", target_);
    requests_[i].add_header("Content-Type", "application/x-amz-json-1.0");
    requests_[i].add_header(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=a/20261121/us-east-1/dynamodb/aws4_request, "
        "SignedHeaders=host, Signature=00");
    requests_[i].add_header("X-Amz-Date", "20261121T000000Z");
  }
}

}  // namespace understudy::bench
