// Instance: a whole emulator without a socket: the engine, and the services beside it, put together
// in one place. Server opens a port on one; fixtures and drills use it as it is.
#pragma once

#include <memory>

#include "emulator/api/engine.h"

namespace understudy {

/// What stands around the engine. Everything is off by default.
struct Features {};

/// Cheap enough for one per test. Thread-safe as the engine is.
class Instance {
 public:
  explicit Instance(EngineOptions options = {}, const Features& features = {});
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  [[nodiscard]] Engine& engine();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
