// /_admin/clock and /_admin/seed: time and chance.
#include <algorithm>
#include <cmath>

#include "emulator/admin/admin_parts.h"
#include "emulator/admin/admin_route.h"
#include "emulator/api/engine.h"
#include "emulator/clock/moment_text.h"
#include "emulator/clock/scheduler.h"
#include "emulator/clock/steerable_clock.h"
#include "emulator/clock/timeline.h"

namespace understudy {
namespace {

constexpr double kRateMax = 1e6;
/// A leap of a century: whatever repeats every second would still take its time.
constexpr std::int64_t kLeapMax = std::int64_t{36'525} * 86'400 * 1'000'000;

std::string clock_json(const AdminParts& parts) {
  Buffer buffer;
  JsonWriter out(buffer);
  const Microseconds now = parts.engine.clock().now();
  const double rate = parts.clock != nullptr      ? parts.clock->rate()
                      : parts.timeline != nullptr ? 0
                                                  : 1;
  out.begin_object();
  out.key("now");
  out.string(moment_text(now));
  out.key("microseconds");
  out.integer(now);
  out.key("mode");
  out.string(rate == 0 ? "frozen" : rate == 1 ? "real" : "scaled");
  out.key("rate");
  out.decimal(rate);
  out.key("moved");
  out.boolean(parts.clock != nullptr && parts.clock->steered());
  const Microseconds due = parts.engine.scheduler().next_due();
  if (due != INT64_MAX) {
    out.key("next_due");
    out.string(moment_text(due));
  }
  out.end_object();
  return std::string(buffer.view());
}

AdminResult<void> answer_clock(AdminCall& call) {
  call.out.raw(clock_json(call.parts));
  return {};
}

AdminResult<void> answer_moved(AdminCall& call) {
  const std::string clock = clock_json(call.parts);
  call.tell("clock", clock);
  call.out.raw(clock);
  return {};
}

AdminResult<void> check_movable(const AdminCall& call) {
  if (call.parts.timeline == nullptr) {
    return admin_error(409, "", "the clock of this emulator was handed in and cannot be moved");
  }
  return {};
}

/// Microseconds of a text with a unit, or of a number of seconds.
std::optional<Microseconds> read_duration(MapReader& map, std::string_view name) {
  const auto node = map.required(name);
  if (!node) {
    return std::nullopt;
  }
  if (node->is(DocumentKind::kNumber)) {
    const auto seconds = node->number(map.errors(), 0, static_cast<double>(kLeapMax) / 1e6);
    return seconds ? std::optional(Microseconds{std::llround(*seconds * 1e6)}) : std::nullopt;
  }
  const auto length = node->duration(map.errors());
  if (length && *length > kLeapMax) {
    map.complain(name, "expected at most a century");
  }
  return length;
}

std::optional<Microseconds> read_moment(MapReader& map, std::string_view name) {
  const auto node = map.find(name);
  if (!node) {
    return std::nullopt;
  }
  const auto moment = parse_moment(node->scalar());
  if (!moment) {
    map.complain(name,
                 "expected a time as \"2026-01-31T00:00:00Z\" or in seconds since 1970, not '" +
                     std::string(node->scalar()) + "'");
  }
  return moment;
}

AdminResult<void> advance(AdminCall& call) {
  std::optional<Microseconds> by;
  TRY_VOID(read_body(call, [&](MapReader& map) { by = read_duration(map, "by"); }));
  TRY_VOID(check_movable(call));
  call.parts.timeline->advance(*by);
  return answer_moved(call);
}

AdminResult<void> set_to(const AdminCall& call, std::string_view member, Microseconds to) {
  const Microseconds now = call.parts.engine.clock().now();
  if (to - now > kLeapMax) {
    return admin_error(400, std::string(member), "expected at most a century ahead");
  }
  if (!call.parts.timeline->set(to)) {
    return admin_error(409, std::string(member),
                       "time does not go back: it is " + moment_text(now) + " already");
  }
  return {};
}

AdminResult<void> set(AdminCall& call) {
  std::optional<Microseconds> to;
  TRY_VOID(read_body(call, [&](MapReader& map) {
    if (map.required("to")) {
      to = read_moment(map, "to");
    }
  }));
  TRY_VOID(check_movable(call));
  TRY_VOID(set_to(call, "to", *to));
  return answer_moved(call);
}

AdminResult<void> check_has_rate(const AdminCall& call) {
  if (call.parts.clock == nullptr) {
    return admin_error(409, "", "the clock of this emulator was handed in and has no rate");
  }
  return {};
}

AdminResult<void> scale(AdminCall& call) {
  std::optional<double> rate;
  TRY_VOID(read_body(call, [&](MapReader& map) {
    if (map.required("rate")) {
      rate = map.number("rate", 0, kRateMax);
    }
  }));
  TRY_VOID(check_has_rate(call));
  call.parts.clock->set_rate(*rate);
  return answer_moved(call);
}

AdminResult<void> freeze(AdminCall& call) {
  std::optional<Microseconds> at;
  TRY_VOID(read_body(call, [&](MapReader& map) { at = read_moment(map, "at"); }));
  TRY_VOID(check_has_rate(call));
  const double before = call.parts.clock->rate();
  call.parts.clock->set_rate(0);
  if (at.has_value()) {
    const auto done = set_to(call, "at", *at);
    if (!done) {
      call.parts.clock->set_rate(before);
      return Unexpected{done.error()};
    }
  }
  return answer_moved(call);
}

AdminResult<void> answer_seed(AdminCall& call) {
  call.out.begin_object();
  call.out.key("seed");
  call.out.raw(std::to_string(call.parts.engine.seed()));
  call.out.end_object();
  return {};
}

AdminResult<void> put_seed(AdminCall& call) {
  std::optional<std::int64_t> seed;
  TRY_VOID(read_body(call, [&](MapReader& map) {
    if (map.required("seed")) {
      seed = map.integer("seed", 0);
    }
  }));
  call.parts.engine.reseed(static_cast<std::uint64_t>(*seed));
  TRY_VOID(answer_seed(call));
  call.tell("seed", call.out.buffer().view());
  return {};
}

constexpr std::string_view kClockSchema =
    R"({"type":"object","properties":{"now":{"type":"string"},"microseconds":{"type":"integer"},)"
    R"("mode":{"enum":["real","scaled","frozen"]},"rate":{"type":"number"},)"
    R"("moved":{"type":"boolean"},"next_due":{"type":"string"}}})";
constexpr std::string_view kSeedSchema =
    R"({"type":"object","required":["seed"],"properties":{"seed":{"type":"integer","minimum":0}}})";

constexpr AdminRoute kClockRoutes[] = {
    {"GET", "/_admin/clock", "What time it is, and how it passes.", "", "", kClockSchema,
     answer_clock},
    {"POST", "/_admin/clock/advance",
     "Moves time on; what is due meanwhile happens in order, each at its own time.", "",
     R"({"type":"object","required":["by"],"properties":{"by":{"description":"seconds, or text with a unit: 250ms, 30s, 5min, 2h, 1d","type":["number","string"]}}})",
     kClockSchema, advance},
    {"POST", "/_admin/clock/set", "Moves time to a moment that is not past.", "",
     R"({"type":"object","required":["to"],"properties":{"to":{"description":"2026-01-31T00:00:00Z, or seconds since 1970","type":["number","string"]}}})",
     kClockSchema, set},
    {"POST", "/_admin/clock/scale", "Lets time pass at a rate: 1 real, 60 a minute per second.", "",
     R"({"type":"object","required":["rate"],"properties":{"rate":{"type":"number","minimum":0,"maximum":1000000}}})",
     kClockSchema, scale},
    {"POST", "/_admin/clock/freeze", "Stops time, now or at a moment that is not past.", "",
     R"({"type":"object","properties":{"at":{"type":["number","string"]}}})", kClockSchema, freeze},
    {"GET", "/_admin/seed", "The seed of all that is random.", "", "", kSeedSchema, answer_seed},
    {"PUT", "/_admin/seed", "Begins chance anew from that seed.", "", kSeedSchema, kSeedSchema,
     put_seed},
};

}  // namespace

std::span<const AdminRoute> clock_routes() {
  return kClockRoutes;
}

}  // namespace understudy
