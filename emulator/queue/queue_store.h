// QueueStore: all queues behind one lock, and the long polls that wait on them. What the wire and
// the C++ interface of QueueService share. Thread-safe; calls back only after the lock is let go.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/base/guarded.h"
#include "emulator/base/random.h"
#include "emulator/clock/clock.h"
#include "emulator/queue/queue.h"
#include "emulator/table/scope.h"

namespace understudy {

class Scheduler;

struct QueueAddress {
  std::string_view name;
  std::string_view tenant;
};

class QueueStore : public std::enable_shared_from_this<QueueStore> {
 public:
  using Attributes = QueueSettings::Attributes;
  using Tags = std::map<std::string, std::string, std::less<>>;
  using Received = std::vector<ReceivedMessage>;

  /// Clock and scheduler must outlive this. `waits_as_aws`: a deleted queue's name is taken for
  /// 60 s, a purge is refused within 60 s of another.
  QueueStore(Clock& clock, Scheduler& scheduler, Random random, bool waits_as_aws);

  /// The ARN.
  QueueResult<std::string> create(const Scope& scope, std::string_view name,
                                  const Attributes& attributes, const Tags& tags);
  QueueResult<void> set_attributes(QueueAddress queue, const Attributes& attributes);
  QueueResult<Attributes> attributes(QueueAddress queue);
  QueueResult<void> destroy(QueueAddress queue);
  QueueResult<void> purge(QueueAddress queue);
  QueueResult<Tags> tags(QueueAddress queue);
  /// Sets those, and takes away the others.
  QueueResult<void> change_tags(QueueAddress queue, const Tags& set,
                                const std::vector<std::string>& removed);

  struct Listed {
    std::string name;
    std::string arn;
  };
  /// Those of a tenant whose names begin so, by name.
  std::vector<Listed> list(std::string_view tenant, std::string_view prefix);
  /// Those whose dead letters go to `queue`, by name.
  QueueResult<std::vector<Listed>> sources_of(QueueAddress queue);
  QueueResult<Listed> find(QueueAddress queue);

  QueueResult<SentMessage> send(QueueAddress queue, OutgoingMessage message);
  /// The outcome of each, in order; an error of all: the batch as such was refused.
  QueueResult<std::vector<QueueResult<SentMessage>>> send_all(
      QueueAddress queue, std::vector<OutgoingMessage> messages);
  /// What is there now.
  QueueResult<Received> receive(QueueAddress queue, const ReceiveRequest& request);
  /// As QueueService::receive_by. `gone`: tells when nobody waits any more; empty: never.
  void receive_by(QueueAddress queue, const ReceiveRequest& request, Microseconds until,
                  Queue::Told told, std::function<bool()> gone = {});
  /// How long a receiver waits who does not say. Seconds.
  QueueResult<std::int64_t> default_wait(QueueAddress queue);
  QueueResult<void> remove(QueueAddress queue, std::string_view receipt_handle);
  QueueResult<void> change_visibility(QueueAddress queue, std::string_view receipt_handle,
                                      std::int64_t seconds);
  QueueResult<QueueDepth> depth(QueueAddress queue);
  /// An empty tenant: all.
  void reset(std::string_view tenant);

 private:
  using Key = std::pair<std::string, std::string>;  ///< tenant, name
  struct State {
    explicit State(Random given) : random(given) {}
    Random random;
    std::map<Key, Queue> queues;
    std::map<Key, Microseconds> deleted;  ///< when
  };
  struct Delivery {
    Queue::Told told;
    QueueResult<Received> received;
  };
  class Turn;

  QueueResult<void> check_redrive(State& state, std::string_view tenant,
                                  const QueueSettings& settings);
  QueueResult<Received> take_for(Turn& turn, const Key& key, Queue& queue,
                                 const ReceiveRequest& request);
  void serve_waiters(Turn& turn, const Key& key, Queue& queue);
  void look_after_waiters(const Key& key, Queue& queue);

  Clock& clock_;
  Scheduler& scheduler_;
  const bool waits_as_aws_;
  Guarded<State> state_;
};

}  // namespace understudy
