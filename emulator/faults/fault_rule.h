// FaultRule: what shall go wrong, for which requests, and when. Plain data: the same rule in a
// document (fault_document.h), in C++ (fault.h) and over HTTP. What it means is rule_book's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/capacity/throttle.h"
#include "emulator/clock/clock.h"
#include "emulator/service/api_error.h"

namespace understudy {

/// A name and a pattern its value must match: * is any text, ? any character. The value of a key
/// attribute is its text, its number as sent, or its base64.
struct FaultPattern {
  std::string name;
  std::string pattern;
};

/// Which requests. What is empty matches any. In batches and transactions table, key and size are
/// those of single items, and the rule is about the items that match.
struct FaultMatch {
  std::vector<std::string> operations;  ///< names or patterns ("PutItem", "Batch*")
  /// "dynamodb", "dynamodbstreams", "sqs", …; "*": all on the port. Empty: the first two, and where
  /// an operation is named that only another service has ("ReceiveMessage"), that one.
  std::string service;
  /// Pattern of the table's name, also where an ARN was sent; of a queue's or function's.
  std::string table;
  std::string index;              ///< pattern of IndexName: queries and scans of an index
  std::vector<FaultPattern> key;  ///< of attributes of Key or Item
  std::optional<std::int64_t> item_size_min;  ///< billed bytes of Item (or of Key)
  std::optional<std::int64_t> item_size_max;
  std::string tenant;  ///< pattern of the account or tenant
  std::vector<FaultPattern> headers;
};

/// A moment: `at` after the rule came into force, or absolute.
struct FaultMoment {
  Microseconds at = 0;
  bool absolute = false;
};

/// In force for `lasts` of every `every`, first `start` after the rule came into force.
struct FaultSchedule {
  Microseconds every = 0;
  Microseconds lasts = 0;
  Microseconds start = 0;
};

/// The probability is multiplied by `from`, rising (or falling) to `to` over that time.
struct FaultRamp {
  double from = 0;
  double to = 1;
  Microseconds over = 0;
};

/// Which of the matching requests, counted from 1 in the order they come. All times are those of
/// the engine's clock.
struct FaultWhen {
  double probability = 1;
  std::uint64_t skip = 0;              ///< the first ones are left alone
  std::uint64_t every = 1;             ///< then each every-th
  std::optional<std::uint64_t> count;  ///< so many times in all
  std::optional<FaultMoment> from;
  std::optional<FaultMoment> until;
  std::optional<FaultSchedule> schedule;
  std::optional<FaultRamp> ramp;
  /// So many requests at a time, counting those whose delay has not passed.
  std::optional<std::uint32_t> max_concurrent;
  std::optional<Microseconds> time_to_live;  ///< then the rule is out of force for good
};

enum class FaultPhase : std::uint8_t {
  kOnArrival,     ///< before the request is looked at: also requests that would be refused
  kBeforeCommit,  ///< the request is sound; nothing was read or written
  kAfterCommit,   ///< all is done, the answer is written
};
inline constexpr std::size_t kFaultPhaseCount = 3;

struct FaultError {
  ErrorKind kind = ErrorKind::kInternalServerError;
  std::string message;  ///< empty: the service's
  std::string side;     ///< in place of `kind`: an exception of a service beside DynamoDB
};

/// Which items of a batch stay unprocessed, of those the rule matches: one of these is set, or none
/// for all.
struct FaultPartial {
  std::optional<double> share;
  std::optional<std::uint32_t> count;  ///< the first ones
  std::vector<FaultPattern> key;
};

/// One cancellation reason.
struct FaultReason {
  std::string code = "None";
  std::string message;  ///< empty: the service's
};

struct FaultLatency {
  enum class Kind : std::uint8_t { kFixed, kUniform, kLognormal, kExponential, kPercentiles };
  Kind kind = Kind::kFixed;
  Microseconds low = 0;   ///< kFixed: the delay; kUniform: least; kLognormal: median; else mean
  Microseconds high = 0;  ///< kUniform: most
  double sigma = 0;       ///< kLognormal
  /// kPercentiles: delays at percentiles (0 to 100), rising; straight lines in between.
  std::vector<std::pair<double, Microseconds>> table;
};
/// Longer delays are cut to this.
inline constexpr Microseconds kFaultDelayMax = Microseconds{3600} * 1'000'000;

struct FaultTransport {
  enum class Kind : std::uint8_t {
    kReset,       ///< the connection is reset
    kHang,        ///< no answer; the connection is reset after `time`
    kTruncate,    ///< the connection ends after `bytes` of the body
    kDribble,     ///< `bytes` of the answer every `time`
    kRaw,         ///< `status` with `body`, which is no JSON
    kWrongCrc32,  ///< x-amz-crc32 is not that of the body
  };
  Kind kind = Kind::kReset;
  Microseconds time = 0;
  std::size_t bytes = 0;
  int status = 502;
  std::string body;
};

/// Reads see an older state of the item.
struct FaultStale {
  std::optional<Microseconds> age;  ///< nullopt: as old as the consistency model has
};

/// What happens to a stream.
struct FaultStream {
  enum class Kind : std::uint8_t { kDelay, kDuplicate, kExpireIterator, kTrim, kSplit };
  Kind kind = Kind::kDelay;
  Microseconds delay = 0;
  std::uint32_t copies = 1;
};

/// What happens to the capacity of the table a request names. A rate and a pinned partition last
/// as long as the rule: until it is removed, or its time_to_live, window or turn of the schedule is
/// over; a used up count ends nothing.
struct FaultCapacity {
  enum class Kind : std::uint8_t { kOverride, kDrainBurst, kPinHotPartition };
  Kind kind = Kind::kDrainBurst;
  std::optional<double> read_units;   ///< kOverride: per second
  std::optional<double> write_units;  ///< kOverride: per second
};

/// What is done. Of error, throttle, partial, cancel, conflict and transport at most one is set;
/// the others go with any.
struct FaultAction {
  std::optional<FaultError> error;
  std::optional<ThrottlingReason> throttle;
  std::optional<FaultPartial> partial;
  std::vector<FaultReason> cancel;  ///< by position; further actions have "None"
  bool conflict = false;
  std::optional<FaultTransport> transport;
  std::optional<FaultLatency> latency;
  std::optional<std::int64_t> retry_after_ms;  ///< x-amz-retry-after
  std::optional<FaultStale> stale;
  std::optional<FaultStream> stream;
  std::optional<FaultCapacity> capacity;

