// Many writers on few keys: each change is in the stream once, and those of one key in their order.
// Meant to be run under ThreadSanitizer as well.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "tests/streams/streamed_engine.h"

namespace understudy {
namespace {

using testing::StreamedEngine;

constexpr int kWriters = 4;
constexpr int kWritesEach = 300;
constexpr int kKeys = 5;

/// Number in `"n":{"N":"…"}`; 0: no item or no number.
int number_in(const ItemRef& item) {
  if (item == nullptr) {
    return 0;
  }
  const std::string text(item->text());
  const std::size_t at = text.find(R"("n":{"N":")");
  return at == std::string::npos ? 0 : std::stoi(text.substr(at + 10));
}

void add_one(StreamedEngine& emulated, int key, int how) {
  const std::string pk = R"({"pk":{"S":"k)" + std::to_string(key) + R"("}})";
  const std::string update = R"("TableName":"things","Key":)" + pk +
                             R"(,"UpdateExpression":"ADD n :one",)"
                             R"("ExpressionAttributeValues":{":one":{"N":"1"}})";
  if (how == 0) {
    emulated.run("TransactWriteItems", R"({"TransactItems":[{"Update":{)" + update + "}}]}");
  } else {
    emulated.run("UpdateItem", "{" + update + "}");
  }
}

TEST(StreamConcurrency, EachChangeOfAKeyIsThereOnceAndInOrder) {
  StreamedEngine emulated;
  const auto stream = emulated.create("things");
  std::atomic<bool> writing{true};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([&emulated, writer] {
      for (int i = 0; i < kWritesEach; ++i) {
        add_one(emulated, (i + writer) % kKeys, i % 7);
      }
    });
  }
  // Readers and the passage of time must not disturb; shards roll over meanwhile.
  std::thread reader([&] {
    while (writing) {
      for (const ShardView& shard : stream->shards(emulated.clock.now())) {
        emulated.all(*stream, shard.number);
      }
      if (emulated.clock.now() < testing::kNoon + 20 * kHour) {
        emulated.clock.advance(kHour / 100);
      }
    }
  });
  for (std::thread& thread : threads) {
    thread.join();
  }
  writing = false;
  reader.join();

  std::map<std::string, int> reached;
  std::size_t records = 0;
  for (const ShardView& shard : stream->shards(testing::kNoon)) {
    for (const StreamRecord& record : emulated.all(*stream, shard.number)) {
      Arena arena;
      int& last = reached[std::string(record.after->value("pk", arena)->text())];
      EXPECT_EQ(number_in(record.before), last);
      EXPECT_EQ(number_in(record.after), last + 1);
      last = number_in(record.after);
      ++records;
    }
  }
  EXPECT_EQ(records, std::size_t{kWriters} * kWritesEach);
}

TEST(StreamConcurrency, TrimmingUnderWritersHoldsTheBudget) {
  StreamOptions options;
  options.memory_bytes = std::size_t{32} * 1024;
  StreamedEngine emulated(options);
  emulated.create("one");
  emulated.create("two");
  std::vector<std::thread> threads;
  for (const char* table : {"one", "two", "one", "two"}) {
    threads.emplace_back([&emulated, table] {
      for (int i = 0; i < 200; ++i) {
        emulated.put(table, std::to_string(i % 3),
                     std::string(200, static_cast<char>('a' + i % 26)));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_LE(emulated.streams.memory_used_bytes(), options.memory_bytes);
}

}  // namespace
}  // namespace understudy
