// Operations called as the engine calls them, without HTTP: shape gate, then the row's function.
// Each call may come from any thread.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "emulator/base/arena.h"
#include "emulator/base/buffer.h"
#include "emulator/base/json.h"
#include "emulator/clock/clock.h"
#include "emulator/clock/scheduler.h"
#include "emulator/expression/plan_cache.h"
#include "emulator/operations/operation.h"
#include "emulator/service/input_validator.h"
#include "emulator/table/catalog.h"

namespace understudy {

class OperationFixture {
 public:
  struct Answer {
    std::string body;   ///< of a success
    std::string error;  ///< short name of the error, or empty
    std::string message;
    std::string members;
    RequestTrace trace;

    [[nodiscard]] bool ok() const { return error.empty(); }
  };

  /// What an operation runs in. Lives as long as its arena.
  struct Call {
    Arena arena;
    RequestTrace trace;
    Scope scope{.tenant = "t", .account = "000000000000", .region = "us-east-1"};
  };
  OperationContext context(Call& call, std::string_view operation) {
    return {*find_model_operation(Service::kDynamoDb, operation),
            call.scope,
            catalog_,
            plans_,
            call.arena,
            clock_.now(),
            ValidationWording::k2026,
            call.trace};
  }

  Answer call(std::string_view operation, std::string_view json) {
    Call call;
    Answer answer;
    auto input = parse_json(json, call.arena);
    EXPECT_TRUE(input.has_value()) << json;
    OperationContext context = this->context(call, operation);
    auto valid = validate_input(context.model, *input, context.wording);
    if (!valid) {
      return failed(std::move(answer), valid.error());
    }
    Buffer body;
    JsonWriter out(body);
    const auto result = find_operation(Service::kDynamoDb, operation)->run(context, *input, out);
    answer.trace = call.trace;
    if (!result) {
      return failed(std::move(answer), result.error());
    }
    answer.body = std::string(body.view());
    return answer;
  }

  /// A call that must succeed.
  std::string run(std::string_view operation, std::string_view json) {
    const Answer answer = call(operation, json);
    EXPECT_TRUE(answer.ok()) << operation << ' ' << json << ": " << answer.message;
    return answer.body;
  }

  /// A table with the partition key pk (S).
  void create_table(const std::string& name) {
    run("CreateTable", R"({"TableName":")" + name +
                           R"(","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[)"
                           R"({"AttributeName":"pk","AttributeType":"S"}],"KeySchema":[)"
                           R"({"AttributeName":"pk","KeyType":"HASH"}]})");
  }

  VirtualClock& clock() { return clock_; }

 private:
  static Answer failed(Answer answer, const ApiError& error) {
    answer.error = std::string(error_row(error.kind()).name);
    answer.message = error.message();
    answer.members = error.members();
    return answer;
  }

  VirtualClock clock_{1'700'000'000'000'000};
  Scheduler scheduler_;
  Catalog catalog_{clock_, Random(1), scheduler_, Transitions{}};
  PlanCache plans_;
};

}  // namespace understudy
