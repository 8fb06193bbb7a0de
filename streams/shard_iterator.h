// ShardIterator: a position in a shard as a client carries it: the stream's ARN, then bytes that
// mean nothing to the client and are sealed, so that one that was made up or altered is told from
// one that merely grew old. Thread-safe: immutable.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/random.h"
#include "emulator/clock/clock.h"
#include "streams/sequence_number.h"
#include "streams/stream_reader.h"

namespace understudy {

struct ShardIterator {
  std::string_view stream_arn;
  ShardNumber shard = 0;
  SequenceNumber position = 0;
  Microseconds issued = 0;
};

class IteratorSeal {
 public:
  /// Iterators of one seal mean nothing to another.
  explicit IteratorSeal(Random random);
  [[nodiscard]] std::string text(const ShardIterator& iterator) const;
  /// nullopt: not one of ours. Views point into `text`.
  [[nodiscard]] std::optional<ShardIterator> read(std::string_view text, Arena& arena) const;

 private:
  std::string key_;
};

}  // namespace understudy
