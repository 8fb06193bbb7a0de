// KinesisRecords: records that tables sent to Kinesis data streams, as the admin API reads them,
// wherever they are kept. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "emulator/base/buffer.h"

namespace understudy {

class KinesisRecords {
 public:
  struct Ask {
    std::uint64_t after = 0;  ///< only records with numbers above
    std::size_t records_max = 0;
    std::string stream_arn;             ///< of that data stream only; empty: of all
    std::optional<std::string> tenant;  ///< of that tenant only; nullopt: of all
  };

  KinesisRecords() = default;
  virtual ~KinesisRecords() = default;
  KinesisRecords(const KinesisRecords&) = delete;
  KinesisRecords& operator=(const KinesisRecords&) = delete;

  /// Writes them as elements of an array, oldest first.
  virtual void write(const Ask& ask, JsonWriter& out) const = 0;
  virtual void forget(const std::optional<std::string>& tenant) = 0;
};

}  // namespace understudy
