#include "emulator/faults/fault_action_reader.h"

#include <algorithm>
#include <charconv>

#include "emulator/faults/fault.h"
#include "emulator/service/side_operations.h"

namespace understudy {
namespace {

/// What of the connection is done, with what is not said of it.
FaultTransport transport_of(FaultTransport::Kind kind) {
  using Kind = FaultTransport::Kind;
  FaultTransport transport{.kind = kind};
  if (kind == Kind::kHang) {
    transport.time = Microseconds{600} * 1'000'000;
  } else if (kind == Kind::kDribble) {
    transport.bytes = 1;
    transport.time = 10'000;
  } else if (kind == Kind::kRaw) {
    transport.body = "<html><body><h1>502 Bad Gateway</h1></body></html>";
  }
  return transport;
}

/// A name such as "ValidationException", or {name, message}, or 500 or 503.
std::optional<FaultError> read_error(const DocumentNode& node, DocumentErrors& errors) {
  FaultError error;
  std::optional<DocumentNode> name = node;
  if (node.is(DocumentKind::kMap)) {
    MapReader map(node, errors);
    name = map.required("name");
    error.message = map.text("message").value_or("");
  }
  if (!name) {
    return std::nullopt;
  }
  Fault fault;
  fault.error(name->scalar());
  if (fault.rule().action.error) {
    error.kind = fault.rule().action.error->kind;
    error.side = fault.rule().action.error->side;
    return error;
  }
  std::vector<std::string_view> names;
#define UNDERSTUDY_ERROR(exception, ...) names.push_back(#exception);
#include "emulator/service/error_table.inc"
#undef UNDERSTUDY_ERROR
  for (const SideErrorRow& row : side_errors()) {
    names.push_back(row.name);
  }
  const std::string_view close = closest_name(name->scalar(), names);
  errors.add(*name, "there is no exception '" + std::string(name->scalar()) + "'" +
                        (close.empty() ? "; 500 and 503 are failures of the service"
                                       : " (did you mean '" + std::string(close) + "'?)"));
  return std::nullopt;
}

std::optional<ThrottlingReason> read_throttle(const DocumentNode& node, DocumentErrors& errors) {
  const auto reason = find_throttling_reason(node.scalar());
  if (!reason) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < kThrottlingReasonCount; ++i) {
      texts.emplace_back(throttling_reason_name(
          {i >= 8, static_cast<Dimension>(i / 4 % 2), static_cast<ThrottleCause>(i % 4)}));
    }
    const std::vector<std::string_view> names(texts.begin(), texts.end());
    const std::string_view close = closest_name(node.scalar(), names);
    errors.add(node, "expected a reason such as TableWriteProvisionedThroughputExceeded" +
                         (close.empty() ? std::string()
                                        : " (did you mean '" + std::string(close) + "'?)"));
  }
  return reason;
}

FaultPartial read_partial(const DocumentNode& node, DocumentErrors& errors) {
  FaultPartial partial;
  MapReader map(node, errors);
  partial.share = map.number("share", 0, 1);
  if (const auto count = map.integer("count", 0, UINT32_MAX)) {
    partial.count = static_cast<std::uint32_t>(*count);
  }
  if (const auto key = map.find("key")) {
    partial.key = read_fault_patterns(*key, errors);
  }
  if ((partial.share ? 1 : 0) + (partial.count ? 1 : 0) + (partial.key.empty() ? 0 : 1) != 1) {
    map.complain("expected one of share, count and key");
  }
  return partial;
}

std::vector<FaultReason> read_cancel(const DocumentNode& node, DocumentErrors& errors) {
  std::vector<FaultReason> reasons;
  if (!node.expect(errors, DocumentKind::kList)) {
    return reasons;
  }
  for (const DocumentNode& element : node.children()) {
    FaultReason reason;
    std::optional<DocumentNode> code = element;
    if (element.is(DocumentKind::kMap)) {
      MapReader map(element, errors);
      code = map.required("code");
      reason.message = map.text("message").value_or("");
    }
    if (code) {
      reason.code = code->scalar();
      if (!cancellation_message(reason.code)) {
        errors.add(*code, "there is no cancellation code '" + reason.code + "'");
      }
    }
    reasons.push_back(std::move(reason));
  }
  if (reasons.empty()) {
    errors.add(node, "expected a code per action, as [None, ConditionalCheckFailed]");
  }
  return reasons;
}

/// "p99.9" of a table of percentiles.
std::optional<double> percentile_of(std::string_view name) {
  double percentile = 0;
  if (!name.starts_with('p')) {
    return std::nullopt;
  }
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), percentile);
  const bool whole = error == std::errc() && end == name.data() + name.size();
  return whole && percentile >= 0 && percentile <= 100 ? std::optional(percentile) : std::nullopt;
}

