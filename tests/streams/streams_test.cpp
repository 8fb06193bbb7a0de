// Streams beside an engine: reading in-process, splits, snapshots, whose doing a change was, and
// who is told of it.
#include "streams/streams.h"

#include <gtest/gtest.h>

#include "emulator/table/catalog.h"
#include "emulator/table/simulation.h"
#include "tests/streams/streamed_engine.h"

namespace understudy {
namespace {

using testing::StreamedEngine;

std::string text_of(const StreamInfo& info, const StreamRecord& record, RecordForm form) {
  Buffer buffer;
  JsonWriter out(buffer);
  write_stream_record(out, info, record, form);
  return std::string(buffer.view());
}

TableRef table_of(StreamedEngine& emulated) {
  return *emulated.engine.catalog().find({.tenant = StreamedEngine::kTenant}, "things");
}

TEST(Streams, ReadsOnFromWhereItStopped) {
  StreamedEngine emulated;
  const auto stream = emulated.create("things");
  for (const char* pk : {"a", "b", "c"}) {
    emulated.put("things", pk);
  }
  const SequenceNumber begin = *stream->trim_horizon(0, emulated.clock.now());
  RecordPage page = stream->read(0, begin, {.records_max = 2}, emulated.clock.now());
  EXPECT_EQ(page.records.size(), 2U);
  EXPECT_EQ(page.status, RecordPage::Status::kOpen);
  page = stream->read(0, page.next, {.records_max = 2}, emulated.clock.now());
  EXPECT_EQ(page.records.size(), 1U);
  page = stream->read(0, page.next, {}, emulated.clock.now());
  EXPECT_TRUE(page.records.empty());
  EXPECT_EQ(page.next, *stream->latest(0, emulated.clock.now()));
  EXPECT_EQ(stream->read(9, begin, {}, emulated.clock.now()).status, RecordPage::Status::kUnknown);
}

TEST(Streams, SharesItemsInsteadOfCopyingThem) {
  StreamedEngine emulated;
  const auto stream = emulated.create("things");
  emulated.put("things", "a", "1");
  emulated.put("things", "a", "2");
  const auto records = emulated.all(*stream, 0);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].after, records[1].before);
}

TEST(Streams, SaysThatTimeToLiveDeleted) {
  StreamedEngine emulated;
  const auto stream = emulated.create("things", "KEYS_ONLY");
  emulated.put("things", "a");
  {
    const auto state = table_of(emulated)->lock();
    Arena arena;
    const EncodedKey key{"a", {}, hash_partition_key("a")};
    commit_write(*state, plan_write(*state, key, state->items.find(key), nullptr, arena),
                 {emulated.clock.now(), ChangeOrigin::kTimeToLive});
  }
  const auto records = emulated.all(*stream, 0);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_NE(
      text_of(stream->info(), records[1], RecordForm::kStreams)
          .find(R"("userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"})"),
      std::string::npos);
  EXPECT_NE(
      text_of(stream->info(), records[1], RecordForm::kLambda)
          .find(R"("userIdentity":{"principalId":"dynamodb.amazonaws.com","type":"Service"})"),
      std::string::npos);
  EXPECT_EQ(text_of(stream->info(), records[0], RecordForm::kStreams).find("userIdentity"),
            std::string::npos);
}

TEST(Streams, ShardsFollowThePartitionsOfASimulatedTable) {
  EngineOptions options;
  options.simulation.throttle = true;
  StreamedEngine emulated({}, options);
  const auto stream = emulated.create("things", "KEYS_ONLY");
  emulated.put("things", "a");
  {
    const auto state = table_of(emulated)->lock();
    PartitionMap& partitions = state->simulation->admission.arm(kTableArm)->partitions();
    ASSERT_TRUE(partitions.split(partitions[0].id, std::nullopt, emulated.clock.now()));
  }
  emulated.put("things", "a", "again");
  const auto shards = stream->shards(emulated.clock.now());
  ASSERT_EQ(shards.size(), 3U);
  EXPECT_TRUE(shards[0].ending);
  EXPECT_EQ(shards[1].parent_id, shards[0].id);
  EXPECT_EQ(shards[2].parent_id, shards[0].id);
  EXPECT_EQ(emulated.all(*stream, 0).size(), 1U);
  EXPECT_EQ(emulated.all(*stream, 1).size() + emulated.all(*stream, 2).size(), 1U);
  EXPECT_EQ(
      stream->read(0, *stream->latest(0, emulated.clock.now()), {}, emulated.clock.now()).status,
      RecordPage::Status::kEnd);
}

