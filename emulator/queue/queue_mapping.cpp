#include "emulator/queue/queue_mapping.h"

#include <set>
#include <utility>

#include "emulator/api/engine.h"
#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/buffer.h"
#include "emulator/base/guarded.h"
#include "emulator/base/json.h"
#include "emulator/clock/scheduler.h"

namespace understudy {
namespace {

constexpr Microseconds kPoll = 20'000'000;

void write_text(JsonWriter& out, std::string_view name, std::string_view value) {
  out.key(name);
  out.string(value);
}

void write_message_attributes(JsonWriter& out, const ReceivedMessage& message) {
  out.key("messageAttributes");
  out.begin_object();
  for (const MessageAttribute& attribute : message.attributes) {
    out.user_key(attribute.name);
    out.begin_object();
    if (attribute.is_binary()) {
      std::string text(base64_encoded_bytes(attribute.value.size()), '\0');
      encode_base64(attribute.value, text.data());
      write_text(out, "binaryValue", text);
    } else {
      write_text(out, "stringValue", attribute.value);
    }
    out.key("stringListValues");
    out.raw("[]");
    out.key("binaryListValues");
    out.raw("[]");
    write_text(out, "dataType", attribute.data_type);
    out.end_object();
  }
  out.end_object();
}

void write_attributes(JsonWriter& out, const ReceivedMessage& message) {
  const std::pair<std::string_view, std::string> all[] = {
      {"ApproximateReceiveCount", std::to_string(message.receive_count)},
      {"SentTimestamp", std::to_string(message.sent / 1000)},
      {"SequenceNumber", message.sequence_number},
      {"MessageGroupId", message.group_id.value_or("")},
      {"SenderId", message.sender_id},
      {"MessageDeduplicationId", message.deduplication_id.value_or("")},
      {"AWSTraceHeader", message.trace_header.value_or("")},
      {"DeadLetterQueueSourceArn", message.dead_letter_source},
      {"ApproximateFirstReceiveTimestamp", std::to_string(message.first_received / 1000)},
  };
  out.key("attributes");
  out.begin_object();
  for (const auto& [name, value] : all) {
    if (!value.empty()) {
      write_text(out, name, value);
    }
  }
  out.end_object();
}

/// Ids of the messages that failed; nullopt: the answer makes no sense, so all of them did.
/// Source: Lambda developer guide, "Reporting batch item failures".
std::optional<std::set<std::string>> failed_items(const std::string& answer) {
  std::set<std::string> failed;
  Arena arena;
  const auto body = parse_json(answer.empty() ? "{}" : std::string_view(answer), arena);
  if (!body) {
    return std::nullopt;
  }
  const JsonNode* const list = body->find("batchItemFailures");
  if (list == nullptr) {
    return failed;
  }
  if (!list->is(JsonKind::kArray)) {
    return std::nullopt;
  }
  for (const JsonNode& item : list->elements()) {
    const JsonNode* const id = item.find("itemIdentifier");
    if (id == nullptr || !id->is(JsonKind::kString) || id->text().empty()) {
      return std::nullopt;
    }
    failed.emplace(id->text());
  }
  return failed;
}

}  // namespace

std::string queue_event_json(const QueueService::Received& messages, std::string_view queue_arn) {
  const std::string_view behind_service = queue_arn.substr(std::string_view("arn:aws:sqs:").size());
  const std::string_view region = behind_service.substr(0, behind_service.find(':'));
  Buffer text;
  JsonWriter out(text);
  out.begin_object();
  out.key("Records");
  out.begin_array();
  for (const ReceivedMessage& message : messages) {
    out.begin_object();
    write_text(out, "messageId", message.message_id);
    write_text(out, "receiptHandle", message.receipt_handle);
    write_text(out, "body", message.body);
    write_attributes(out, message);
    write_message_attributes(out, message);
    write_text(out, "md5OfBody", md5_of_text(message.body));
    write_text(out, "eventSource", "aws:sqs");
    write_text(out, "eventSourceARN", queue_arn);
    write_text(out, "awsRegion", region);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return std::string(text.view());
}

struct QueueMapping::State : std::enable_shared_from_this<State> {
  State(Engine& given_engine, QueueService& given_queues, const QueueRef& queue,
        const QueueMappingOptions& given_options, Target given_target)
      : engine(given_engine),
        queues(given_queues),
        which(queue.which),
        tenant(queue.tenant),
        options(given_options),
        target(std::move(given_target)) {}

  [[nodiscard]] QueueRef queue() const { return {which, tenant}; }

  /// As due work, so that a target that answers at once does not make the stack grow.
  void poll_at(Microseconds when) {
    engine.scheduler().at(when, [self = weak_from_this()](Microseconds now) {
      if (const auto state = self.lock(); state != nullptr) {
        state->poll(now);
      }
    });
  }

  void poll(Microseconds now) {
    queues.receive_by(
        queue(), {.messages_max = options.batch_size}, now + kPoll,
        [self = weak_from_this()](QueueResult<QueueService::Received> received) {
          if (const auto state = self.lock(); state != nullptr) {
            state->take(std::move(received));
          }
        },
        [self = weak_from_this()] { return self.expired(); });
  }

  void take(QueueResult<QueueService::Received> received) {
    if (!received) {
      poll_at(engine.clock().now() + kPoll);
      return;
    }
    if (received->empty()) {
      // A queue that was deleted answers at once: look again later, not at once.
      const bool there = queues.depth(queue()).has_value();
      poll_at(engine.clock().now() + (there ? 0 : kPoll));
      return;
    }
    const auto attributes = queues.attributes(queue());
    const std::string arn = attributes ? attributes->find("QueueArn")->second : which;
    ++counters.lock()->batches;
    std::string event = queue_event_json(*received, arn);
    target(std::move(event), [self = weak_from_this(), messages = *std::move(received)](
                                 bool succeeded, const std::string& answer) {
      if (const auto state = self.lock(); state != nullptr) {
        state->finish(messages, succeeded, answer);
      }
    });
  }

  void finish(const QueueService::Received& messages, bool succeeded, const std::string& answer) {
    std::optional<std::set<std::string>> failed = std::set<std::string>();
    if (!succeeded) {
      failed = std::nullopt;
    } else if (options.report_item_failures) {
      failed = failed_items(answer);
    }
    std::int64_t removed = 0;
    for (const ReceivedMessage& message : messages) {
      if (failed.has_value() && !failed->contains(message.message_id)) {
        (void)queues.remove(queue(), message.receipt_handle);
        ++removed;
      }
    }
    {
      const auto counted = counters.lock();
      counted->removed += removed;
      counted->failed += static_cast<std::int64_t>(messages.size()) - removed;
    }
    poll_at(engine.clock().now());
  }

  Engine& engine;
  QueueService& queues;
  const std::string which;
  const std::string tenant;
  const QueueMappingOptions options;
  const Target target;
  Guarded<QueueMappingCounters> counters;
};

QueueMapping::QueueMapping(Engine& engine, QueueService& queues, const QueueRef& queue,
                           const QueueMappingOptions& options, Target target)
    : state_(std::make_shared<State>(engine, queues, queue, options, std::move(target))) {
  for (std::int64_t i = 0; i < options.concurrency; ++i) {
    state_->poll_at(engine.clock().now());
  }
}

QueueMapping::~QueueMapping() = default;

QueueMappingCounters QueueMapping::counters() const {
  return *state_->counters.lock();
}

}  // namespace understudy
