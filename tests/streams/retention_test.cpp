// How long records stay: 24 hours, and within the memory they may take.
#include <gtest/gtest.h>

#include "tests/streams/streamed_engine.h"

namespace understudy {
namespace {

using testing::StreamedEngine;

TEST(StreamRetention, RecordsGoADayAfterTheyCame) {
  StreamedEngine emulated;
  const auto stream = emulated.create("things");
  emulated.put("things", "a");
  emulated.clock.advance(kHour);
  emulated.put("things", "b");
  emulated.clock.advance(23 * kHour - 1);
  EXPECT_EQ(emulated.all(*stream, 0).size(), 2U);
  emulated.clock.advance(1);
  EXPECT_EQ(emulated.all(*stream, 0).size(), 1U);
  emulated.clock.advance(kHour);
  EXPECT_TRUE(emulated.all(*stream, 0).empty());
  EXPECT_EQ(emulated.streams.memory_used_bytes(), 0U);
}

TEST(StreamRetention, TheOldestGoWhereMemoryEnds) {
  StreamOptions options;
  options.memory_bytes = std::size_t{64} * 1024;
  StreamedEngine emulated(options);
  const auto stream = emulated.create("things", "NEW_IMAGE");
  const SequenceNumber begin = *stream->trim_horizon(0, emulated.clock.now());
  for (int i = 0; i < 1000; ++i) {
    emulated.put("things", std::to_string(i), std::string(500, 'x'));
    ASSERT_LE(emulated.streams.memory_used_bytes(), options.memory_bytes);
  }
  EXPECT_EQ(stream->read(0, begin, {}, emulated.clock.now()).status, RecordPage::Status::kTrimmed);
  const auto left = emulated.all(*stream, 0);
  EXPECT_GT(left.size(), 50U);
  EXPECT_LT(left.size(), 150U);
  EXPECT_EQ(left.back().sequence, begin + 1000);
  for (std::size_t i = 1; i < left.size(); ++i) {
    EXPECT_EQ(left[i].sequence, left[i - 1].sequence + 1);
  }
}

TEST(StreamRetention, ARecordLargerThanTheBudgetIsGoneAtOnce) {
  StreamOptions options;
  options.memory_bytes = 100;
  StreamedEngine emulated(options);
  const auto stream = emulated.create("things");
  emulated.put("things", "a", std::string(1000, 'x'));
  EXPECT_TRUE(emulated.all(*stream, 0).empty());
  EXPECT_EQ(emulated.streams.memory_used_bytes(), 0U);
}

TEST(StreamRetention, TheOldestOfAllStreamsGoFirst) {
  StreamOptions options;
  options.memory_bytes = std::size_t{64} * 1024;
  StreamedEngine emulated(options);
  const auto old = emulated.create("old", "NEW_IMAGE");
  const auto young = emulated.create("young", "NEW_IMAGE");
  for (int i = 0; i < 20; ++i) {
    emulated.put("old", std::to_string(i), std::string(500, 'x'));
  }
  emulated.clock.advance(1'000'000);
  std::size_t written = 0;
  while (emulated.all(*old, 0).size() == 20 && written < 1000) {
    emulated.put("young", std::to_string(written++), std::string(500, 'x'));
  }
  EXPECT_LT(emulated.all(*old, 0).size(), 20U);
  EXPECT_EQ(emulated.all(*young, 0).size(), written);
}

TEST(StreamRetention, AnEndedStreamIsForgottenWithItsMemory) {
  StreamedEngine emulated;
  emulated.create("things");
  emulated.put("things", "a");
  emulated.run("DeleteTable", R"({"TableName":"things"})");
  EXPECT_GT(emulated.streams.memory_used_bytes(), 0U);
  emulated.clock.advance(24 * kHour);
  EXPECT_TRUE(emulated.streams.list(StreamedEngine::kTenant).empty());
  EXPECT_EQ(emulated.streams.memory_used_bytes(), 0U);
}

TEST(StreamRetention, ResetForgetsStreams) {
  StreamedEngine emulated;
  emulated.create("things");
  emulated.put("things", "a");
  emulated.engine.reset();
  EXPECT_TRUE(emulated.streams.list(StreamedEngine::kTenant).empty());
  EXPECT_EQ(emulated.streams.memory_used_bytes(), 0U);
}

}  // namespace
}  // namespace understudy
