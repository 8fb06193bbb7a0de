#include "emulator/queue/queue_store.h"

#include <algorithm>

#include "emulator/clock/scheduler.h"
#include "emulator/queue/message_checks.h"

namespace understudy {
namespace {

constexpr Microseconds kWaitAsAws = 60 * kSecond;

Unexpected<QueueError> no_such_queue() {
  return queue_error(QueueErrorKind::kQueueDoesNotExist, "The specified queue does not exist.");
}

std::string seconds_text(Microseconds moment) {
  return std::to_string(moment / kSecond);
}

QueueStore::Attributes describe(const Queue& queue, Microseconds now) {
  QueueStore::Attributes all = queue.settings.values();
  if (!all.contains("KmsMasterKeyId")) {
    all.erase("KmsDataKeyReusePeriodSeconds");
  }
  const QueueDepth depth = queue.depth(now);
  all["ApproximateNumberOfMessages"] = std::to_string(depth.visible);
  all["ApproximateNumberOfMessagesDelayed"] = std::to_string(depth.delayed);
  all["ApproximateNumberOfMessagesNotVisible"] = std::to_string(depth.in_flight);
  all["CreatedTimestamp"] = seconds_text(queue.created);
  all["LastModifiedTimestamp"] = seconds_text(queue.modified);
  all["QueueArn"] = queue.arn;
  return all;
}

bool asks_for_fifo(const QueueStore::Attributes& attributes) {
  const auto found = attributes.find("FifoQueue");
  return found != attributes.end() && found->second == "true";
}

/// A queue of that name is there. Source: API reference of SQS, CreateQueue ("QueueNameExists").
QueueResult<std::string> answer_with_existing(const Queue& queue,
                                              const QueueStore::Attributes& wanted,
                                              Microseconds now) {
  TRY(const QueueSettings settings, QueueSettings::of_new_queue(asks_for_fifo(wanted), wanted));
  const QueueStore::Attributes existing = describe(queue, now);
  for (const auto& [name, value] : wanted) {
    const auto now_set = existing.find(name);
    const auto then_set = settings.values().find(name);
    const bool same = then_set == settings.values().end()
                          ? now_set == existing.end()
                          : now_set != existing.end() && now_set->second == then_set->second;
    if (!same) {
      return queue_error(
          QueueErrorKind::kQueueNameExists,
          "A queue already exists with the same name and a different value for attribute " + name);
    }
  }
  return queue.arn;
}

}  // namespace

/// One visit to the state: settles the queues it touches, and, once the lock is gone, tells those
/// whose long polls ended.
class QueueStore::Turn {
 public:
  explicit Turn(QueueStore& store) : now(store.clock_.now()), state(store.state_.lock()) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    state.reset();
    for (Delivery& delivery : deliveries) {
      delivery.told(std::move(delivery.received));
    }
  }

  Queue* find(const Key& key) {
    const auto found = (*state)->queues.find(key);
    if (found == (*state)->queues.end()) {
      return nullptr;
    }
    found->second.settle(now);
    return &found->second;
  }
  Queue* find(QueueAddress queue) { return find(Key(queue.tenant, queue.name)); }

  const Microseconds now;
  std::optional<Guarded<State>::Access> state;
  std::vector<Delivery> deliveries;
};

QueueStore::QueueStore(Clock& clock, Scheduler& scheduler, Random random, bool waits_as_aws)
    : clock_(clock), scheduler_(scheduler), waits_as_aws_(waits_as_aws), state_(random) {}

/// That the dead-letter queue is there and of the same type.
QueueResult<void> QueueStore::check_redrive(State& state, std::string_view tenant,
                                            const QueueSettings& settings) {
  if (!settings.redrive().has_value()) {
    return {};
  }
  const std::string& arn = settings.redrive()->dead_letter_arn;
  const auto found = state.queues.find(Key(tenant, arn.substr(arn.rfind(':') + 1)));
  std::string_view reason;
  if (found == state.queues.end()) {
    reason = "Dead letter target does not exist.";
  } else if (found->second.settings.fifo() != settings.fifo()) {
    reason = "Dead-letter queue must be same type of queue as the source.";
  } else {
    return {};
  }
  return queue_error(QueueErrorKind::kInvalidParameterValueException,
                     "Value " + settings.redrive()->json() +
                         " for parameter RedrivePolicy is invalid. Reason: " + std::string(reason));
}

