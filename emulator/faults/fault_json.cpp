// A rule as JSON: what fault_document.cpp reads, written back. Members that say nothing are left
// out.
#include <string>

#include "emulator/base/buffer.h"
#include "emulator/base/decimal_text.h"
#include "emulator/faults/fault_document.h"
#include "emulator/faults/iso_moment.h"

namespace understudy {
namespace {

void text(JsonWriter& out, std::string_view name, std::string_view value) {
  if (!value.empty()) {
    out.key(name);
    out.string(value);
  }
}

void duration(JsonWriter& out, std::string_view name, Microseconds value) {
  out.key(name);
  out.string(duration_text(value));
}

void number(JsonWriter& out, std::string_view name, double value) {
  out.key(name);
  out.raw(decimal_text(value));
}

template <class T>
void integer(JsonWriter& out, std::string_view name, const std::optional<T>& value) {
  if (value) {
    out.key(name);
    out.integer(static_cast<std::int64_t>(*value));
  }
}

void patterns(JsonWriter& out, std::string_view name, const std::vector<FaultPattern>& list) {
  if (list.empty()) {
    return;
  }
  out.key(name);
  out.begin_object();
  for (const FaultPattern& pattern : list) {
    out.user_key(pattern.name);
    out.string(pattern.pattern);
  }
  out.end_object();
}

void write_match(JsonWriter& out, const FaultMatch& match) {
  out.key("match");
  out.begin_object();
  if (!match.operations.empty()) {
    out.key("operations");
    out.begin_array();
    for (const std::string& operation : match.operations) {
      out.string(operation);
    }
    out.end_array();
  }
  text(out, "service", match.service);
  text(out, "table", match.table);
  text(out, "index", match.index);
  patterns(out, "key", match.key);
  if (match.item_size_min || match.item_size_max) {
    out.key("item_size");
    out.begin_object();
    integer(out, "min", match.item_size_min);
    integer(out, "max", match.item_size_max);
    out.end_object();
  }
  text(out, "tenant", match.tenant);
  patterns(out, "header", match.headers);
  out.end_object();
}

void write_moment(JsonWriter& out, std::string_view name,
                  const std::optional<FaultMoment>& moment) {
  if (moment) {
    text(out, name, moment->absolute ? iso_moment_text(moment->at) : duration_text(moment->at));
  }
}

void write_when(JsonWriter& out, const FaultWhen& when) {
  out.key("when");
  out.begin_object();
  if (when.probability != 1) {
    number(out, "probability", when.probability);
  }
  if (when.skip > 0) {
    integer(out, "skip", std::optional(when.skip));
  }
  if (when.every != 1) {
    integer(out, "every", std::optional(when.every));
  }
  integer(out, "count", when.count);
  if (when.from || when.until) {
    out.key("window");
    out.begin_object();
    write_moment(out, "from", when.from);
    write_moment(out, "until", when.until);
    out.end_object();
  }
  if (when.schedule) {
    out.key("schedule");
    out.begin_object();
    duration(out, "every", when.schedule->every);
    duration(out, "for", when.schedule->lasts);
    duration(out, "start", when.schedule->start);
    out.end_object();
  }
  if (when.ramp) {
    out.key("ramp");
    out.begin_object();
    number(out, "from", when.ramp->from);
    number(out, "to", when.ramp->to);
    duration(out, "over", when.ramp->over);
    out.end_object();
  }
  integer(out, "max_concurrent", when.max_concurrent);
  if (when.time_to_live) {
    duration(out, "time_to_live", *when.time_to_live);
  }
  out.end_object();
}

void write_partial(JsonWriter& out, const FaultPartial& partial) {
  out.key("partial");
  out.begin_object();
  if (partial.share) {
    number(out, "share", *partial.share);
  }
  integer(out, "count", partial.count);
  patterns(out, "key", partial.key);
  out.end_object();
}

void write_cancel(JsonWriter& out, const std::vector<FaultReason>& cancel) {
  out.key("cancel");
  out.begin_array();
  for (const FaultReason& reason : cancel) {
    if (reason.message.empty()) {
      out.string(reason.code);
      continue;
    }
    out.begin_object();
    text(out, "code", reason.code);
    text(out, "message", reason.message);
    out.end_object();
  }
  out.end_array();
}

void write_percentiles(JsonWriter& out, const FaultLatency& latency) {
  out.key("percentiles");
  out.begin_object();
  for (const auto& [percentile, delay] : latency.table) {
    duration(out, "p" + decimal_text(percentile), delay);
  }
  out.end_object();
}

void write_latency(JsonWriter& out, const FaultLatency& latency) {
  if (latency.kind == FaultLatency::Kind::kFixed) {
    duration(out, "latency", latency.low);
    return;
  }
  out.key("latency");
  out.begin_object();
  switch (latency.kind) {
    case FaultLatency::Kind::kFixed:
      break;
    case FaultLatency::Kind::kUniform:
      out.key("uniform");
      out.begin_array();
      out.string(duration_text(latency.low));
      out.string(duration_text(latency.high));
      out.end_array();
      break;
    case FaultLatency::Kind::kLognormal:
      out.key("lognormal");
      out.begin_object();
      duration(out, "median", latency.low);
      number(out, "sigma", latency.sigma);
      out.end_object();
      break;
    case FaultLatency::Kind::kExponential:
      out.key("exponential");
      out.begin_object();
      duration(out, "mean", latency.low);
      out.end_object();
      break;
    case FaultLatency::Kind::kPercentiles:
      write_percentiles(out, latency);
      break;
  }
  out.end_object();
}

void write_transport(JsonWriter& out, const FaultTransport& transport) {
  using Kind = FaultTransport::Kind;
  if (transport.kind == Kind::kReset || transport.kind == Kind::kWrongCrc32) {
    text(out, "transport", transport.kind == Kind::kReset ? "reset" : "wrong_crc32");
    return;
  }
  out.key("transport");
  out.begin_object();
  if (transport.kind == Kind::kHang) {
    duration(out, "hang", transport.time);
  } else if (transport.kind == Kind::kTruncate) {
    integer(out, "truncate", std::optional(transport.bytes));
  } else if (transport.kind == Kind::kDribble) {
    out.key("dribble");
    out.begin_object();
    integer(out, "bytes", std::optional(transport.bytes));
    duration(out, "every", transport.time);
    out.end_object();
  } else {
    out.key("raw");
    out.begin_object();
    integer(out, "status", std::optional(transport.status));
    out.key("body");
    out.string(transport.body);
    out.end_object();
  }
  out.end_object();
}

void write_stream(JsonWriter& out, const FaultStream& stream) {
  using Kind = FaultStream::Kind;
  if (stream.kind == Kind::kExpireIterator || stream.kind == Kind::kTrim ||
      stream.kind == Kind::kSplit) {
    text(out, "stream",
         stream.kind == Kind::kTrim    ? "trim"
         : stream.kind == Kind::kSplit ? "split"
                                       : "expire_iterator");
    return;
  }
  out.key("stream");
  out.begin_object();
  if (stream.kind == Kind::kDelay) {
    duration(out, "delay", stream.delay);
  } else {
    integer(out, "duplicate", std::optional(stream.copies));
  }
  out.end_object();
}

void write_capacity(JsonWriter& out, const FaultCapacity& capacity) {
  using Kind = FaultCapacity::Kind;
  if (capacity.kind != Kind::kOverride) {
    text(out, "capacity", capacity.kind == Kind::kDrainBurst ? "drain_burst" : "pin_hot_partition");
    return;
  }
  out.key("capacity");
  out.begin_object();
  out.key("override");
  out.begin_object();
  if (capacity.read_units) {
    number(out, "read", *capacity.read_units);
  }
  if (capacity.write_units) {
    number(out, "write", *capacity.write_units);
  }
  out.end_object();
  out.end_object();
}

void write_error(JsonWriter& out, const FaultError& error) {
  out.key("error");
  const std::string_view name = error.side.empty() ? error_row(error.kind).name : error.side;
  if (error.message.empty()) {
    out.string(name);
    return;
  }
  out.begin_object();
  text(out, "name", name);
  text(out, "message", error.message);
  out.end_object();
}

void write_action(JsonWriter& out, const FaultAction& action) {
  out.key("do");
  out.begin_object();
  if (action.error) {
    write_error(out, *action.error);
  }
  if (action.throttle) {
    text(out, "throttle", throttling_reason_name(*action.throttle));
  }
  if (action.partial) {
    write_partial(out, *action.partial);
  }
  if (!action.cancel.empty()) {
    write_cancel(out, action.cancel);
  }
  if (action.conflict) {
    out.key("conflict");
    out.boolean(true);
  }
  if (action.transport) {
    write_transport(out, *action.transport);
  }
  if (action.latency) {
    write_latency(out, *action.latency);
  }
  if (action.retry_after_ms) {
    duration(out, "retry_after", *action.retry_after_ms * 1000);
  }
  if (action.stale && action.stale->age) {
    duration(out, "stale", *action.stale->age);
  } else if (action.stale) {
    out.key("stale");
    out.boolean(true);
  }
  if (action.stream) {
    write_stream(out, *action.stream);
  }
  if (action.capacity) {
    write_capacity(out, *action.capacity);
  }
  out.end_object();
}

std::string_view phase_name(FaultPhase phase) {
  switch (phase) {
    case FaultPhase::kOnArrival:
      return "on_arrival";
    case FaultPhase::kBeforeCommit:
      return "before_commit";
    case FaultPhase::kAfterCommit:
      return "after_commit";
  }
  return {};
}

}  // namespace

std::string fault_rule_json(const FaultRule& rule) {
  Buffer json;
  JsonWriter out(json);
  out.begin_object();
  text(out, "id", rule.id);
  write_match(out, rule.match);
  write_when(out, rule.when);
  text(out, "phase", phase_name(rule.phase));
  write_action(out, rule.action);
  if (rule.expect.hits_min || rule.expect.hits_max) {
    out.key("expect");
    out.begin_object();
    out.key("hits");
    out.begin_object();
    integer(out, "min", rule.expect.hits_min);
    integer(out, "max", rule.expect.hits_max);
    out.end_object();
    out.end_object();
  }
  if (rule.dry_run) {
    out.key("dry_run");
    out.boolean(true);
  }
  out.end_object();
  return std::string(json.view());
}

}  // namespace understudy
