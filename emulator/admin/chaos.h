// LocalStackChaos: LocalStack's chaos documents, kept as they were given and carried out by our
// fault rules. Thread-safe.
// Source: LocalStack's documentation, "Chaos API".
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "emulator/admin/admin_route.h"

namespace understudy {

class RuleBook;

class LocalStackChaos {
 public:
  /// What becomes of the rules there are.
  enum class Change : std::uint8_t { kReplace, kAppend, kRemove };
  /// `document`: a list of rules {region, service, operation, probability, error {statusCode,
  /// code}}, all of them optional. Error: what is wrong with it; the rules stay as they were.
  AdminResult<void> change(Change change, const DocumentNode& document, RuleBook& book);
  void clear(RuleBook& book);
  /// As given, as one JSON list.
  [[nodiscard]] std::string rules_json() const;

  AdminResult<void> set_latency(std::int64_t milliseconds, RuleBook& book);
  [[nodiscard]] std::int64_t latency_ms() const;

 private:
  AdminResult<void> install(const std::vector<std::string>& rules, std::int64_t latency_ms,
                            RuleBook& book);

  mutable std::mutex mutex_;
  std::vector<std::string> rules_;  ///< JSON
  std::int64_t latency_ms_ = 0;
};

}  // namespace understudy