QueueResult<std::string> QueueStore::create(const Scope& scope, std::string_view name,
                                            const Attributes& attributes, const Tags& tags) {
  TRY_VOID(check_queue_name(name, asks_for_fifo(attributes)));
  Turn turn(*this);
  State& state = **turn.state;
  const Key key(scope.tenant, name);
  if (const Queue* const existing = turn.find(key); existing != nullptr) {
    return answer_with_existing(*existing, attributes, turn.now);
  }
  const auto deleted = state.deleted.find(key);
  if (waits_as_aws_ && deleted != state.deleted.end() && turn.now < deleted->second + kWaitAsAws) {
    return queue_error(QueueErrorKind::kQueueDeletedRecently,
                       "You must wait 60 seconds after deleting a queue before you can create "
                       "another with the same name.");
  }
  TRY(QueueSettings settings, QueueSettings::of_new_queue(asks_for_fifo(attributes), attributes));
  TRY_VOID(check_redrive(state, scope.tenant, settings));
  std::string arn = "arn:aws:sqs:" + std::string(scope.region) + ":" + std::string(scope.account) +
                    ":" + std::string(name);
  Queue queue(std::string(name), std::move(arn), std::move(settings), turn.now);
  queue.tags = tags;
  return state.queues.emplace(key, std::move(queue)).first->second.arn;
}

QueueResult<void> QueueStore::set_attributes(QueueAddress address, const Attributes& attributes) {
  Turn turn(*this);
  Queue* const queue = turn.find(address);
  if (queue == nullptr) {
    return no_such_queue();
  }
  QueueSettings changed = queue->settings;
  TRY_VOID(changed.change(attributes));
  TRY_VOID(check_redrive(**turn.state, address.tenant, changed));
  queue->settings = std::move(changed);
  queue->modified = turn.now;
  return {};
}

QueueResult<QueueStore::Attributes> QueueStore::attributes(QueueAddress address) {
  Turn turn(*this);
  const Queue* const queue = turn.find(address);
  if (queue == nullptr) {
    return no_such_queue();
  }
  return describe(*queue, turn.now);
}

QueueResult<void> QueueStore::destroy(QueueAddress address) {
  Turn turn(*this);
  Queue* const queue = turn.find(address);
  if (queue == nullptr) {
    return no_such_queue();
  }
  for (Queue::Waiter& waiter : queue->waiters) {
    turn.deliveries.push_back({std::move(waiter.told), Received{}});
  }
  const Key key(address.tenant, address.name);
  (*turn.state)->queues.erase(key);
  (*turn.state)->deleted[key] = turn.now;
  return {};
}

QueueResult<void> QueueStore::purge(QueueAddress address) {
  Turn turn(*this);
  Queue* const queue = turn.find(address);
  if (queue == nullptr) {
    return no_such_queue();
  }
  if (waits_as_aws_ && queue->purged.has_value() && turn.now < *queue->purged + kWaitAsAws) {
    return queue_error(
        QueueErrorKind::kPurgeQueueInProgress,
        "Only one PurgeQueue operation on " + queue->name + " is allowed every 60 seconds.");
  }
  queue->purged = turn.now;
  queue->clear();
  return {};
}

QueueResult<QueueStore::Tags> QueueStore::tags(QueueAddress address) {
  Turn turn(*this);
  const Queue* const queue = turn.find(address);
  if (queue == nullptr) {
    return no_such_queue();
  }
  return queue->tags;
}

QueueResult<void> QueueStore::change_tags(QueueAddress address, const Tags& set,
                                          const std::vector<std::string>& removed) {
  Turn turn(*this);
  Queue* const queue = turn.find(address);
  if (queue == nullptr) {
    return no_such_queue();
  }
  for (const auto& [name, value] : set) {
    queue->tags[name] = value;
  }
  for (const std::string& name : removed) {
    queue->tags.erase(name);
  }
  return {};
}

std::vector<QueueStore::Listed> QueueStore::list(std::string_view tenant, std::string_view prefix) {
  const auto state = state_.lock();
  std::vector<Listed> listed;
  for (auto at = state->queues.lower_bound(Key(tenant, prefix));
       at != state->queues.end() && at->first.first == tenant &&
       at->first.second.starts_with(prefix);
       ++at) {
    listed.push_back({at->second.name, at->second.arn});
  }
  return listed;
}

