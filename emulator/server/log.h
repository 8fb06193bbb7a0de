// Log: one line per event on a stream, as text or as JSON. Thread-safe.
#pragma once

#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string_view>

#include "emulator/api/engine.h"

namespace understudy {

enum class LogLevel : std::uint8_t { kError, kWarn, kInfo, kDebug };
enum class LogFormat : std::uint8_t { kText, kJson };

class Log final : public Journal {
 public:
  /// Writes to `stream`, which stays the caller's.
  Log(LogLevel level, LogFormat format, std::FILE* stream)
      : level_(level), format_(format), stream_(stream) {
    want_every_request(writes(LogLevel::kDebug));
  }

  /// Whether lines of that level are written.
  [[nodiscard]] bool writes(LogLevel level) const { return level <= level_; }
  void write(LogLevel level, Microseconds time, std::string_view message);

  /// A line per request at debug; hints at info; internal errors at error.
  void record(const JournalEntry& entry) override;

 private:
  void write_request(const JournalEntry& entry);
  void put(std::string_view line);

  const LogLevel level_;
  const LogFormat format_;
  std::mutex mutex_;
  std::FILE* const stream_;
};

}  // namespace understudy
