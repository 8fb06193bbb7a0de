#include "emulator/queue/message_shelf.h"

#include "emulator/base/check.h"

namespace understudy {

using State = StoredMessage::State;

void MessageShelf::settle(Microseconds now, Microseconds oldest) {
  while (!by_age_.empty() && by_age_.begin()->first < oldest) {
    take(by_age_.begin()->second);
  }
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    const Id id = waiting_.begin()->second;
    StoredMessage& message = messages_.at(id);
    leave(id, message);
    enter(id, message, State::kVisible, message.visible_at);
  }
}

MessageShelf::Id MessageShelf::put(StoredMessage message, Microseconds now,
                                   Microseconds visible_at) {
  const Id id = ++last_id_;
  StoredMessage& stored = messages_.emplace(id, std::move(message)).first->second;
  by_age_.emplace(stored.sent, id);
  if (fifo_) {
    groups_[stored.group_id.value_or("")].ids.insert(id);
  }
  enter(id, stored, visible_at > now ? State::kDelayed : State::kVisible, visible_at);
  return id;
}

StoredMessage* MessageShelf::find(Id id) {
  const auto found = messages_.find(id);
  return found == messages_.end() ? nullptr : &found->second;
}

std::optional<MessageShelf::Id> MessageShelf::next(std::optional<Id> previous) const {
  if (fifo_ && previous.has_value()) {
    const auto before = messages_.find(*previous);
    if (before != messages_.end()) {
      const Group& group = groups_.at(before->second.group_id.value_or(""));
      const auto follower = group.ids.upper_bound(*previous);
      if (follower != group.ids.end() && messages_.at(*follower).state == State::kVisible) {
        return *follower;
      }
    }
  }
  return ready_.empty() ? std::nullopt : std::optional<Id>(ready_.begin()->second);
}

void MessageShelf::hold(Id id, Microseconds now, Microseconds until) {
  StoredMessage& message = messages_.at(id);
  leave(id, message);
  enter(id, message, until > now ? State::kInFlight : State::kVisible, until);
}

StoredMessage MessageShelf::take(Id id) {
  auto node = messages_.extract(id);
  CHECK(!node.empty());
  StoredMessage& message = node.mapped();
  leave(id, message);
  by_age_.erase({message.sent, id});
  if (fifo_) {
    const std::string group = message.group_id.value_or("");
    groups_.at(group).ids.erase(id);
    publish_head(group);
  }
  return std::move(message);
}

void MessageShelf::clear() {
  const Id last = last_id_;
  *this = MessageShelf(fifo_);
  last_id_ = last;
}

Microseconds MessageShelf::next_change() const {
  return waiting_.empty() ? kNever : waiting_.begin()->first;
}

QueueDepth MessageShelf::depth(Microseconds now) const {
  QueueDepth depth{visible_, in_flight_, delayed_, 0};
  if (!by_age_.empty()) {
    depth.oldest_age = now - by_age_.begin()->first;
  }
  return depth;
}

void MessageShelf::enter(Id id, StoredMessage& message, State state, Microseconds visible_at) {
  message.state = state;
  message.visible_at = visible_at;
  switch (state) {
    case State::kVisible:
      ++visible_;
      if (!fifo_) {
        ready_.emplace(visible_at, id);
      }
      break;
    case State::kDelayed:
      ++delayed_;
      waiting_.emplace(visible_at, id);
      break;
    case State::kInFlight:
      ++in_flight_;
      waiting_.emplace(visible_at, id);
      break;
  }
  if (fifo_) {
    publish_head(message.group_id.value_or(""));
  }
}

void MessageShelf::leave(Id id, const StoredMessage& message) {
  switch (message.state) {
    case State::kVisible:
      --visible_;
      if (!fifo_) {
        ready_.erase({message.visible_at, id});
      }
      break;
    case State::kDelayed:
      --delayed_;
      waiting_.erase({message.visible_at, id});
      break;
    case State::kInFlight:
      --in_flight_;
      waiting_.erase({message.visible_at, id});
      break;
  }
}

void MessageShelf::publish_head(const std::string& name) {
  const auto found = groups_.find(name);
  Group& group = found->second;
  if (group.published.has_value()) {
    ready_.erase({0, *group.published});
    group.published.reset();
  }
  if (group.ids.empty()) {
    groups_.erase(found);
    return;
  }
  const Id head = *group.ids.begin();
  if (messages_.at(head).state == State::kVisible) {
    ready_.emplace(0, head);
    group.published = head;
  }
}

}  // namespace understudy