QueueResult<std::vector<QueueStore::Listed>> QueueStore::sources_of(QueueAddress address) {
  TRY(const Listed target, find(address));
  std::vector<Listed> sources;
  const auto state = state_.lock();
  for (const auto& [key, queue] : state->queues) {
    const auto& redrive = queue.settings.redrive();
    if (key.first == address.tenant && redrive.has_value() &&
        redrive->dead_letter_arn == target.arn) {
      sources.push_back({queue.name, queue.arn});
    }
  }
  return sources;
}

QueueResult<QueueStore::Listed> QueueStore::find(QueueAddress address) {
  Turn turn(*this);
  const Queue* const queue = turn.find(address);
  if (queue == nullptr) {
    return no_such_queue();
  }
  return Listed{queue->name, queue->arn};
}

QueueResult<SentMessage> QueueStore::send(QueueAddress address, OutgoingMessage message) {
  Turn turn(*this);
  Queue* const queue = turn.find(address);
  if (queue == nullptr) {
    return no_such_queue();
  }
  TRY_VOID(queue->check(message, false));
  SentMessage sent = queue->put(std::move(message), turn.now, (*turn.state)->random);
  serve_waiters(turn, Key(address.tenant, address.name), *queue);
  return sent;
}

QueueResult<std::vector<QueueResult<SentMessage>>> QueueStore::send_all(
    QueueAddress address, std::vector<OutgoingMessage> messages) {
  Turn turn(*this);
  Queue* const queue = turn.find(address);
  if (queue == nullptr) {
    return no_such_queue();
  }
  if (queue->settings.fifo()) {
    // Source: LS:test_send_batch_missing_message_group_id_for_fifo_queue and
    // …_deduplication_id_…: these refuse the batch, not the entry.
    for (const OutgoingMessage& message : messages) {
      if (auto checked = queue->check(message, true);
          !checked &&
          (!message.group_id.has_value() || (!message.deduplication_id.has_value() &&
                                             !queue->settings.content_based_deduplication()))) {
        return queue_error(QueueErrorKind::kInvalidParameterValueException,
                           std::move(checked.error().message));
      }
    }
  }
  std::vector<QueueResult<SentMessage>> outcomes;
  for (OutgoingMessage& message : messages) {
    if (auto checked = queue->check(message, true); !checked) {
      outcomes.emplace_back(Unexpected{std::move(checked).error()});
    } else {
      outcomes.emplace_back(queue->put(std::move(message), turn.now, (*turn.state)->random));
    }
  }
  serve_waiters(turn, Key(address.tenant, address.name), *queue);
  return outcomes;
}

/// Receives from `queue`; what was received too often goes to its dead-letter queue, whose waiters
/// may have it. A dead-letter queue that was deleted meanwhile loses nothing: the message is handed
/// out once more.
QueueResult<QueueStore::Received> QueueStore::take_for(Turn& turn, const Key& key, Queue& queue,
                                                       const ReceiveRequest& request) {
  Queue* dead_letters = nullptr;
  Key dead_key;
  if (queue.settings.redrive().has_value()) {
    const std::string& arn = queue.settings.redrive()->dead_letter_arn;
    dead_key = Key(key.first, arn.substr(arn.rfind(':') + 1));
    dead_letters = turn.find(dead_key);
  }
  std::vector<StoredMessage> dead;
  auto received = queue.receive(request, turn.now, dead_letters == nullptr ? nullptr : &dead);
  for (StoredMessage& message : dead) {
    dead_letters->put_dead(std::move(message), queue.arn, turn.now);
  }
  if (!dead.empty() && dead_letters != &queue) {
    serve_waiters(turn, dead_key, *dead_letters);
  }
  return received;
}

/// First come, first served.
void QueueStore::serve_waiters(Turn& turn, const Key& key, Queue& queue) {
  // A dead-letter queue's waiters are served on the way, and may be this queue's.
  for (std::size_t left = queue.waiters.size(); left > 0 && !queue.waiters.empty(); --left) {
    Queue::Waiter waiter = std::move(queue.waiters.front());
    queue.waiters.pop_front();
    if (waiter.gone && waiter.gone()) {
      continue;
    }
    auto received = take_for(turn, key, queue, waiter.request);
    if (!received || !received->empty() || waiter.until <= turn.now) {
      turn.deliveries.push_back({std::move(waiter.told), std::move(received)});
    } else {
      queue.waiters.push_back(std::move(waiter));
    }
  }
  look_after_waiters(key, queue);
}