TEST(Streams, DescribeStreamShowsASplitBeforeTheNextWrite) {
  EngineOptions options;
  options.simulation.throttle = true;
  StreamedEngine emulated({}, options);
  const auto stream = emulated.create("things", "KEYS_ONLY");
  {
    const auto state = table_of(emulated)->lock();
    PartitionMap& partitions = state->simulation->admission.arm(kTableArm)->partitions();
    ASSERT_TRUE(partitions.split(partitions[0].id, std::nullopt, emulated.clock.now()));
  }
  const std::string body =
      emulated.run("DescribeStream", R"({"StreamArn":")" + stream->info().arn + R"("})");
  EXPECT_NE(body.find("ParentShardId"), std::string::npos);
}

TEST(Streams, ASnapshotBringsItsRecordsBack) {
  StreamedEngine emulated;
  const std::string arn = emulated.create("things")->info().arn;
  emulated.put("things", "a");
  emulated.engine.snapshot("one");
  emulated.put("things", "b");
  for (int times = 0; times < 2; ++times) {
    ASSERT_TRUE(emulated.engine.restore("one"));
    const auto stream = emulated.streams.find(StreamedEngine::kTenant, arn);
    ASSERT_NE(stream, nullptr);
    EXPECT_EQ(emulated.all(*stream, 0).size(), 1U);
    emulated.put("things", "c");
    EXPECT_EQ(emulated.all(*stream, 0).size(), 2U);
  }
}

TEST(Streams, SameSeedSameIds) {
  const auto texts = [] {
    StreamedEngine emulated;
    const auto stream = emulated.create("things");
    emulated.put("things", "a");
    return stream->shards(emulated.clock.now())[0].id +
           text_of(stream->info(), emulated.all(*stream, 0)[0], RecordForm::kLambda);
  };
  EXPECT_EQ(texts(), texts());
}

TEST(RecordWatch, TellsOfNewRecordsOnceForMany) {
  StreamedEngine emulated;
  const auto stream = emulated.create("things");
  int told = 0;
  const auto ticket = emulated.streams.watch().subscribe(StreamedEngine::kTenant,
                                                         stream->info().arn, [&told] { ++told; });
  emulated.run("BatchWriteItem", R"({"RequestItems":{"things":[
      {"PutRequest":{"Item":{"pk":{"S":"a"}}}},{"PutRequest":{"Item":{"pk":{"S":"b"}}}}]}})");
  EXPECT_EQ(told, 0);
  emulated.engine.scheduler().run_due(emulated.clock.now());
  EXPECT_EQ(told, 1);
  emulated.put("things", "c");
  emulated.engine.scheduler().run_due(emulated.clock.now());
  EXPECT_EQ(told, 2);
  emulated.streams.watch().unsubscribe(ticket);
  emulated.put("things", "d");
  emulated.engine.scheduler().run_due(emulated.clock.now());
  EXPECT_EQ(told, 2);
}

TEST(RecordWatch, TellsOfTheStreamsEndAndOfItsReturn) {
  StreamedEngine emulated;
  const auto stream = emulated.create("things");
  emulated.engine.snapshot("one");
  int told = 0;
  emulated.streams.watch().subscribe(StreamedEngine::kTenant, stream->info().arn,
                                     [&told] { ++told; });
  emulated.run("DeleteTable", R"({"TableName":"things"})");
  emulated.engine.scheduler().run_due(emulated.clock.now());
  EXPECT_EQ(told, 1);
  EXPECT_TRUE(stream->ended());
  ASSERT_TRUE(emulated.engine.restore("one"));
  emulated.put("things", "a");
  emulated.engine.scheduler().run_due(emulated.clock.now());
  EXPECT_EQ(told, 2);
}

}  // namespace
}  // namespace understudy
