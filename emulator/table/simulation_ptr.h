// SimulationPtr: owns a table's Simulation, or nothing; copying copies it. In its own header so
// that a table costs nobody the includes of the models.
#pragma once

#include <memory>

namespace understudy {

struct Simulation;

class SimulationPtr {
 public:
  SimulationPtr() noexcept;
  explicit SimulationPtr(std::unique_ptr<Simulation> owned);
  SimulationPtr(const SimulationPtr& other);
  SimulationPtr(SimulationPtr&& other) noexcept;
  SimulationPtr& operator=(SimulationPtr other) noexcept;
  ~SimulationPtr();

  [[nodiscard]] Simulation* get() const { return owned_.get(); }
  Simulation* operator->() const { return owned_.get(); }
  Simulation& operator*() const { return *owned_; }
  explicit operator bool() const { return owned_ != nullptr; }

 private:
  std::unique_ptr<Simulation> owned_;
};

}  // namespace understudy
