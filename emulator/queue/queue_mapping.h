// QueueMapping: a queue's messages to a target, batch by batch, as Lambda's event source mappings
// of queues do it. A batch that succeeds is removed; of one that fails everything comes back after
// the visibility time-out, or only what the target names, where it reports failures item by item.
//
//   QueueMapping mapping(engine, queues, "work", {.batch_size = 10, .concurrency = 2},
//                        [&](std::string event, QueueMapping::Done done) { …; done(true, {}); });
//
// Thread-safe. What is under way when it ends is left to the visibility time-out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "emulator/queue/queue_service.h"

namespace understudy {

class Engine;

struct QueueMappingOptions {
  std::int64_t batch_size = 10;  ///< 1 to 10
  std::int64_t concurrency = 1;  ///< batches at a time
  /// The answer may name what failed: {"batchItemFailures": [{"itemIdentifier": "<messageId>"}]}.
  bool report_item_failures = false;
};

struct QueueMappingCounters {
  std::int64_t batches = 0;
  std::int64_t removed = 0;  ///< messages done
  std::int64_t failed = 0;   ///< messages that go back on the queue
};

class QueueMapping {
 public:
  /// Called once by the target, from any thread or before it returns. `answer`: JSON, or empty.
  using Done = std::function<void(bool succeeded, std::string answer)>;
  /// `event`: JSON, {"Records": […]}. Called from due work of the scheduler, or by who sends.
  using Target = std::function<void(std::string event, Done done)>;

  /// `engine` and `queues` must outlive it. Polls from now on, each time for 20 s; a queue that is
  /// not there (yet) is asked for again after that.
  QueueMapping(Engine& engine, QueueService& queues, const QueueRef& queue,
               const QueueMappingOptions& options, Target target);
  ~QueueMapping();
  QueueMapping(const QueueMapping&) = delete;
  QueueMapping& operator=(const QueueMapping&) = delete;

  [[nodiscard]] QueueMappingCounters counters() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// The event of a batch. Source: Lambda developer guide, "Using Lambda with Amazon SQS".
std::string queue_event_json(const QueueService::Received& messages, std::string_view queue_arn);

}  // namespace understudy
