// Engine: a whole DynamoDB without a network. handle() is the journey of one request, the same for
// a socket and for an in-process caller. Several engines live side by side; nothing is shared.
//
//   understudy::Engine engine;
//   auto answer = engine.call("CreateTable", R"({"TableName": …})");
//
// Thread-safe: handle() may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/delivery.h"
#include "emulator/api/request_handler.h"
#include "emulator/capacity/refused_attempt.h"
#include "emulator/clock/clock.h"
#include "emulator/service/api_error.h"
#include "emulator/table/simulation_options.h"

namespace understudy {

class Catalog;
class RuleBook;
class OperationSet;
class Scheduler;
class SideService;
struct ModelOperation;
struct OperationContext;
struct Scope;

/// Which clients see each other's tables.
enum class Isolation : std::uint8_t {
  kDefault,     ///< all see the same, except that a 12-digit access key is an account of its own
  kNone,        ///< all see the same
  kAccount,     ///< by account
  kRegion,      ///< by account and region
  kCredential,  ///< by access key and region, as DynamoDB Local without -sharedDb
};

struct Credential {
  std::string access_key;
  std::string secret_key;
  std::string session_token;  ///< empty: none
};

struct EngineOptions {
  std::string region = "us-east-1";         ///< where a request names none
  std::string account_id = "000000000000";  ///< 12 digits
  Isolation isolation = Isolation::kDefault;
  bool strict_auth = false;  ///< verify signatures against `credentials`
  std::vector<Credential> credentials;
  bool wording_2025 = false;  ///< speak the validation messages of 2025 (H1)
  bool cors = true;
  std::size_t max_body_bytes = std::size_t{16} * 1024 * 1024;
  /// Length of table and index transitions: 0 immediate, > 0 that long, nullopt as measured on AWS.
  std::optional<std::int64_t> transition_ms = 0;
  std::uint64_t seed = 1;
  /// Throttling, metrics, replicas: all off.
  SimulationOptions simulation;
  /// Whether a request may carry its own fault in x-understudy-fault: an action as in a rule's `do`
  /// (emulator/faults/README.md).
  bool allow_fault_header = false;
  /// nullptr: the system clock. Must outlive the engine.
  Clock* clock = nullptr;
  /// Whose time signatures may be of as well (--strict-auth): clients sign by the machine's time
  /// even where the engine's clock is moved, or by the Date of our answers. Must outlive the
  /// engine.
  const Clock* signature_clock = nullptr;
  /// Called with each finished request (any thread), when set. Must outlive the engine.
  class Journal* journal = nullptr;
};

/// One finished request, for whoever listens.
struct JournalEntry {
  Microseconds arrived = 0;
  Microseconds took = 0;
  std::string_view request_id;
  std::string_view tenant;
  std::string_view operation;  ///< empty: not known
  std::string_view table;
  std::string_view error;  ///< short name; empty: success
  int status = 200;
  std::int64_t read_units_thousandths = 0;
  std::int64_t write_units_thousandths = 0;
  std::string_view note;       ///< hint for a person ("no tables here; tenant … has 3"), or empty
  std::uint64_t key_hash = 0;  ///< of the (first) key named; 0: none
  // What stood in its way: see RequestTrace.
  std::string_view verdict;
  std::string_view rule;
  std::string_view reason;
  std::string_view bucket;
  std::int64_t balance_thousandths = 0;
  // What the SDK said of itself: the same invocation again is a retry.
  std::string_view invocation_id;  ///< amz-sdk-invocation-id
  std::string_view sdk_request;    ///< amz-sdk-request: "attempt=2; max=3"
  // In full, valid during record() only.
  const Request* request = nullptr;    ///< nullptr: a typed or in-process call without one
  const Response* response = nullptr;  ///< body as sent
  std::uint32_t items = 0;             ///< written, or evaluated
  /// All buckets that refused, of batches item by item.
  std::span<const RefusedAttempt> refused;
};

/// Thread-safe.
class Journal {
 public:
  Journal() = default;
  virtual ~Journal() = default;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  virtual void record(const JournalEntry& entry) = 0;
  /// False: only entries with a note are recorded, and the clock is not read a second time.
  [[nodiscard]] bool wants_every_request() const {
    return wants_every_request_.load(std::memory_order_relaxed);
  }

 protected:
  void want_every_request(bool wants) {
    wants_every_request_.store(wants, std::memory_order_relaxed);
  }

 private:
  std::atomic<bool> wants_every_request_{true};
};

class Engine final : public RequestHandler {
 public:
  explicit Engine(EngineOptions options = {});
  ~Engine() override;

  /// Answers one request into `response` (cleared first, storage kept).
  void handle(const Request& request, Response& response) override;

  /// The answer to bytes that are no request (400) or too many (413): without a body, but with all
  /// that every answer carries.
  void refuse(int status, Response& response) override;

  /// Requests without a DynamoDB target that `service` claims are its own; of several the first
  /// added. Before the first request; must outlive the engine's last one.
  void add_service(SideService& service);

  /// Serves further operations of the service models. Before the first request; must outlive the
  /// engine's last one.
  void add_operations(OperationSet& set);

  struct Answer {
    int status = 200;
    std::string body;
    /// Set: a fault rule delays this answer or says that none comes (nobody has waited yet).
    std::shared_ptr<const Delivery> delivery;
  };
  /// One DynamoDB operation in-process, JSON to JSON, without signature.
  Answer call(std::string_view operation, std::string_view json_body);
  /// The same on behalf of an access key (a 12-digit one is a tenant of its own).
  Answer call(std::string_view operation, std::string_view json_body, std::string_view access_key);

  /// The same into a response that keeps its storage from call to call.
  void call(std::string_view operation, std::string_view json_body, std::string_view access_key,
            Response& response);

  /// For scheduled work that acts for a tenant: the operation happens at `now`, the moment the work
  /// was due, and nothing else that is due runs before it.
  Answer call_at(Microseconds now, const Scope& scope, std::string_view operation,
                 std::string_view json_body);

  /// Snapshots by name, of one tenant or of all; taking and restoring copies pointers, never items.
  /// What scales the tables goes with them, in all three; the time does not.
  void snapshot(std::string_view name, std::optional<std::string_view> tenant = std::nullopt);
  bool restore(std::string_view name, std::optional<std::string_view> tenant = std::nullopt);
  void reset(std::optional<std::string_view> tenant = std::nullopt);

  /// What seeds all that is random in the engine; reseed() begins chance anew.
  [[nodiscard]] std::uint64_t seed() const;
  void reseed(std::uint64_t seed);

  /// Runs `step(context, state)` with what a request of that operation would have: time, memory of
  /// its own, due work done. For typed access (typed_client.h); step must not throw.
  void run_step(const Scope& scope, const ModelOperation& model,
                void (*step)(OperationContext& context, void* state), void* state);

  /// The same while fault rules are in force: `request_json` is what a client would have sent. An
  /// answer that a rule loses on its way is an InternalServerError; nobody waits for delays. Error:
  /// the rule's; the step may have run nevertheless.
  Result<void> run_step_with_faults(const Scope& scope, const ModelOperation& model,
                                    std::string_view request_json,
                                    void (*step)(OperationContext& context, void* state),
                                    void* state);

  [[nodiscard]] const EngineOptions& options() const;
  [[nodiscard]] Catalog& catalog();
  [[nodiscard]] Scheduler& scheduler();
  [[nodiscard]] Clock& clock();
  /// The fault rules in force: what is installed there holds for requests from then on.
  [[nodiscard]] RuleBook& faults();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
