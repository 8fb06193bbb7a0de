// SideService: another service on the engine's port (scaling, metrics, queues, functions, admin).
// The engine stays the one door: it stamps time and request id, and runs due work first.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "emulator/api/request.h"
#include "emulator/api/response.h"
#include "emulator/base/arena.h"
#include "emulator/clock/clock.h"
#include "emulator/service/side_operations.h"

namespace understudy {

/// An error that a fault rule puts in place of a service's answer.
struct SideError {
  int status = 500;
  std::string_view name;  ///< "InternalFailure", "OverLimit"
  std::string_view message;
};

/// How requests to a service are signed, and how one is refused whose signature does not hold.
struct SideSigning {
  std::string_view service;  ///< in the credential scope: "lambda"
  int status = 400;
  /// "InvalidClientTokenId" and the like, as services of the query protocol say it, instead of
  /// "UnrecognizedClientException".
  bool query_names = false;
};

/// Called from any thread.
class SideService {
 public:
  SideService() = default;
  virtual ~SideService() = default;
  SideService(const SideService&) = delete;
  SideService& operator=(const SideService&) = delete;

  /// Whether that request, which has no DynamoDB target, is this service's: by target prefix or
  /// path. Looks at nothing else, so that a malformed request gets this service's error.
  [[nodiscard]] virtual bool claims(const Request& request) const = 0;
  /// Answers it; `response` is clear but for request id and time. What is thrown becomes a 500.
  virtual void handle(const Request& request, Microseconds now, Response& response) = 0;
  /// How a request that it claims has to be signed under strict authentication; nullopt: it need
  /// not be (pages, the admin API with its own token).
  [[nodiscard]] virtual std::optional<SideSigning> signing_of(const Request& /*request*/) const {
    return std::nullopt;
  }
  /// Which of side_operations() it asks for, of a request that it claims; nullptr: none that fault
  /// rules know. Asked only while there are rules.
  [[nodiscard]] virtual const ModelOperation* operation_of(const Request& /*request*/) const {
    return nullptr;
  }
  /// Name of the function or the like that such a request is about, where its path says so and not
  /// its body: what fault rules match as `table`. Empty: none. May be text in the arena.
  [[nodiscard]] virtual std::string_view subject_of(const Request& /*request*/,
                                                    Arena& /*arena*/) const {
    return {};
  }
  /// Forgets what it keeps about tables of that tenant, or of all: Engine::reset() takes those.
  virtual void forget_tables(std::optional<std::string_view> /*tenant*/) {}
  /// What it keeps about tables of that tenant, or of all: a snapshot holds it beside the tables.
  /// nullptr: nothing. Immutable from then on.
  [[nodiscard]] virtual std::shared_ptr<const void> save_tables(
      std::optional<std::string_view> /*tenant*/) const {
    return nullptr;
  }
  /// Puts back what save_tables() gave for the same extent; the tables are back already.
  virtual void restore_tables(std::optional<std::string_view> /*tenant*/,
                              const std::shared_ptr<const void>& /*saved*/, Microseconds /*now*/) {}
  /// Answers such a request with that error in the service's manner; else JSON with __type.
  virtual void refuse(const Request& request, const SideError& error, Response& response) const;
};

}  // namespace understudy
