// An engine under many threads at once, control plane and data plane mixed: every request is
// answered, none with an internal error, and what was counted adds up. ThreadSanitizer watches in
// ./dev check.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "emulator/api/engine.h"
#include "emulator/api/typed_client.h"

namespace understudy {
namespace {

constexpr int kThreads = 8;
constexpr int kRounds = 200;

std::string create(const std::string& name) {
  return R"({"TableName":")" + name +
         R"(","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"pk",)"
         R"("AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"}],"KeySchema":[)"
         R"({"AttributeName":"pk","KeyType":"HASH"}],"GlobalSecondaryIndexes":[{"IndexName":"by_g",)"
         R"("KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]})";
}

template <class Work>
void on_threads(Work work) {
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back(work, i);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST(EngineConcurrency, AnswersEverythingWhileTablesComeAndGo) {
  Engine engine;
  engine.call("CreateTable", create("steady"));
  std::atomic<int> internal_errors = 0;
  on_threads([&](int thread) {
    const auto call = [&](const char* operation, const std::string& body) {
      internal_errors += engine.call(operation, body).status >= 500 ? 1 : 0;
    };
    const std::string key = std::to_string(thread);
    for (int i = 0; i < kRounds; ++i) {
      const std::string name = "fleeting" + std::to_string(i % 3);
      switch ((thread + i) % 8) {
        case 0:
          call("CreateTable", create(name));
          break;
        case 1:
          call("DeleteTable", R"({"TableName":")" + name + "\"}");
          break;
        case 2:
          call("PutItem",
               R"({"TableName":")" + name + R"(","Item":{"pk":{"S":"x"},"g":{"S":"g"}}})");
          break;
        case 3:
          call("Scan", R"({"TableName":")" + name + "\"}");
          break;
        case 4:
          call("Query",
               R"({"TableName":"steady","IndexName":"by_g","KeyConditionExpression":"g = :g",)"
               R"("ExpressionAttributeValues":{":g":{"S":"g"}}})");
          break;
        case 5:
          call("DescribeTable", R"({"TableName":"steady"})");
          break;
        case 6:
          call("ListTables", "{}");
          break;
        default:
          call("PutItem", R"({"TableName":"steady","Item":{"pk":{"S":")" + key +
                              R"("},"g":{"S":"g"},"i":{"N":")" + std::to_string(i) + "\"}}}");
      }
    }
  });
  EXPECT_EQ(internal_errors, 0);
}

TEST(EngineConcurrency, LosesNoUpdateWhileSnapshotsAreTaken) {
  Engine engine;
  engine.call("CreateTable", create("counters"));
  on_threads([&](int thread) {
    for (int i = 0; i < kRounds; ++i) {
      if (thread == 0) {
        engine.snapshot("s" + std::to_string(i % 4));
      } else {
        engine.call(
            "UpdateItem",
            R"({"TableName":"counters","Key":{"pk":{"S":"one"}},"UpdateExpression":"ADD n :i",)"
            R"("ExpressionAttributeValues":{":i":{"N":"1"}}})");
      }
    }
  });
  const auto answer =
      engine.call("GetItem", R"({"TableName":"counters","Key":{"pk":{"S":"one"}}})");
  EXPECT_EQ(answer.body, R"({"Item":{"n":{"N":")" + std::to_string((kThreads - 1) * kRounds) +
                             R"("},"pk":{"S":"one"}}})");
}

TEST(EngineConcurrency, KeepsTheHighestVersionOfConditionalWriters) {
  // LaunchDarkly's stores race like this: the highest version must win, whatever the order.
  constexpr int kVersions = 60;
  Engine engine;
  engine.call("CreateTable", create("flags"));
  on_threads([&](int thread) {
    for (int i = 0; i < kVersions; ++i) {
      const std::string version = std::to_string(1 + (i * 37 + thread * 11) % (kVersions * 2));
      engine.call("PutItem",
                  R"({"TableName":"flags","Item":{"pk":{"S":"f"},"version":{"N":")" + version +
                      R"("}},"ConditionExpression":"attribute_not_exists(pk) OR :v > version",)"
                      R"("ExpressionAttributeValues":{":v":{"N":")" +
                      version + "\"}}}");
    }
  });
  int highest = 0;
  for (int thread = 0; thread < kThreads; ++thread) {
    for (int i = 0; i < kVersions; ++i) {
      highest = std::max(highest, 1 + (i * 37 + thread * 11) % (kVersions * 2));
    }
  }
  const auto answer = engine.call("GetItem", R"({"TableName":"flags","Key":{"pk":{"S":"f"}}})");
  EXPECT_EQ(answer.body,
            R"({"Item":{"pk":{"S":"f"},"version":{"N":")" + std::to_string(highest) + R"("}}})");
}

// Each call says what it is, whatever the others of the same client are about.
TEST(EngineConcurrency, ThreadsShareATypedClient) {
  constexpr std::string_view kElsewhere = "arn:aws:dynamodb:us-east-1:123456789012:table/elsewhere";
  Engine engine;
  TypedClient client(engine);
  std::atomic<int> confused{0};
  on_threads([&](int thread) {
    const MapEntry key[] = {{"pk", Value::string("a")}};
    const std::string_view own = thread % 2 == 0 ? "dynamodb:GetItem " : "dynamodb:DeleteItem ";
    for (int i = 0; i < kRounds; ++i) {
      const auto answer =
          thread % 2 == 0 ? client.get_item(kElsewhere, key) : client.delete_item(kElsewhere, key);
      if (answer || answer.error().message().find(own) == std::string::npos) {
        ++confused;
      }
    }
  });
  EXPECT_EQ(confused, 0);
}

}  // namespace
}  // namespace understudy
