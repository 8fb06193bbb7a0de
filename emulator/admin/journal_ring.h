// JournalRing: the newest requests, kept to be asked for. Of a fixed number; off costs nothing.
// Requests to the admin API itself are not kept. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "emulator/api/engine.h"

namespace understudy {

/// A JournalEntry that owns its texts.
struct JournalRecord {
  std::uint64_t number = 0;  ///< 1, 2, 3, … as they finished
  Microseconds arrived = 0;
  Microseconds took = 0;
  std::string request_id;
  std::string tenant;
  std::string operation;
  std::string table;
  std::string error;
  int status = 0;
  std::int64_t read_units_thousandths = 0;
  std::int64_t write_units_thousandths = 0;
  std::uint64_t key_hash = 0;
  std::string verdict;
  std::string rule;
  std::string reason;
  std::string bucket;
  std::int64_t balance_thousandths = 0;
  std::string invocation_id;
  std::string sdk_request;
  std::string note;
  /// One bucket that refused one item.
  struct Refusal {
    std::string table;
    std::string index;
    std::string reason;
    std::string bucket;
    std::uint64_t partition = 0;
    std::int64_t balance_thousandths = 0;
  };
  std::vector<Refusal> refused;

  void assign(const JournalEntry& entry);
};

/// The record as a JSON object; members that say nothing are left out.
void append_journal_record(const JournalRecord& record, JsonWriter& out);

/// Which records are asked for; what is not set does not matter.
struct JournalFilter {
  std::optional<std::string> tenant;
  std::optional<std::string> operation;
  std::optional<std::string> table;
  std::optional<std::string> error;
  std::optional<std::string> verdict;
  std::optional<std::string> rule;
  std::optional<std::string> invocation_id;
  std::optional<std::string> request_id;
  std::optional<int> status;
  std::uint64_t after = 0;       ///< numbers beyond that one
  std::size_t limit = SIZE_MAX;  ///< the newest of those that fit

  [[nodiscard]] bool fits(const JournalRecord& record) const;
};

class JournalRing final : public Journal {
 public:
  static constexpr std::size_t kSizeMax = 1'000'000;

  /// `size`: how many are kept; 0: none. `changed` is called after it was switched on or off.
  explicit JournalRing(std::size_t size, std::function<void()> changed = {});

  void record(const JournalEntry& entry) override;

  void resize(std::size_t size);
  [[nodiscard]] std::size_t size() const;
  void clear();
  /// Those that fit, oldest first.
  [[nodiscard]] std::vector<JournalRecord> find(const JournalFilter& filter) const;
  /// How many were recorded in all.
  [[nodiscard]] std::uint64_t recorded() const;

 private:
  mutable std::mutex mutex_;
  std::vector<JournalRecord> records_;  ///< number n stands at n % size_
  std::size_t size_ = 0;
  std::uint64_t recorded_ = 0;
  std::function<void()> changed_;
};

}  // namespace understudy