/// Has the scheduler come back when something may be there for a waiter.
void QueueStore::look_after_waiters(const Key& key, Queue& queue) {
  if (queue.waiters.empty()) {
    return;
  }
  const Microseconds next = queue.next_event();
  if (queue.wake_at.has_value() && *queue.wake_at <= next) {
    return;
  }
  queue.wake_at = next;
  scheduler_.at(next, [store = weak_from_this(), key](Microseconds) {
    if (const auto held = store.lock(); held != nullptr) {
      Turn turn(*held);
      if (Queue* const found = turn.find(key); found != nullptr) {
        found->wake_at.reset();
        held->serve_waiters(turn, key, *found);
      }
    }
  });
}

QueueResult<QueueStore::Received> QueueStore::receive(QueueAddress address,
                                                      const ReceiveRequest& request) {
  TRY_VOID(check_receive(request));
  Turn turn(*this);
  Queue* const queue = turn.find(address);
  if (queue == nullptr) {
    return no_such_queue();
  }
  return take_for(turn, Key(address.tenant, address.name), *queue, request);
}

void QueueStore::receive_by(QueueAddress address, const ReceiveRequest& request, Microseconds until,
                            Queue::Told told, std::function<bool()> gone) {
  if (auto checked = check_receive(request); !checked) {
    told(Unexpected{std::move(checked).error()});
    return;
  }
  Turn turn(*this);
  Queue* const queue = turn.find(address);
  if (queue == nullptr) {
    turn.deliveries.push_back({std::move(told), no_such_queue()});
    return;
  }
  const Key key(address.tenant, address.name);
  auto received = take_for(turn, key, *queue, request);
  if (!received || !received->empty() || until <= turn.now) {
    turn.deliveries.push_back({std::move(told), std::move(received)});
    return;
  }
  queue->waiters.push_back({request, until, std::move(told), std::move(gone)});
  look_after_waiters(key, *queue);
}

QueueResult<std::int64_t> QueueStore::default_wait(QueueAddress address) {
  Turn turn(*this);
  const Queue* const queue = turn.find(address);
  if (queue == nullptr) {
    return no_such_queue();
  }
  return queue->settings.number("ReceiveMessageWaitTimeSeconds");
}

QueueResult<void> QueueStore::remove(QueueAddress address, std::string_view receipt_handle) {
  Turn turn(*this);
  Queue* const queue = turn.find(address);
  if (queue == nullptr) {
    return no_such_queue();
  }
  TRY_VOID(queue->remove(receipt_handle));
  // The next of a FIFO queue's group may be free now.
  serve_waiters(turn, Key(address.tenant, address.name), *queue);
  return {};
}

QueueResult<void> QueueStore::change_visibility(QueueAddress address,
                                                std::string_view receipt_handle,
                                                std::int64_t seconds) {
  Turn turn(*this);
  Queue* const queue = turn.find(address);
  if (queue == nullptr) {
    return no_such_queue();
  }
  TRY_VOID(queue->change_visibility(receipt_handle, seconds, turn.now));
  serve_waiters(turn, Key(address.tenant, address.name), *queue);
  return {};
}

QueueResult<QueueDepth> QueueStore::depth(QueueAddress address) {
  Turn turn(*this);
  const Queue* const queue = turn.find(address);
  if (queue == nullptr) {
    return no_such_queue();
  }
  return queue->depth(turn.now);
}

void QueueStore::reset(std::string_view tenant) {
  Turn turn(*this);
  auto& queues = (*turn.state)->queues;
  for (auto at = queues.begin(); at != queues.end();) {
    if (!tenant.empty() && at->first.first != tenant) {
      ++at;
      continue;
    }
    for (Queue::Waiter& waiter : at->second.waiters) {
      turn.deliveries.push_back({std::move(waiter.told), Received{}});
    }
    at = queues.erase(at);
  }
  std::erase_if((*turn.state)->deleted,
                [&](const auto& entry) { return tenant.empty() || entry.first.first == tenant; });
}

}  // namespace understudy
