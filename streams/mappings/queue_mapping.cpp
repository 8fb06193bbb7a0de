#include "streams/mappings/queue_mapping.h"

#include <algorithm>
#include <optional>

#include "emulator/base/arena.h"
#include "emulator/clock/scheduler.h"

namespace understudy {
namespace {

constexpr Microseconds kLongPoll = 20 * kSecond;
constexpr std::size_t kReceiveMax = 10;

/// A body that is JSON is matched as such. Source: Lambda developer guide, "Properly filtering
/// Amazon SQS messages".
bool passes(const MappingSettings& settings, const SourceMessage& message) {
  if (settings.filters.empty()) {
    return true;
  }
  Arena arena;
  Buffer text;
  JsonWriter out(text);
  out.begin_object();
  out.key("body");
  const auto body = parse_json(message.body, arena);
  if (body && body->is(JsonKind::kObject)) {
    out.raw(message.body);
  } else {
    out.string(message.body);
  }
  out.end_object();
  return passes_filters(settings, text.view());
}

std::string event_of(const std::vector<SourceMessage>& messages) {
  Buffer text;
  JsonWriter out(text);
  out.begin_object();
  out.key("Records");
  out.begin_array();
  for (const SourceMessage& message : messages) {
    out.raw(message.json);
  }
  out.end_array();
  out.end_object();
  return std::string(text.view());
}

/// Ids of messages that the function reports as failed; nullopt: all of them.
std::optional<std::vector<std::string>> reported(std::string_view payload,
                                                 const std::vector<SourceMessage>& messages) {
  std::vector<std::string> failed;
  Arena arena;
  const auto parsed = parse_json(payload, arena);
  const JsonNode* const failures = parsed ? parsed->find("batchItemFailures") : nullptr;
  if (failures == nullptr) {
    return failed;
  }
  if (!failures->is(JsonKind::kArray)) {
    return std::nullopt;
  }
  for (const JsonNode& failure : failures->elements()) {
    const JsonNode* const id = failure.find("itemIdentifier");
    if (id == nullptr || !id->is(JsonKind::kString) ||
        std::ranges::none_of(
            messages, [&](const SourceMessage& message) { return message.id == id->text(); })) {
      return std::nullopt;
    }
    failed.emplace_back(id->text());
  }
  return failed;
}

}  // namespace

QueueSourceMapping::QueueSourceMapping(const MappingContext& context, std::string id,
                                       MappingSettings settings)
    : context_(context), id_(std::move(id)), settings_(std::move(settings)) {}

Expected<void, SourceError> QueueSourceMapping::start() {
  if (!context_.queues->exists(settings_.source_arn)) {
    return Unexpected{SourceError::kNotFound};
  }
  begin_pollers();
  return {};
}

void QueueSourceMapping::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

void QueueSourceMapping::update(MappingSettings settings) {
  {
    const std::lock_guard lock(mutex_);
    settings_ = std::move(settings);
  }
  begin_pollers();
}

MappingSettings QueueSourceMapping::settings() const {
  const std::lock_guard lock(mutex_);
  return settings_;
}

MappingCounters QueueSourceMapping::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

std::string QueueSourceMapping::last_result() const {
  const std::lock_guard lock(mutex_);
  return last_result_;
}

void QueueSourceMapping::begin_pollers() {
  std::size_t missing = 0;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t wanted = settings_.concurrency_max > 0
                                   ? static_cast<std::size_t>(settings_.concurrency_max)
                                   : kQueuePollers;
    missing = settings_.enabled && wanted > pollers_ ? wanted - pollers_ : 0;
    pollers_ += missing;
  }
  for (; missing > 0; --missing) {
    poll_at(context_.clock.now(), std::make_shared<Batch>());
  }
}

void QueueSourceMapping::poll_at(Microseconds due, const BatchRef& batch) {
  context_.scheduler.at(due, [weak = weak_from_this(), batch](Microseconds /*due*/) {
    if (const auto self = weak.lock()) {
      self->poll(batch);
    }
  });
}

void QueueSourceMapping::poll(const BatchRef& batch) {
  MappingSettings settings;
  bool stopped = false;
  {
    const std::lock_guard lock(mutex_);
    settings = settings_;
    stopped = stopped_;
    if ((stopped || !settings.enabled) && batch->messages.empty()) {
      --pollers_;
      return;
    }
  }
  const std::size_t room = static_cast<std::size_t>(settings.batch_size) - batch->messages.size();
  const Microseconds until =
      batch->messages.empty() ? context_.clock.now() + kLongPoll : batch->window_end;
  context_.queues->receive(
      settings.source_arn, std::min(room, kReceiveMax), until,
      [weak = weak_from_this(), batch, until](std::vector<SourceMessage> messages) {
        if (const auto self = weak.lock()) {
          self->on_messages(batch, until, std::move(messages));
        }
      });
}

void QueueSourceMapping::on_messages(const BatchRef& batch, Microseconds until,
                                     std::vector<SourceMessage> messages) {
  const MappingSettings now_settings = settings();
  const Microseconds now = context_.clock.now();
  if (batch->messages.empty()) {
    batch->window_end = now + now_settings.window_seconds * kSecond;
  }
  std::uint64_t filtered = 0;
  const std::uint64_t read = messages.size();
  for (SourceMessage& message : messages) {
    if (passes(now_settings, message)) {
      batch->messages.push_back(std::move(message));
    } else {
      context_.queues->remove(now_settings.source_arn, message.receipt_handle);
      ++filtered;
    }
  }
  {
    const std::lock_guard lock(mutex_);
    counters_.records_read += read;
    counters_.records_filtered += filtered;
  }
  const bool full = static_cast<std::int64_t>(batch->messages.size()) >= now_settings.batch_size;
  if (batch->messages.empty() || (!full && now < batch->window_end)) {
    // Nothing although there was time: the queue is gone, for now.
    poll_at(read == 0 && now < until ? now + kSecond : now, batch);
  } else {
    invoke(batch);
  }
}

void QueueSourceMapping::invoke(const BatchRef& batch) {
  std::string function;
  {
    const std::lock_guard lock(mutex_);
    ++counters_.invocations;
    function = settings_.function_name;
  }
  FunctionInvocation invocation;
  invocation.payload = event_of(batch->messages);
  context_.functions.invoke(function, std::move(invocation),
                            [weak = weak_from_this(), batch](const FunctionResult& result) {
                              if (const auto self = weak.lock()) {
                                self->on_result(*batch, result);
                                self->poll_at(self->context_.clock.now(),
                                              std::make_shared<Batch>());
                              }
                            });
}

void QueueSourceMapping::on_result(const Batch& batch, const FunctionResult& result) {
  const MappingSettings now_settings = settings();
  const bool returned = result.outcome == FunctionResult::Outcome::kReturned;
  std::optional<std::vector<std::string>> failed;
  if (returned) {
    failed = now_settings.report_item_failures ? reported(result.payload, batch.messages)
                                               : std::vector<std::string>();
  }
  std::uint64_t delivered = 0;
  if (failed.has_value()) {
    for (const SourceMessage& message : batch.messages) {
      if (std::ranges::find(*failed, message.id) == failed->end()) {
        context_.queues->remove(now_settings.source_arn, message.receipt_handle);
        ++delivered;
      }
    }
  }
  const std::lock_guard lock(mutex_);
  counters_.records_delivered += delivered;
  counters_.failures += delivered == batch.messages.size() ? 0 : 1;
  last_result_ = returned ? "OK" : "PROBLEM: Function call failed";
}

}  // namespace understudy