  /// Whether the answer is another one than it would have been.
  [[nodiscard]] bool answers() const {
    return error || throttle || partial || !cancel.empty() || conflict || transport;
  }
};

struct FaultExpectation {
  std::optional<std::uint64_t> hits_min;
  std::optional<std::uint64_t> hits_max;
};

struct FaultRule {
  std::string id;  ///< empty: the book gives one ("rule-1")
  FaultMatch match;
  FaultWhen when;
  FaultPhase phase = FaultPhase::kBeforeCommit;
  FaultAction action;
  FaultExpectation expect;
  bool dry_run = false;  ///< only counts
};

/// The service's words for an exception that nobody gave words to; may be empty.
std::string_view fault_message(ErrorKind kind);
/// The service's words for a cancellation code; nullopt: no such code.
std::optional<std::string_view> cancellation_message(std::string_view code);
/// The kind of that exception, by its short name.
std::optional<ErrorKind> find_error_kind(std::string_view name);

/// Whether `text` matches `pattern` (* and ?).
bool matches_pattern(std::string_view pattern, std::string_view text);

/// Why a rule is refused.
struct RuleFlaw {
  std::string rule;         ///< "rule 'a'" or "rule 2"; empty: the only one, or all of them
  std::string_view member;  ///< path from the rule, a literal: "do.latency"; empty: as a whole
  std::string reason;

  /// One sentence: "rule 'a': member 'do': nothing is done".
  [[nodiscard]] std::string text() const;
};

/// What is wrong with the rule, but not which one it is; nullopt: nothing. For rules of any origin.
std::optional<RuleFlaw> check_fault_rule(const FaultRule& rule);

}  // namespace understudy
