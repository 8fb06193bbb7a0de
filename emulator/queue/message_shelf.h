// MessageShelf: the messages of one queue and the order in which they are handed out. A standard
// queue hands out what became visible first; a FIFO queue the head of each message group, and what
// follows it only together with it. Time is passed in. A value; not thread-safe.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "emulator/clock/clock.h"
#include "emulator/queue/queue_message.h"

namespace understudy {

struct StoredMessage {
  enum class State : std::uint8_t { kVisible, kDelayed, kInFlight };

  std::string message_id;
  std::string body;
  std::vector<MessageAttribute> attributes;  ///< sorted by name
  std::string sender_id;
  std::optional<std::string> trace_header;
  std::optional<std::string> group_id;
  std::optional<std::string> deduplication_id;
  std::string sequence_number;
  std::string dead_letter_source;
  Microseconds sent = 0;
  Microseconds first_received = 0;  ///< 0: never received
  Microseconds last_received = 0;
  std::int64_t receive_count = 0;
  std::int64_t receives_here = 0;  ///< since it came into this queue
  std::uint64_t receipt = 0;       ///< tells its newest receipt handle from older ones
  Microseconds visible_at = 0;     ///< kept by the shelf
  State state = State::kVisible;   ///< kept by the shelf
};

class MessageShelf {
 public:
  using Id = std::uint64_t;  ///< in the order of arrival
  static constexpr Microseconds kNever = std::numeric_limits<Microseconds>::max();

  explicit MessageShelf(bool fifo) : fifo_(fifo) {}

  /// To be called before anything else that is done at `now`: what is due becomes visible, what was
  /// sent before `oldest` is forgotten.
  void settle(Microseconds now, Microseconds oldest);

  /// Delayed where `visible_at` is past `now`.
  Id put(StoredMessage message, Microseconds now, Microseconds visible_at);
  [[nodiscard]] StoredMessage* find(Id id);
  /// The next to hand out; `previous`: what was handed out just before by the same request, if
  /// anything was.
  [[nodiscard]] std::optional<Id> next(std::optional<Id> previous) const;
  /// In flight until then; `until` at or before `now`: visible.
  void hold(Id id, Microseconds now, Microseconds until);
  StoredMessage take(Id id);
  void clear();

  /// When something becomes visible by itself; kNever: nothing will.
  [[nodiscard]] Microseconds next_change() const;
  [[nodiscard]] QueueDepth depth(Microseconds now) const;

 private:
  using Moment = std::pair<Microseconds, Id>;

  void enter(Id id, StoredMessage& message, StoredMessage::State state, Microseconds visible_at);
  void leave(Id id, const StoredMessage& message);
  /// Puts the head of a message group into `ready_` or takes it out. FIFO only.
  void publish_head(const std::string& group);

  struct Group {
    std::set<Id> ids;
    std::optional<Id> published;
  };

  bool fifo_;
  Id last_id_ = 0;
  std::map<Id, StoredMessage> messages_;
  std::set<Moment> ready_;    ///< FIFO: heads of groups, by id alone
  std::set<Moment> waiting_;  ///< delayed or in flight, by when they become visible
  std::set<Moment> by_age_;
  std::map<std::string, Group> groups_;
  std::int64_t visible_ = 0;
  std::int64_t delayed_ = 0;
  std::int64_t in_flight_ = 0;
};

}  // namespace understudy
