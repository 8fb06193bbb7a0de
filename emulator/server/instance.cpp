#include "emulator/server/instance.h"

#include <utility>

namespace understudy {

struct Instance::Impl {
  explicit Impl(EngineOptions options) : engine(std::move(options)) {}

  Engine engine;
};

Instance::Instance(EngineOptions options, const Features& /*features*/)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
Instance::~Instance() = default;

Engine& Instance::engine() {
  return impl_->engine;
}

}  // namespace understudy