FaultLatency read_percentiles(const DocumentNode& node, DocumentErrors& errors) {
  FaultLatency latency{.kind = FaultLatency::Kind::kPercentiles};
  for (const DocumentNode& row : node.children()) {
    const auto percentile = percentile_of(row.name());
    const auto delay = row.duration(errors);
    if (!percentile) {
      errors.add(row, "expected a percentile as p50 or p99.9");
    } else if (delay) {
      latency.table.emplace_back(*percentile, *delay);
    }
  }
  std::ranges::sort(latency.table);
  return latency;
}

FaultLatency read_lognormal(const DocumentNode& node, DocumentErrors& errors) {
  MapReader map(node, errors);
  map.required("median");
  const auto median = map.duration("median").value_or(1);
  const auto p99 = map.duration("p99");
  const auto sigma = map.number("sigma", 0, 10);
  if (p99.has_value() == sigma.has_value() || (p99 && (median <= 0 || *p99 < median))) {
    map.complain("expected median with p99 (not below it) or with sigma");
    return {};
  }
  FaultLatency latency{.kind = FaultLatency::Kind::kLognormal, .low = median};
  latency.sigma = sigma.value_or(0);
  if (p99) {
    Fault fault;
    fault.latency_lognormal(Fault::Duration(median), Fault::Duration(*p99));
    latency = *fault.rule().action.latency;
  }
  return latency;
}

std::optional<FaultLatency> read_latency(const DocumentNode& node, DocumentErrors& errors) {
  if (!node.is(DocumentKind::kMap)) {
    const auto fixed = node.duration(errors);
    return fixed ? std::optional(FaultLatency{.low = *fixed}) : std::nullopt;
  }
  MapReader map(node, errors);
  const auto uniform = map.list("uniform");
  const auto lognormal = map.map("lognormal");
  const auto exponential = map.map("exponential");
  const auto percentiles = map.map("percentiles");
  if ((uniform ? 1 : 0) + (lognormal ? 1 : 0) + (exponential ? 1 : 0) + (percentiles ? 1 : 0) !=
      1) {
    map.complain("expected a duration, or one of uniform, lognormal, exponential, percentiles");
    return std::nullopt;
  }
  if (lognormal) {
    return read_lognormal(*lognormal, errors);
  }
  if (percentiles) {
    return read_percentiles(*percentiles, errors);
  }
  if (exponential) {
    MapReader inner(*exponential, errors);
    inner.required("mean");
    return FaultLatency{.kind = FaultLatency::Kind::kExponential,
                        .low = inner.duration("mean").value_or(0)};
  }
  const std::vector<DocumentNode> ends = uniform->children();
  if (ends.size() != 2) {
    errors.add(*uniform, "expected the least and the most, as [10ms, 50ms]");
    return std::nullopt;
  }
  return FaultLatency{.kind = FaultLatency::Kind::kUniform,
                      .low = ends[0].duration(errors).value_or(0),
                      .high = ends[1].duration(errors).value_or(0)};
}

FaultTransport read_transport_map(const DocumentNode& node, DocumentErrors& errors) {
  using Kind = FaultTransport::Kind;
  FaultTransport transport;
  MapReader map(node, errors);
  const auto hang = map.duration("hang");
  const auto truncate = map.integer("truncate", 0);
  const auto dribble = map.map("dribble");
  const auto raw = map.map("raw");
  if ((hang ? 1 : 0) + (truncate ? 1 : 0) + (dribble ? 1 : 0) + (raw ? 1 : 0) != 1) {
    map.complain("expected one of hang, truncate, dribble, raw");
  }
  if (hang) {
    transport = {.kind = Kind::kHang, .time = *hang};
  }
  if (truncate) {
    transport = {.kind = Kind::kTruncate, .bytes = static_cast<std::size_t>(*truncate)};
  }
  if (dribble) {
    MapReader inner(*dribble, errors);
    transport = transport_of(Kind::kDribble);
    transport.time = inner.duration("every").value_or(transport.time);
    if (const auto bytes = inner.integer("bytes", 1)) {
      transport.bytes = static_cast<std::size_t>(*bytes);
    }
  }
  if (raw) {
    MapReader inner(*raw, errors);
    transport = transport_of(Kind::kRaw);
    transport.status =
        static_cast<int>(inner.integer("status", 400, 599).value_or(transport.status));
    transport.body = inner.text("body").value_or(transport.body);
  }
  return transport;
}

