// Scenarios: named settings of a stage (seed, knobs, fault rules), kept to be started over HTTP.
// Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy {

class Scenarios {
 public:
  static constexpr std::size_t kScenariosMax = 1000;

  /// Keeps the document (JSON, checked by the caller) under that name. False: there are too many.
  bool put(const std::string& name, std::string json);
  [[nodiscard]] std::optional<std::string> find(const std::string& name) const;
  /// False: there is none of that name.
  bool remove(const std::string& name);
  void note_started(const std::string& name);
  /// By name.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> list() const;
  /// The one started last; empty: none.
  [[nodiscard]] std::string running() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> scenarios_;
  std::string running_;
};

}  // namespace understudy
