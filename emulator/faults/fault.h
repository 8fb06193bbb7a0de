// Fault: a rule written in C++.
//
//   instance.faults().install({
//       Fault("flaky").on("PutItem").table("orders*").every(3)
//           .throttle("TableWriteProvisionedThroughputExceeded"),
//       Fault("slow").on("Query").share(0.1).latency_lognormal(20ms, 200ms),
//       Fault("lost").on("PutItem").key("pk", "user#*").once().after_commit().reset()});
//
// Each call sets one member of the rule (fault_rule.h says what they mean); what does not fit
// together is refused when the rule is installed.
#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "emulator/faults/fault_rule.h"

namespace understudy {

class Fault {
 public:
  using Duration = std::chrono::microseconds;

  /// Without an id the book gives one.
  explicit Fault(std::string id = {}) { rule_.id = std::move(id); }

  // Which requests.
  Fault& on(std::string operation);
  Fault& on(std::initializer_list<std::string_view> operations);
  /// "sqs", "lambda", …: where the name alone does not say it; "*": all.
  Fault& service(std::string name);
  Fault& table(std::string pattern);
  Fault& index(std::string pattern);
  Fault& key(std::string attribute, std::string pattern);
  Fault& item_size(std::int64_t min_bytes, std::int64_t max_bytes);
  Fault& tenant(std::string pattern);
  Fault& header(std::string name, std::string pattern);

  // When.
  Fault& share(double probability);
  Fault& skip(std::uint64_t requests);
  Fault& every(std::uint64_t requests);
  Fault& times(std::uint64_t count);
  Fault& once() { return times(1); }
  Fault& window(Duration from, Duration until);
  Fault& window_at(Microseconds from, Microseconds until);
  Fault& schedule(Duration every, Duration lasts, Duration start = {});
  Fault& ramp(double from, double to, Duration over);
  Fault& max_concurrent(std::uint32_t requests);
  Fault& time_to_live(Duration life);
  Fault& on_arrival();
  Fault& after_commit();

  // What.
  /// "ValidationException"; "500" and "503" are the service's own failures.
  Fault& error(std::string_view name, std::string message = {});
  Fault& throttle(std::string_view reason);
  Fault& partial_share(double share);
  Fault& partial_count(std::uint32_t items);
  Fault& partial_key(std::string attribute, std::string pattern);
  Fault& cancel(std::initializer_list<std::string_view> codes);
  Fault& conflict();
  Fault& latency(Duration fixed);
  Fault& latency_uniform(Duration least, Duration most);
  Fault& latency_lognormal(Duration median, Duration p99);
  Fault& latency_exponential(Duration mean);
  Fault& latency_percentiles(std::initializer_list<std::pair<double, Duration>> table);
  Fault& reset();
  Fault& hang(Duration until_reset = std::chrono::minutes(10));
  Fault& truncate(std::size_t body_bytes);
  Fault& dribble(std::size_t bytes, Duration pause);
  Fault& raw(int status, std::string body);
  Fault& wrong_crc32();
  Fault& retry_after(std::chrono::milliseconds wait);
  Fault& stale(std::optional<Duration> age = std::nullopt);
  Fault& stream(FaultStream what);
  Fault& capacity(FaultCapacity what);

  // And then.
  Fault& expect_hits(std::uint64_t min, std::optional<std::uint64_t> max = std::nullopt);
  Fault& dry_run();

  /// What was wrong with the names given, if anything; told again when the rule is installed.
  [[nodiscard]] const std::optional<RuleFlaw>& flaw() const { return flaw_; }
  [[nodiscard]] const FaultRule& rule() const { return rule_; }

 private:
  friend class RuleBook;
  FaultTransport& transport(FaultTransport::Kind kind);
  FaultRule rule_;
  std::optional<RuleFlaw> flaw_;
};

}  // namespace understudy
