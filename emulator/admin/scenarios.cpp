#include "emulator/admin/scenarios.h"

namespace understudy {

bool Scenarios::put(const std::string& name, std::string json) {
  const std::lock_guard lock(mutex_);
  if (scenarios_.size() >= kScenariosMax && !scenarios_.contains(name)) {
    return false;
  }
  scenarios_[name] = std::move(json);
  return true;
}

std::optional<std::string> Scenarios::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = scenarios_.find(name);
  return found == scenarios_.end() ? std::nullopt : std::optional(found->second);
}

bool Scenarios::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return scenarios_.erase(name) > 0;
}

void Scenarios::note_started(const std::string& name) {
  const std::lock_guard lock(mutex_);
  running_ = name;
}

std::vector<std::pair<std::string, std::string>> Scenarios::list() const {
  const std::lock_guard lock(mutex_);
  return {scenarios_.begin(), scenarios_.end()};
}

std::string Scenarios::running() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

}  // namespace understudy
