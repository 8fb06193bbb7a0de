// An engine with its admin API, in-process, on a clock of its own.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "emulator/admin/admin_service.h"
#include "emulator/admin/chaos.h"
#include "emulator/admin/event_hub.h"
#include "emulator/admin/journal_ring.h"
#include "emulator/admin/scenarios.h"
#include "emulator/api/engine.h"
#include "emulator/api/journal_fan.h"
#include "emulator/clock/scheduler.h"
#include "emulator/clock/steerable_clock.h"
#include "emulator/clock/timeline.h"
#include "tests/emulator/api/exchange.h"

namespace understudy {

/// 2026-01-15T12:00:00Z
inline constexpr Microseconds kNoon = 1'768'478'400'000'000;

class AdminTest : public testing::Test {
 protected:
  explicit AdminTest(AdminAccess access = {})
      : service_({engine_, &timeline_, &clock_, &ring_, &events_, &chaos_, &scenarios_},
                 std::move(access)) {
    fan_.add(ring_);
    fan_.add(events_);
    engine_.add_service(service_);
  }

  Exchanged ask(std::string_view method, std::string_view target, std::string_view body = {},
                Headers headers = {}) {
    return exchange(engine_, headers, body, method, target);
  }
  std::string refusal(std::string_view method, std::string_view target, std::string_view body) {
    const Exchanged answer = ask(method, target, body);
    EXPECT_GE(answer.status, 400);
    EXPECT_LT(answer.status, 500);
    return answer.body;
  }

  VirtualClock machine_{kNoon};
  SteerableClock clock_{machine_};
  JournalFan fan_;
  JournalRing ring_{16, [this] { fan_.refresh(); }};
  EventHub events_{[this] { fan_.refresh(); }};
  LocalStackChaos chaos_;
  Scenarios scenarios_;
  Engine engine_{{.clock = &clock_, .journal = &fan_}};
  Timeline timeline_{clock_, engine_.scheduler()};
  AdminService service_;
};

}  // namespace understudy
