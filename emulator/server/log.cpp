#include "emulator/server/log.h"

#include <array>
#include <chrono>
#include <string>

#include "emulator/base/buffer.h"
#include "emulator/base/utf8.h"

namespace understudy {
namespace {

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::kError:
      return "error";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kDebug:
      return "debug";
  }
  return "";
}

/// 2026-01-31T23:59:59.123Z
std::string timestamp(Microseconds time) {
  const std::int64_t seconds = time / 1'000'000;
  const auto of_day = static_cast<int>(seconds % 86400);
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(seconds / 86400))};
  std::array<char, 64> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                    static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                    static_cast<unsigned>(date.day()), of_day / 3600, of_day / 60 % 60, of_day % 60,
                    static_cast<int>(time / 1000 % 1000));
  return {text.data(), static_cast<std::size_t>(length)};
}

/// Thousandths as a number of units: 500 → 0.5.
std::string units(std::int64_t thousandths) {
  std::string text = std::to_string(thousandths / 1000);
  if (thousandths % 1000 != 0) {
    text += ".5";  // amounts are multiples of a half
  }
  return text;
}

/// Thousandths of any amount: -1500 → -1.500.
std::string balance_text(std::int64_t thousandths) {
  const std::int64_t size = thousandths < 0 ? -thousandths : thousandths;
  const std::string digits = std::to_string(1000 + size % 1000);
  std::string text(thousandths < 0 ? 1 : 0, '-');
  return text.append(std::to_string(size / 1000)).append(".").append(digits, 1, 3);
}

/// What capacity refused, bucket by bucket.
void write_refused(JsonWriter& out, std::span<const RefusedAttempt> refused) {
  out.key("refused");
  out.begin_array();
  for (const RefusedAttempt& attempt : refused) {
    out.begin_object();
    out.key("reason");
    out.string(attempt.reason);
    out.key("table");
    out.string(attempt.table);
    if (!attempt.index.empty()) {
      out.key("index");
      out.string(attempt.index);
    }
    out.key("bucket");
    out.string(attempt.bucket);
    if (attempt.bucket == "partition") {
      out.key("partition");
      out.integer(static_cast<std::int64_t>(attempt.partition_id));
    }
    out.key("balance");
    out.raw(balance_text(attempt.balance_thousandths));
    out.end_object();
  }
  out.end_array();
}

}  // namespace

void Log::put(std::string_view line) {
  if (!is_valid_utf8(line)) {  // A note, a tenant: what a client sent.
    return put(to_utf8(line));
  }
  const std::lock_guard lock(mutex_);
  std::fwrite(line.data(), 1, line.size(), stream_);
  std::fflush(stream_);
}

void Log::write(LogLevel level, Microseconds time, std::string_view message) {
  if (!writes(level)) {
    return;
  }
  if (format_ == LogFormat::kText) {
    std::string line = timestamp(time);
    line.append(" ").append(name_of(level)).append(" ").append(message).append("\n");
    put(line);
    return;
  }
  Buffer line;
  JsonWriter out(line);
  out.begin_object();
  out.key("time");
  out.string(timestamp(time));
  out.key("level");
  out.string(name_of(level));
  out.key("message");
  out.string(message);
  out.end_object();
  line.append('\n');
  put(line.view());
}

void Log::record(const JournalEntry& entry) {
  if (!entry.note.empty()) {
    write(entry.status == 500 ? LogLevel::kError : LogLevel::kInfo, entry.arrived, entry.note);
  }
  if (writes(LogLevel::kDebug)) {
    write_request(entry);
  }
}

void Log::write_request(const JournalEntry& entry) {
  if (format_ == LogFormat::kText) {
    std::string line = timestamp(entry.arrived);
    line.append(" debug ").append(entry.operation.empty() ? "-" : entry.operation);
    line.append(" ").append(std::to_string(entry.status));
    const auto field = [&line](std::string_view name, std::string_view value) {
      if (!value.empty()) {
        line.append(" ").append(name).append("=").append(value);
      }
    };
    field("error", entry.error);
    field("table", entry.table);
    field("tenant", entry.tenant);
    field("read", entry.read_units_thousandths == 0 ? "" : units(entry.read_units_thousandths));
    field("write", entry.write_units_thousandths == 0 ? "" : units(entry.write_units_thousandths));
    for (const RefusedAttempt& attempt : entry.refused) {
      field("refused", attempt.reason);
      field("index", attempt.index);
      field("bucket", attempt.bucket);
      field("balance", balance_text(attempt.balance_thousandths));
    }
    line.append(" ").append(std::to_string(entry.took)).append("us id=");
    line.append(entry.request_id).append("\n");
    put(line);
    return;
  }
  Buffer line;
  JsonWriter out(line);
  const auto text = [&out](std::string_view name, std::string_view value) {
    if (!value.empty()) {
      out.key(name);
      out.string(value);
    }
  };
  out.begin_object();
  text("time", timestamp(entry.arrived));
  text("level", "debug");
  text("operation", entry.operation);
  out.key("status");
  out.integer(entry.status);
  text("error", entry.error);
  text("table", entry.table);
  text("tenant", entry.tenant);
  out.key("read_units");
  out.raw(units(entry.read_units_thousandths));
  out.key("write_units");
  out.raw(units(entry.write_units_thousandths));
  out.key("took_us");
  out.integer(entry.took);
  text("request_id", entry.request_id);
  if (!entry.refused.empty()) {
    write_refused(out, entry.refused);
  }
  out.end_object();
  line.append('\n');
  put(line.view());
}

}  // namespace understudy
