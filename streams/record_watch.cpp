#include "streams/record_watch.h"

namespace understudy {

RecordWatch::Ticket RecordWatch::subscribe(std::string_view tenant, std::string_view stream_arn,
                                           Callback callback) {
  const auto place = channel(tenant, stream_arn);
  const std::lock_guard lock(mutex_);
  const Ticket ticket = ++last_ticket_;
  place->callbacks_.emplace(ticket, std::make_shared<Callback>(std::move(callback)));
  place->watched_.store(true, std::memory_order_relaxed);
  subscribed_.emplace(ticket, place);
  return ticket;
}

void RecordWatch::unsubscribe(Ticket ticket) {
  const std::lock_guard lock(mutex_);
  const auto found = subscribed_.find(ticket);
  if (found == subscribed_.end()) {
    return;
  }
  if (const auto place = found->second.lock()) {
    place->callbacks_.erase(ticket);
    place->watched_.store(!place->callbacks_.empty(), std::memory_order_relaxed);
  }
  subscribed_.erase(found);
}

std::shared_ptr<RecordWatch::Channel> RecordWatch::channel(std::string_view tenant,
                                                           std::string_view stream_arn) {
  const std::lock_guard lock(mutex_);
  auto& place = channels_[{std::string(tenant), std::string(stream_arn)}];
  if (place == nullptr) {
    place = std::make_shared<Channel>();
  }
  return place;
}

void RecordWatch::raise(const std::shared_ptr<Channel>& channel, Microseconds now) {
  if (!channel->watched() || channel->raised_.exchange(true)) {
    return;
  }
  scheduler_.at(now, [this, channel](Microseconds /*due*/) { tell(*channel); });
}

void RecordWatch::tell(Channel& channel) {
  // Before the callbacks look: what comes from now on raises again.
  channel.raised_.store(false);
  std::vector<std::shared_ptr<Callback>> callbacks;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [ticket, callback] : channel.callbacks_) {
      callbacks.push_back(callback);
    }
  }
  for (const auto& callback : callbacks) {
    (*callback)();
  }
}

}  // namespace understudy
