// Operations from many threads at once: nothing is lost, nothing is torn, nobody waits for ever.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/emulator/operations/operation_fixture.h"

namespace understudy {
namespace {

constexpr int kThreads = 8;

template <class Work>
void on_threads(int count, Work work) {
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    threads.emplace_back(work, i);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

std::string increment(const std::string& table, const std::string& key) {
  return R"({"Update":{"TableName":")" + table + R"(","Key":{"pk":{"S":")" + key +
         R"("}},"UpdateExpression":"ADD n :one","ExpressionAttributeValues":{":one":{"N":"1"}}}})";
}

std::string get(const std::string& table, const std::string& key) {
  return R"({"Get":{"TableName":")" + table + R"(","Key":{"pk":{"S":")" + key + R"("}}}})";
}

// Eight writers, two tables named in both orders: every increment counts (clients.md, trap 8).
TEST(TransactWriteItems, LosesNoIncrementFromManyThreads) {
  constexpr int kRounds = 400;
  OperationFixture operations;
  operations.create_table("one");
  operations.create_table("two");
  on_threads(kThreads, [&](int thread) {
    for (int i = 0; i < kRounds; ++i) {
      const std::string a = increment("one", "k");
      const std::string b = increment("two", "k");
      operations.run("TransactWriteItems",
                     "{\"TransactItems\":[" + (thread % 2 == 0 ? a + "," + b : b + "," + a) + "]}");
    }
  });
  for (const std::string table : {"one", "two"}) {
    EXPECT_EQ(
        operations.run("GetItem", R"({"TableName":")" + table + R"(","Key":{"pk":{"S":"k"}}})"),
        R"({"Item":{"n":{"N":"3200"},"pk":{"S":"k"}}})");
  }
}

// What transactions write together, transactions read together.
TEST(TransactGetItems, SeesNoHalfOfATransaction) {
  constexpr int kRounds = 1000;
  OperationFixture operations;
  operations.create_table("one");
  operations.create_table("two");
  const std::string both =
      "{\"TransactItems\":[" + increment("one", "k") + "," + increment("two", "k") + "]}";
  const std::string reads = "{\"TransactItems\":[" + get("two", "k") + "," + get("one", "k") + "]}";
  std::atomic<int> torn{0};
  on_threads(4, [&](int thread) {
    for (int i = 0; i < kRounds; ++i) {
      if (thread % 2 == 0) {
        operations.run("TransactWriteItems", both);
        continue;
      }
      const std::string body = operations.run("TransactGetItems", reads);
      const std::size_t middle = body.find("},{");
      const std::string first = body.substr(body.find('[') + 1, middle - body.find('['));
      const std::string second = body.substr(middle + 2, body.size() - 2 - (middle + 2));
      torn += first == second ? 0 : 1;
    }
  });
  EXPECT_EQ(torn, 0);
}

// Single updates of one item from many threads, with a condition that only lets one pass at a time.
TEST(UpdateItem, ConditionAndWriteAreOneStep) {
  constexpr int kRounds = 400;
  OperationFixture operations;
  operations.create_table("tab");
  operations.run("PutItem", R"({"TableName":"tab","Item":{"pk":{"S":"k"},"v":{"N":"0"}}})");
  std::atomic<int> passed{0};
  on_threads(kThreads, [&](int) {
    for (int i = 0; i < kRounds; ++i) {
      const std::string old_version = std::to_string(i);
      const std::string new_version = std::to_string(i + 1);
      const auto answer = operations.call(
          "UpdateItem",
          R"({"TableName":"tab","Key":{"pk":{"S":"k"}},"UpdateExpression":"SET v = :n",)"
          R"("ConditionExpression":"v = :o","ExpressionAttributeValues":{":o":{"N":")" +
              old_version + R"("},":n":{"N":")" + new_version + R"("}}})");
      passed += answer.ok() ? 1 : 0;
    }
  });
  const std::string item =
      operations.run("GetItem", R"({"TableName":"tab","Key":{"pk":{"S":"k"}}})");
  EXPECT_EQ(item, R"({"Item":{"pk":{"S":"k"},"v":{"N":")" + std::to_string(passed) + R"("}}})");
}

// A scan walks a copy while writers go on: every item it gives is whole, and items nobody touches
// are always there.
TEST(Scan, ReadsWholeItemsWhileWritersWrite) {
  constexpr int kRounds = 300;
  OperationFixture operations;
  operations.create_table("tab");
  for (int i = 0; i < 50; ++i) {
    operations.run("PutItem", R"({"TableName":"tab","Item":{"pk":{"S":"stays)" + std::to_string(i) +
                                  R"("},"a":{"N":"1"},"b":{"N":"1"}}})");
  }
  std::atomic<int> wrong{0};
  on_threads(4, [&](int thread) {
    for (int i = 0; i < kRounds; ++i) {
      const std::string n = std::to_string(i);
      const std::string key = R"({"pk":{"S":"moves)" + std::to_string(i % 7) + "\"}";
      if (thread == 0) {
        operations.run("PutItem", R"({"TableName":"tab","Item":)" + key + R"(,"a":{"N":")" + n +
                                      R"("},"b":{"N":")" + n + "\"}}}");
      } else if (thread == 1) {
        operations.run("DeleteItem", R"({"TableName":"tab","Key":)" + key + "}}");
      } else {
        const std::string body = operations.run(
            "Scan", R"j({"TableName":"tab","FilterExpression":"a = b AND begins_with(pk, :s)",)j"
                    R"("Select":"COUNT","ExpressionAttributeValues":{":s":{"S":"stays"}}})");
        wrong += body.starts_with(R"({"Count":50,)") ? 0 : 1;
        const std::string torn = operations.run(
            "Scan", R"({"TableName":"tab","FilterExpression":"a <> b","Select":"COUNT"})");
        wrong += torn.starts_with(R"({"Count":0,)") ? 0 : 1;
      }
    }
  });
  EXPECT_EQ(wrong, 0);
}

// One token from many threads: the work is done once; the others replay it or are told to wait.
TEST(TransactWriteItems, DoesATokensWorkOnce) {
  OperationFixture operations;
  operations.create_table("tab");
  for (int round = 0; round < 50; ++round) {
    const std::string request = "{\"ClientRequestToken\":\"token" + std::to_string(round) +
                                "\",\"TransactItems\":[" + increment("tab", "k") + "]}";
    on_threads(kThreads, [&](int) {
      const auto answer = operations.call("TransactWriteItems", request);
      EXPECT_TRUE(answer.ok() || answer.error == "TransactionInProgressException")
          << answer.message;
    });
  }
  EXPECT_EQ(operations.run("GetItem", R"({"TableName":"tab","Key":{"pk":{"S":"k"}}})"),
            R"({"Item":{"n":{"N":"50"},"pk":{"S":"k"}}})");
}

}  // namespace
}  // namespace understudy
