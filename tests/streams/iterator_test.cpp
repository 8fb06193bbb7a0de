// Iterators and sequence numbers as texts.
#include <gtest/gtest.h>

#include <string>

#include "streams/sequence_number.h"
#include "streams/shard_iterator.h"

namespace understudy {
namespace {

constexpr std::string_view kArn =
    "arn:aws:dynamodb:us-east-1:000000000000:table/things/stream/2026-01-15T12:00:00.000";

TEST(ShardIterator, ComesBackAsItWasGiven) {
  const IteratorSeal seal{Random(1)};
  const std::string text = seal.text({kArn, 3, 42, 1768478400'000000});
  Arena arena;
  const auto read = seal.read(text, arena);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->stream_arn, kArn);
  EXPECT_EQ(read->shard, 3U);
  EXPECT_EQ(read->position, 42U);
  EXPECT_EQ(read->issued, 1768478400'000000);
}

TEST(ShardIterator, IsToldFromAlteredOnes) {
  const IteratorSeal seal{Random(1)};
  const std::string text = seal.text({kArn, 3, 42, 1768478400'000000});
  Arena arena;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string altered = text;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(seal.read(altered, arena)) << i;
    EXPECT_FALSE(seal.read(std::string_view(text).substr(0, i), arena)) << i;
  }
  EXPECT_FALSE(seal.read(text + "AAAA", arena));
  EXPECT_FALSE(seal.read("", arena));
}

TEST(ShardIterator, OfAnotherSealMeansNothing) {
  Arena arena;
  const std::string text = IteratorSeal{Random(1)}.text({kArn, 0, 1, 0});
  EXPECT_FALSE(IteratorSeal{Random(2)}.read(text, arena));
}

TEST(SequenceNumber, HasTwentyOneDigits) {
  EXPECT_EQ(sequence_number_text(1), "100000000000000000001");
  EXPECT_EQ(sequence_number_text(UINT64_MAX), "118446744073709551615");
  for (const SequenceNumber number : {SequenceNumber{0}, SequenceNumber{42}, UINT64_MAX}) {
    EXPECT_EQ(parse_sequence_number(sequence_number_text(number)), number);
  }
}

TEST(SequenceNumber, ComparesAsANumberWhateverItsWidth) {
  EXPECT_EQ(parse_sequence_number("000000000000000000042"), 0U);
  EXPECT_EQ(parse_sequence_number("0000100000000000000000042"), 42U);
  EXPECT_EQ(parse_sequence_number("199999999999999999999"), UINT64_MAX);
  EXPECT_EQ(parse_sequence_number("5000000000000000000000000000"), UINT64_MAX);
  EXPECT_EQ(parse_sequence_number(""), std::nullopt);
  EXPECT_EQ(parse_sequence_number("10000000000000000000x"), std::nullopt);
  EXPECT_EQ(parse_sequence_number("-10000000000000000001"), std::nullopt);
}

}  // namespace
}  // namespace understudy
