// A stream, a function and a clock of a test's own, for event source mappings in virtual time.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/clock/clock.h"
#include "emulator/clock/scheduler.h"
#include "emulator/clock/timeline.h"
#include "streams/mappings/event_source_mappings.h"

namespace understudy {

inline constexpr std::string_view kStreamArn =
    "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026-01-01T00:00:00.000";

// Shards whose records tests append, trim and close.
class FakeSource final : public RecordSource {
 public:
  explicit FakeSource(const Clock& clock) : clock_(clock) { add_shard("shard-0", ""); }

  void add_shard(const std::string& id, const std::string& parent) {
    order_.push_back(id);
    shards_[id].parent = parent;
    wake();
  }
  // Returns the sequence number.
  std::string append(const std::string& key, const std::string& value,
                     const std::string& shard = "shard-0") {
    std::string number = std::to_string(++last_);
    number.insert(0, 21 - number.size(), '0');
    const std::string json = R"({"eventName":"INSERT","dynamodb":{"Keys":{"pk":{"S":")" + key +
                             R"("}},"NewImage":{"v":{"S":")" + value + R"("}},"SequenceNumber":")" +
                             number + R"("}})";
    shards_[shard].records.push_back({number, clock_.now(), key, json});
    wake();
    return number;
  }
  void close(const std::string& shard) {
    shards_[shard].closed = true;
    wake();
  }
  // The stream is not there for a while.
  void set_gone(bool gone) { gone_ = gone; }
  void trim(const std::string& shard, std::size_t records) {
    auto& all = shards_[shard].records;
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(records));
    shards_[shard].trimmed = true;
  }

  Expected<std::vector<SourceShard>, SourceError> shards(std::string_view stream) override {
    if (gone_ || stream != kStreamArn) {
      return Unexpected{SourceError::kNotFound};
    }
    std::vector<SourceShard> all;
    for (const std::string& id : order_) {
      all.push_back({id, shards_[id].parent, shards_[id].closed});
    }
    return all;
  }
  Expected<SourcePosition, SourceError> latest(std::string_view /*stream*/,
                                               std::string_view /*shard*/) override {
    std::string number = std::to_string(last_);
    number.insert(0, 21 - number.size(), '0');
    return SourcePosition{SourcePosition::From::kAfterSequenceNumber, number};
  }
  Expected<SourcePage, SourceError> read(std::string_view /*stream*/, std::string_view shard,
                                         const SourcePosition& position,
                                         std::size_t records_max) override {
    if (gone_) {
      return Unexpected{SourceError::kNotFound};
    }
    const Shard& from = shards_.at(std::string(shard));
    SourcePage page;
    if (position.from == SourcePosition::From::kAfterSequenceNumber && from.trimmed &&
        (from.records.empty() || std::stoull(position.sequence_number) + 1 <
                                     std::stoull(from.records.front().sequence_number))) {
      return Unexpected{SourceError::kTrimmed};
    }
    for (const SourceRecord& record : from.records) {
      if (page.records.size() == records_max) {
        return page;
      }
      if (position.from != SourcePosition::From::kAfterSequenceNumber ||
          record.sequence_number > position.sequence_number) {
        page.records.push_back(record);
      }
    }
    page.end_of_shard = from.closed;
    return page;
  }
  std::shared_ptr<void> watch(std::string_view /*stream*/, std::function<void()> wake) override {
    wakes_.push_back(std::move(wake));
    return {this, [](void*) {}};
  }

 private:
  struct Shard {
    std::string parent;
    bool closed = false;
    bool trimmed = false;
    std::vector<SourceRecord> records;
  };
  void wake() {
    for (const auto& one : wakes_) {
      one();
    }
  }
  const Clock& clock_;
  bool gone_ = false;
  std::uint64_t last_ = 0;
  std::vector<std::string> order_;
  std::map<std::string, Shard> shards_;
  std::vector<std::function<void()>> wakes_;
};

class MappingWorld {
 public:
  MappingWorld()
      : functions(clock, Random(1), {}, nullptr),
        mappings({clock, scheduler, functions, source,
                  [this](const std::string& place, std::string document,
                         const std::function<void(bool)>& done) {
                    if (destination_up) {
                      told.emplace_back(place, std::move(document));
                    }
                    done(destination_up);
                  }},
                 [](const std::string&) { return Expected<void, std::string>(); }) {
    FunctionSettings settings;
    settings.name = "f";
    settings.callback = [this](std::string_view event) { return receive(event); };
    EXPECT_TRUE(functions.add(std::move(settings)).has_value());
  }

  // `more`: members of CreateEventSourceMapping, as `"BatchSize":3`. Returns the UUID.
  std::string map(const std::string& more = "", const std::string& position = "TRIM_HORIZON") {
    const auto created = mappings.create(R"({"FunctionName":"f","EventSourceArn":")" +
                                         std::string(kStreamArn) + R"(","StartingPosition":")" +
                                         position + "\"" + (more.empty() ? "" : "," + more) + "}");
    EXPECT_TRUE(created.has_value()) << (created ? "" : created.error().message);
    const auto rows = mappings.list();
    return rows.empty() ? "" : rows.front().id;
  }
  void run() { scheduler.run_due(clock.now()); }
  void advance(Microseconds by) { timeline.advance(by); }
  MappingCounters counters() { return mappings.list().front().counters; }

  // Each record's value of `v`, in the order in which successful invocations had them.
  [[nodiscard]] std::vector<std::string> delivered() const { return delivered_; }

  VirtualClock clock{1'760'000'000 * kSecond};
  Scheduler scheduler;
  Timeline timeline{clock, scheduler};
  FakeSource source{clock};
  FunctionRegistry functions;
  EventSourceMappings mappings;
  // What the function does with a batch's values: an answer, or an error.
  std::function<Expected<std::string, std::string>(const std::vector<std::string>& values)> body =
      [](const auto&) { return Expected<std::string, std::string>("null"); };
  std::vector<std::vector<std::string>> batches;  // of all invocations
  std::vector<std::string> events;
  std::vector<std::pair<std::string, std::string>> told;  // the destination
  bool destination_up = true;

 private:
  Expected<std::string, std::string> receive(std::string_view event) {
    Arena arena;
    const auto parsed = parse_json(event, arena);
    std::vector<std::string> values;
    for (const JsonNode& record : parsed->find("Records")->elements()) {
      values.emplace_back(record.find("dynamodb")->find("NewImage")->find("v")->find("S")->text());
    }
    batches.push_back(values);
    events.emplace_back(event);
    auto answer = body(values);
    if (answer) {
      delivered_.insert(delivered_.end(), values.begin(), values.end());
    }
    return answer;
  }

  std::vector<std::string> delivered_;
};

}  // namespace understudy
