#include "streams/web/frame.h"

#include <gtest/gtest.h>

namespace understudy {
namespace {

// A client's frame, masked.
std::string frame(std::uint8_t first, std::string_view payload, bool masked = true) {
  std::string out(1, static_cast<char>(first));
  const int mask_bit = masked ? 0x80 : 0;
  if (payload.size() < 126) {
    out.push_back(static_cast<char>(mask_bit | static_cast<int>(payload.size())));
  } else if (payload.size() <= 0xFFFF) {
    out.push_back(static_cast<char>(mask_bit | 126));
    out.push_back(static_cast<char>(payload.size() >> 8));
    out.push_back(static_cast<char>(payload.size()));
  } else {
    out.push_back(static_cast<char>(mask_bit | 127));
    for (int shift = 56; shift >= 0; shift -= 8) {
      out.push_back(static_cast<char>(payload.size() >> shift));
    }
  }
  const std::string_view mask = "\x11\x22\x33\x44";
  if (masked) {
    out.append(mask);
  }
  for (std::size_t i = 0; i < payload.size(); ++i) {
    out.push_back(masked ? static_cast<char>(payload[i] ^ mask[i % 4]) : payload[i]);
  }
  return out;
}

std::vector<FrameEvent> read(std::string_view bytes, std::size_t piece = SIZE_MAX) {
  FrameReader reader;
  std::vector<FrameEvent> events;
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    reader.put(part, events);
  }
  return events;
}

int violation(std::string_view bytes) {
  const auto events = read(bytes);
  return !events.empty() && events.back().kind == FrameEvent::Kind::kViolation ? events.back().code
                                                                               : 0;
}

TEST(FrameReader, ReadsMessagesInPiecesOfAnySize) {
  const std::string text(1000, 'x');
  const std::string bytes = frame(0x81, "hello") + frame(0x89, "ping") + frame(0x82, text);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, SIZE_MAX}) {
    const auto events = read(bytes, piece);
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[0].payload, "hello");
    EXPECT_EQ(events[1].kind, FrameEvent::Kind::kPing);
    EXPECT_EQ(events[2].kind, FrameEvent::Kind::kBinary);
    EXPECT_EQ(events[2].payload, text);
  }
}

TEST(FrameReader, PutsFragmentsTogetherAroundControlFrames) {
  const auto events =
      read(frame(0x01, "a") + frame(0x89, "p") + frame(0x00, "b") + frame(0x80, "c"));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].kind, FrameEvent::Kind::kText);
  EXPECT_EQ(events[1].payload, "abc");
}

TEST(FrameReader, RefusesWhatClientsMayNotSend) {
  EXPECT_EQ(violation(frame(0x81, "x", false)), 1002);  // not masked
  EXPECT_EQ(violation(frame(0xC1, "x")), 1002);         // a reserved bit
  EXPECT_EQ(violation(frame(0x83, "x")), 1002);         // an unknown opcode
  EXPECT_EQ(violation(frame(0x80, "x")), 1002);         // continues nothing
  EXPECT_EQ(violation(frame(0x01, "a") + frame(0x81, "b")), 1002);
  EXPECT_EQ(violation(frame(0x09, "x")), 1002);  // control frames are whole
  EXPECT_EQ(violation(frame(0x89, std::string(126, 'x'))), 1002);
  EXPECT_EQ(violation(frame(0x81, "\xff")), 1007);
  EXPECT_EQ(violation(frame(0x88, "\x03")), 1002);
}

TEST(FrameReader, LimitsFramesAndMessages) {
  const std::string part(32 * 1024, 'x');
  EXPECT_EQ(violation(frame(0x81, part + "x")), 1009);
  const std::string four = frame(0x01, part) + frame(0x00, part) + frame(0x00, part);
  EXPECT_EQ(read(four + frame(0x80, part)).at(0).payload.size(), 128U * 1024);
  EXPECT_EQ(violation(four + frame(0x00, part) + frame(0x80, "x")), 1009);
}

TEST(FrameReader, TellsOfACloseAndThenNothing) {
  const auto events = read(frame(0x88, std::string("\x03\xe8", 2) + "bye") + frame(0x81, "late"));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].code, 1000);
  EXPECT_EQ(events[0].payload, "bye");
  EXPECT_EQ(read(frame(0x88, "")).at(0).code, 1005);
}

TEST(FrameWriter, SplitsLongMessages) {
  EXPECT_EQ(encode_message("hi"), "\x81\x02hi");
  const std::string frames = encode_message(std::string(40'000, 'x'));
  EXPECT_EQ(frames.substr(0, 4), std::string("\x01\x7e\x80\x00", 4));
  EXPECT_EQ(frames.size(), 40'000U + 4 + 4);
  EXPECT_EQ(encode_close(1001, "Going away"), "\x88\x0c\x03\xe9Going away");
  EXPECT_EQ(encode_close(1005, ""), std::string("\x88\x00", 2));
}

// Source: RFC 6455, section 1.3.
TEST(FrameWriter, AnswersTheKeyOfTheRfc) {
  EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

}  // namespace
}  // namespace understudy
