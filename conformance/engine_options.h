// The engine options that a case asks for. Pure.
#pragma once

#include "conformance/case_file.h"
#include "emulator/api/engine.h"

namespace understudy::conformance {

/// Every case begins there: Thursday, 2026-01-15, noon UTC.
inline constexpr Microseconds kCaseStart = 1768478400LL * 1'000'000;

/// `options`: the case's (null: none), on top of the engine's defaults.
EngineOptions engine_options(const Json& options);

}  // namespace understudy::conformance