std::optional<FaultTransport> read_transport(const DocumentNode& node, DocumentErrors& errors) {
  using Kind = FaultTransport::Kind;
  if (node.is(DocumentKind::kMap)) {
    return read_transport_map(node, errors);
  }
  constexpr std::string_view kNames[] = {"reset",    "hang",    "wrong_crc32",
                                         "truncate", "dribble", "raw"};
  const auto name = node.one_of(errors, kNames);
  if (!name) {
    return std::nullopt;
  }
  constexpr Kind kKinds[] = {Kind::kReset,    Kind::kHang,    Kind::kWrongCrc32,
                             Kind::kTruncate, Kind::kDribble, Kind::kRaw};
  return transport_of(kKinds[*name]);
}

std::optional<FaultStream> read_stream(const DocumentNode& node, DocumentErrors& errors) {
  using Kind = FaultStream::Kind;
  if (!node.is(DocumentKind::kMap)) {
    constexpr std::string_view kNames[] = {"duplicate", "expire_iterator", "trim", "split"};
    constexpr Kind kKinds[] = {Kind::kDuplicate, Kind::kExpireIterator, Kind::kTrim, Kind::kSplit};
    const auto name = node.one_of(errors, kNames);
    return name ? std::optional(FaultStream{.kind = kKinds[*name]}) : std::nullopt;
  }
  MapReader map(node, errors);
  const auto delay = map.duration("delay");
  const auto copies = map.integer("duplicate", 1, 100);
  if (delay.has_value() == copies.has_value()) {
    map.complain("expected one of delay and duplicate");
  }
  return delay ? FaultStream{.kind = Kind::kDelay, .delay = *delay}
               : FaultStream{.kind = Kind::kDuplicate,
                             .copies = static_cast<std::uint32_t>(copies.value_or(1))};
}

std::optional<FaultCapacity> read_capacity(const DocumentNode& node, DocumentErrors& errors) {
  using Kind = FaultCapacity::Kind;
  if (!node.is(DocumentKind::kMap)) {
    constexpr std::string_view kNames[] = {"drain_burst", "pin_hot_partition"};
    const auto name = node.one_of(errors, kNames);
    return name ? std::optional(FaultCapacity{.kind = *name == 0 ? Kind::kDrainBurst
                                                                 : Kind::kPinHotPartition})
                : std::nullopt;
  }
  constexpr double kUnitsMax = 1e9;
  FaultCapacity capacity{.kind = Kind::kOverride};
  MapReader map(node, errors);
  if (const auto units = map.map("override")) {
    MapReader inner(*units, errors);
    capacity.read_units = inner.number("read", 0, kUnitsMax);
    capacity.write_units = inner.number("write", 0, kUnitsMax);
    if (!inner.has("read") && !inner.has("write")) {
      inner.complain("expected read, write or both");
    }
  } else {
    map.complain("expected override, drain_burst or pin_hot_partition");
  }
  return capacity;
}

}  // namespace

std::vector<FaultPattern> read_fault_patterns(const DocumentNode& node, DocumentErrors& errors) {
  std::vector<FaultPattern> patterns;
  if (node.expect(errors, DocumentKind::kMap)) {
    for (const DocumentNode& member : node.children()) {
      // A number is a key value as well, in JSON too.
      if (member.is(DocumentKind::kNumber)) {
        patterns.push_back({std::string(member.name()), std::string(member.scalar())});
      } else if (auto pattern = member.text(errors)) {
        patterns.push_back({std::string(member.name()), *std::move(pattern)});
      }
    }
  }
  return patterns;
}

FaultAction read_fault_action(const DocumentNode& node, DocumentErrors& errors) {
  FaultAction action;
  MapReader map(node, errors);
  if (const auto error = map.find("error")) {
    action.error = read_error(*error, errors);
  }
  if (const auto throttle = map.find("throttle")) {
    action.throttle = read_throttle(*throttle, errors);
  }
  if (const auto partial = map.find("partial")) {
    action.partial = read_partial(*partial, errors);
  }
  if (const auto cancel = map.find("cancel")) {
    action.cancel = read_cancel(*cancel, errors);
  }
  action.conflict = map.boolean("conflict").value_or(false);
  if (const auto transport = map.find("transport")) {
    action.transport = read_transport(*transport, errors);
  }
  if (const auto latency = map.find("latency")) {
    action.latency = read_latency(*latency, errors);
  }
  if (const auto wait = map.duration("retry_after")) {
    action.retry_after_ms = *wait / 1000;
  }
  if (const auto stale = map.find("stale")) {
    if (stale->is(DocumentKind::kBoolean)) {
      action.stale = map.boolean("stale") == true ? std::optional(FaultStale{}) : std::nullopt;
    } else if (const auto age = stale->duration(errors)) {
      action.stale = FaultStale{*age};
    }
  }
  if (const auto stream = map.find("stream")) {
    action.stream = read_stream(*stream, errors);
  }
  if (const auto capacity = map.find("capacity")) {
    action.capacity = read_capacity(*capacity, errors);
  }
  return action;
}

}  // namespace understudy
