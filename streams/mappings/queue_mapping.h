// QueueSourceMapping: carries the messages of a queue to a function. What the function has taken is
// deleted; what it has not comes again when its visibility time-out is over, until the queue's own
// redrive policy moves it away. Several pollers at once: a queue has no order to keep.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "streams/mappings/mapping.h"
#include "streams/mappings/message_source.h"

namespace understudy {

/// Source: Lambda developer guide: "Lambda starts processing five batches at a time".
inline constexpr std::size_t kQueuePollers = 5;

class QueueSourceMapping final : public Mapping,
                                 public std::enable_shared_from_this<QueueSourceMapping> {
 public:
  /// `context.queues` is not null.
  QueueSourceMapping(const MappingContext& context, std::string id, MappingSettings settings);

  Expected<void, SourceError> start() override;
  void stop() override;
  void update(MappingSettings settings) override;
  [[nodiscard]] const std::string& id() const override { return id_; }
  [[nodiscard]] MappingSettings settings() const override;
  [[nodiscard]] MappingCounters counters() const override;
  [[nodiscard]] std::string last_result() const override;

 private:
  struct Batch {
    std::vector<SourceMessage> messages;
    Microseconds window_end = 0;
  };
  using BatchRef = std::shared_ptr<Batch>;

  void begin_pollers();
  /// Makes an appointment, so that long queues do not become deep stacks.
  void poll_at(Microseconds due, const BatchRef& batch);
  void poll(const BatchRef& batch);
  void on_messages(const BatchRef& batch, Microseconds until, std::vector<SourceMessage> messages);
  void invoke(const BatchRef& batch);
  void on_result(const Batch& batch, const FunctionResult& result);

  const MappingContext context_;
  const std::string id_;
  mutable std::mutex mutex_;
  MappingSettings settings_;
  MappingCounters counters_;
  std::string last_result_ = "No records processed";
  std::size_t pollers_ = 0;
  bool stopped_ = false;
};

}  // namespace understudy
