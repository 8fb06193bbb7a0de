// The engine options that a case asks for. Pure.
#pragma once

#include "conformance/case_file.h"
#include "emulator/api/engine.h"

namespace understudy::conformance {

/// `options`: the case's (null: none), on top of the engine's defaults.
EngineOptions engine_options(const Json& options);

}  // namespace understudy::conformance
