// Queue: one queue's messages, settings and who waits for messages. Time is passed in; whoever owns
// it holds the lock.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/base/random.h"
#include "emulator/queue/message_shelf.h"
#include "emulator/queue/queue_error.h"
#include "emulator/queue/queue_message.h"
#include "emulator/queue/queue_settings.h"

namespace understudy {

/// How long a deduplication id is remembered. Source: SQS Developer Guide, "Exactly-once
/// processing".
inline constexpr Microseconds kDeduplicationWindow = 5LL * 60 * 1000 * 1000;
/// Source: SQS Developer Guide, "Amazon SQS message quotas".
inline constexpr std::int64_t kInFlightMax = 120'000;

/// Names a message and the time it was received, to whoever received it.
struct ReceiptHandle {
  MessageShelf::Id id = 0;
  std::uint64_t receipt = 0;
  std::string message_id;

  [[nodiscard]] std::string text() const;
  /// nullopt: no handle of ours.
  static std::optional<ReceiptHandle> parse(std::string_view text);
};

class Queue {
 public:
  using Told = std::function<void(QueueResult<std::vector<ReceivedMessage>> received)>;
  struct Waiter {
    ReceiveRequest request;
    Microseconds until = 0;
    Told told;
    std::function<bool()> gone;  ///< empty: never
  };

  Queue(std::string queue_name, std::string queue_arn, QueueSettings queue_settings,
        Microseconds now);

  std::string name;
  std::string arn;
  QueueSettings settings;
  std::map<std::string, std::string, std::less<>> tags;
  Microseconds created;
  Microseconds modified;
  std::optional<Microseconds> purged;
  std::deque<Waiter> waiters;
  std::optional<Microseconds> wake_at;  ///< when the scheduler will look at the waiters

  /// What was due by now has happened. To be called before anything below.
  void settle(Microseconds now);

  /// Error: InvalidParameterValue, MissingParameter, InvalidMessageContents. `checked_as_batch`:
  /// one of several, whose size is told otherwise.
  QueueResult<void> check(const OutgoingMessage& message, bool checked_as_batch) const;
  /// `message` passed check(). A duplicate is answered as the original was, and not put.
  SentMessage put(OutgoingMessage message, Microseconds now, Random& random);
  void put_dead(StoredMessage message, std::string_view source_arn, Microseconds now);

  /// Marks as received what is there, up to `messages_max`. Messages that were received too often
  /// go to `dead` instead, unless that is null. Error: OverLimit.
  QueueResult<std::vector<ReceivedMessage>> receive(const ReceiveRequest& request, Microseconds now,
                                                    std::vector<StoredMessage>* dead);
  QueueResult<void> remove(std::string_view receipt_handle);
  QueueResult<void> change_visibility(std::string_view receipt_handle, std::int64_t seconds,
                                      Microseconds now);
  void clear() { shelf_.clear(); }
  [[nodiscard]] QueueDepth depth(Microseconds now) const { return shelf_.depth(now); }
  /// When a waiter may have something by itself, or is tired of it.
  [[nodiscard]] Microseconds next_event() const;

 private:
  struct Seen {
    std::string message_id;
    std::string sequence_number;
  };

  QueueResult<void> check_fifo(const OutgoingMessage& message) const;
  [[nodiscard]] std::string deduplication_key(const OutgoingMessage& message, bool by_group) const;
  [[nodiscard]] const Seen* find_seen(const OutgoingMessage& message) const;
  std::string next_sequence_number();

  MessageShelf shelf_;
  std::map<std::string, Seen> seen_;
  std::deque<std::pair<Microseconds, std::string>> seen_until_;
  std::uint64_t receipts_ = 0;
  std::uint64_t sequence_ = 0;
};

}  // namespace understudy
