#include "emulator/faults/fault.h"

#include <cmath>

#include "emulator/service/side_operations.h"

namespace understudy {

/// Of the standard normal distribution: so many sigmas are its 99th percentile.
constexpr double kSigmasOfP99 = 2.3263478740408408;

Fault& Fault::on(std::string operation) {
  rule_.match.operations.push_back(std::move(operation));
  return *this;
}
Fault& Fault::on(std::initializer_list<std::string_view> operations) {
  rule_.match.operations.insert(rule_.match.operations.end(), operations.begin(), operations.end());
  return *this;
}
Fault& Fault::service(std::string name) {
  rule_.match.service = std::move(name);
  return *this;
}
Fault& Fault::table(std::string pattern) {
  rule_.match.table = std::move(pattern);
  return *this;
}
Fault& Fault::index(std::string pattern) {
  rule_.match.index = std::move(pattern);
  return *this;
}
Fault& Fault::key(std::string attribute, std::string pattern) {
  rule_.match.key.push_back({std::move(attribute), std::move(pattern)});
  return *this;
}
Fault& Fault::item_size(std::int64_t min_bytes, std::int64_t max_bytes) {
  rule_.match.item_size_min = min_bytes;
  rule_.match.item_size_max = max_bytes;
  return *this;
}
Fault& Fault::tenant(std::string pattern) {
  rule_.match.tenant = std::move(pattern);
  return *this;
}
Fault& Fault::header(std::string name, std::string pattern) {
  rule_.match.headers.push_back({std::move(name), std::move(pattern)});
  return *this;
}

Fault& Fault::share(double probability) {
  rule_.when.probability = probability;
  return *this;
}
Fault& Fault::skip(std::uint64_t requests) {
  rule_.when.skip = requests;
  return *this;
}
Fault& Fault::every(std::uint64_t requests) {
  rule_.when.every = requests;
  return *this;
}
Fault& Fault::times(std::uint64_t count) {
  rule_.when.count = count;
  return *this;
}
Fault& Fault::window(Duration from, Duration until) {
  rule_.when.from = FaultMoment{from.count(), false};
  rule_.when.until = FaultMoment{until.count(), false};
  return *this;
}
Fault& Fault::window_at(Microseconds from, Microseconds until) {
  rule_.when.from = FaultMoment{from, true};
  rule_.when.until = FaultMoment{until, true};
  return *this;
}
Fault& Fault::schedule(Duration every, Duration lasts, Duration start) {
  rule_.when.schedule = FaultSchedule{every.count(), lasts.count(), start.count()};
  return *this;
}
Fault& Fault::ramp(double from, double to, Duration over) {
  rule_.when.ramp = FaultRamp{from, to, over.count()};
  return *this;
}
Fault& Fault::max_concurrent(std::uint32_t requests) {
  rule_.when.max_concurrent = requests;
  return *this;
}
Fault& Fault::time_to_live(Duration life) {
  rule_.when.time_to_live = life.count();
  return *this;
}
Fault& Fault::on_arrival() {
  rule_.phase = FaultPhase::kOnArrival;
  return *this;
}
Fault& Fault::after_commit() {
  rule_.phase = FaultPhase::kAfterCommit;
  return *this;
}

Fault& Fault::error(std::string_view name, std::string message) {
  const std::string_view meant = name == "500"   ? "InternalServerError"
                                 : name == "503" ? "ServiceUnavailable"
                                                 : name;
  if (const auto kind = find_error_kind(meant)) {
    rule_.action.error = FaultError{*kind, std::move(message), {}};
  } else if (find_side_error(name) != nullptr) {
    rule_.action.error = FaultError{.message = std::move(message), .side = std::string(name)};
  } else {
    flaw_ = RuleFlaw{{}, "do.error", "there is no exception '" + std::string(name) + "'"};
  }
  return *this;
}
Fault& Fault::throttle(std::string_view reason) {
  rule_.action.throttle = find_throttling_reason(reason);
  if (!rule_.action.throttle) {
    flaw_ =
        RuleFlaw{{}, "do.throttle", "there is no throttling reason '" + std::string(reason) + "'"};
  }
  return *this;
}
Fault& Fault::partial_share(double share) {
  rule_.action.partial = FaultPartial{.share = share};
  return *this;
}
Fault& Fault::partial_count(std::uint32_t items) {
  rule_.action.partial = FaultPartial{.count = items};
  return *this;
}
Fault& Fault::partial_key(std::string attribute, std::string pattern) {
  rule_.action.partial = FaultPartial{.key = {{std::move(attribute), std::move(pattern)}}};
  return *this;
}
Fault& Fault::cancel(std::initializer_list<std::string_view> codes) {
  for (const std::string_view code : codes) {
    rule_.action.cancel.push_back({std::string(code), {}});
  }
  return *this;
}
Fault& Fault::conflict() {
  rule_.action.conflict = true;
  return *this;
}

Fault& Fault::latency(Duration fixed) {
  rule_.action.latency = FaultLatency{.low = fixed.count()};
  return *this;
}
Fault& Fault::latency_uniform(Duration least, Duration most) {
  rule_.action.latency = FaultLatency{
      .kind = FaultLatency::Kind::kUniform, .low = least.count(), .high = most.count()};
  return *this;
}
Fault& Fault::latency_lognormal(Duration median, Duration p99) {
  const double ratio = static_cast<double>(p99.count()) / static_cast<double>(median.count());
  rule_.action.latency = FaultLatency{.kind = FaultLatency::Kind::kLognormal,
                                      .low = median.count(),
                                      .sigma = std::log(ratio) / kSigmasOfP99};
  return *this;
}
Fault& Fault::latency_exponential(Duration mean) {
  rule_.action.latency =
      FaultLatency{.kind = FaultLatency::Kind::kExponential, .low = mean.count()};
  return *this;
}
Fault& Fault::latency_percentiles(std::initializer_list<std::pair<double, Duration>> table) {
  FaultLatency latency{.kind = FaultLatency::Kind::kPercentiles};
  for (const auto& [percentile, delay] : table) {
    latency.table.emplace_back(percentile, delay.count());
  }
  rule_.action.latency = std::move(latency);
  return *this;
}

FaultTransport& Fault::transport(FaultTransport::Kind kind) {
  rule_.action.transport = FaultTransport{.kind = kind};
  return *rule_.action.transport;
}
Fault& Fault::reset() {
  transport(FaultTransport::Kind::kReset);
  return *this;
}
Fault& Fault::hang(Duration until_reset) {
  transport(FaultTransport::Kind::kHang).time = until_reset.count();
  return *this;
}
Fault& Fault::truncate(std::size_t body_bytes) {
  transport(FaultTransport::Kind::kTruncate).bytes = body_bytes;
  return *this;
}
Fault& Fault::dribble(std::size_t bytes, Duration pause) {
  FaultTransport& dribble = transport(FaultTransport::Kind::kDribble);
  dribble.bytes = bytes;
  dribble.time = pause.count();
  return *this;
}
Fault& Fault::raw(int status, std::string body) {
  FaultTransport& raw = transport(FaultTransport::Kind::kRaw);
  raw.status = status;
  raw.body = std::move(body);
  return *this;
}
Fault& Fault::wrong_crc32() {
  transport(FaultTransport::Kind::kWrongCrc32);
  return *this;
}
Fault& Fault::retry_after(std::chrono::milliseconds wait) {
  rule_.action.retry_after_ms = wait.count();
  return *this;
}
Fault& Fault::stale(std::optional<Duration> age) {
  rule_.action.stale = FaultStale{age ? std::optional<Microseconds>(age->count()) : std::nullopt};
  return *this;
}
Fault& Fault::stream(FaultStream what) {
  rule_.action.stream = what;
  return *this;
}
Fault& Fault::capacity(FaultCapacity what) {
  rule_.action.capacity = what;
  return *this;
}

Fault& Fault::expect_hits(std::uint64_t min, std::optional<std::uint64_t> max) {
  rule_.expect = {min, max};
  return *this;
}
Fault& Fault::dry_run() {
  rule_.dry_run = true;
  return *this;
}

}  // namespace understudy
