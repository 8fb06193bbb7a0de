// FaultGate: one request's way past the fault rules, and what they make of it. Made by the
// dispatcher where rules are in force, found by operations in their context; absent otherwise.
//
// Errors are answers: a decision that stops the request comes as the error that answers it, also
// where in truth nothing is answered (a reset, a hang): then `outcome().transport` says so.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "emulator/faults/rule_book.h"
#include "emulator/operations/operation.h"
#include "emulator/service/api_error.h"

namespace understudy {

class FaultGate {
 public:
  struct Outcome {
    Microseconds delay = 0;
    std::optional<std::int64_t> retry_after_ms;
    std::optional<FaultTransport> transport;
    /// The answer is that of a rule: what the operation wrote, if it ran, is not sent.
    bool answered = false;
  };

  FaultGate(std::shared_ptr<const RuleSet> rules, const FaultSubject& subject);

  /// A rule for this request alone.
  void add(const FaultRule& rule, std::uint64_t seed) { pass_.add(rule, seed); }

  /// Asks the rules of that phase. Error: what answers the request in place of its operation.
  Result<void> pass(OperationContext& context, FaultPhase phase);

  /// Whether that item of a batch stays unprocessed, by its position among all items of the
  /// request, table by table.
  [[nodiscard]] bool skips(std::size_t position) const {
    return position < unprocessed_.size() && unprocessed_[position];
  }
  /// Set: reads shall see an older state, as old as told (nullopt: as old as there is).
  [[nodiscard]] const FaultStale* stale() const { return stale_ ? &*stale_ : nullptr; }
  /// Set: the exception of a rule that answers.
  [[nodiscard]] const FaultError* error() const { return error_ ? &*error_ : nullptr; }
  /// Set: what happens to the stream that is read.
  [[nodiscard]] const FaultStream* stream() const { return stream_ ? &*stream_ : nullptr; }
  [[nodiscard]] const Outcome& outcome() const { return outcome_; }

 private:
  void note_key(OperationContext& context);
  Result<void> answer(OperationContext& context, const FaultDecision& decision, FaultPhase phase);
  Result<void> throttle(OperationContext& context, const FaultDecision& decision);
  Result<void> transport(const FaultTransport& transport, FaultPhase phase);

  FaultPass pass_;
  boost::container::small_vector<bool, 8> unprocessed_;
  std::optional<FaultStale> stale_;
  std::optional<FaultStream> stream_;
  std::optional<FaultError> error_;
  Outcome outcome_;
};

}  // namespace understudy
