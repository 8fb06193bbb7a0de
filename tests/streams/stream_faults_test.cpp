// Fault rules about streams as pollers of this process meet them; clients' calls are shown by
// conformance/clients/python/test_boto3_fault_streams.py.
#include "streams/stream_faults.h"

#include <gtest/gtest.h>

#include "emulator/faults/rule_book.h"
#include "tests/streams/streamed_engine.h"

namespace understudy {
namespace {

using testing::StreamedEngine;

class StreamFaultsTest : public ::testing::Test {
 protected:
  StreamFaultsTest() : stream_(world_.create("tab")) {
    world_.put("tab", "a");
    world_.put("tab", "b");
  }
  RecordPage poll() {
    const ShardNumber shard = stream_->shards(world_.clock.now()).front().number;
    return world_.streams.poll(StreamedEngine::kTenant, *stream_, shard,
                               stream_->trim_horizon(shard, world_.clock.now()).value_or(0), {},
                               world_.clock.now());
  }
  void install(const Fault& fault) {
    const auto done = world_.engine.faults().install(fault);
    ASSERT_TRUE(done) << done.error().text();
  }

  StreamedEngine world_;
  std::shared_ptr<StreamReader> stream_;
};

TEST_F(StreamFaultsTest, APollThatFailsReadsNothingAndComesAgain) {
  install(Fault("down").on("GetRecords").table("tab").once().error("500"));
  int woken = 0;
  const auto ticket = world_.streams.watch().subscribe(StreamedEngine::kTenant, stream_->info().arn,
                                                       [&] { ++woken; });
  const RecordPage failed = poll();
  EXPECT_EQ(failed.status, RecordPage::Status::kOpen);
  EXPECT_TRUE(failed.records.empty());
  world_.clock.advance(250'000);
  world_.engine.scheduler().run_due(world_.clock.now());
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(poll().records.size(), 2U);
  world_.streams.watch().unsubscribe(ticket);
}

TEST_F(StreamFaultsTest, DelaysAndDuplicates) {
  using std::chrono_literals::operator""s;
  install(Fault("late")
              .on("GetRecords")
              .window(0s, 30s)
              .stream({.kind = FaultStream::Kind::kDelay, .delay = 20'000'000}));
  EXPECT_TRUE(poll().records.empty());
  world_.clock.advance(20'000'000);
  EXPECT_EQ(poll().records.size(), 2U);
  install(
      Fault("twice").on("GetRecords").stream({.kind = FaultStream::Kind::kDuplicate, .copies = 1}));
  world_.clock.advance(20'000'000);
  const RecordPage page = poll();
  ASSERT_EQ(page.records.size(), 4U);
  EXPECT_EQ(page.records[0].sequence, page.records[1].sequence);
}

TEST_F(StreamFaultsTest, TrimsAndSplits) {
  const ShardNumber shard = stream_->shards(world_.clock.now()).front().number;
  install(Fault("split").on("GetRecords").once().stream({.kind = FaultStream::Kind::kSplit}));
  EXPECT_EQ(poll().status, RecordPage::Status::kEnd);
  EXPECT_EQ(stream_->shards(world_.clock.now()).size(), 3U);
  const SequenceNumber begin = *stream_->trim_horizon(shard, world_.clock.now());
  install(Fault("trim").on("GetRecords").once().stream({.kind = FaultStream::Kind::kTrim}));
  EXPECT_EQ(world_.streams
                .poll(StreamedEngine::kTenant, *stream_, shard, begin + 1, {}, world_.clock.now())
                .status,
            RecordPage::Status::kTrimmed);
}

}  // namespace
}  // namespace understudy
