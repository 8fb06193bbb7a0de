#include "emulator/server/queue_messages.h"

#include "emulator/base/base64.h"
#include "emulator/base/buffer.h"
#include "emulator/queue/queue_service.h"

namespace understudy {
namespace {

void text(JsonWriter& out, std::string_view name, std::string_view value) {
  out.key(name);
  out.string(value);
}

/// Source: Lambda developer guide, "Example standard queue message event".
std::string record_of(const ReceivedMessage& message, std::string_view queue,
                      std::string_view region) {
  Buffer buffer;
  JsonWriter out(buffer);
  out.begin_object();
  text(out, "messageId", message.message_id);
  text(out, "receiptHandle", message.receipt_handle);
  text(out, "body", message.body);
  out.key("attributes");
  out.begin_object();
  text(out, "ApproximateReceiveCount", std::to_string(message.receive_count));
  text(out, "SentTimestamp", std::to_string(message.sent / kMillisecond));
  text(out, "SenderId", message.sender_id);
  text(out, "ApproximateFirstReceiveTimestamp",
       std::to_string(message.first_received / kMillisecond));
  if (message.group_id.has_value()) {
    text(out, "MessageGroupId", *message.group_id);
    text(out, "SequenceNumber", message.sequence_number);
  }
  if (message.deduplication_id.has_value()) {
    text(out, "MessageDeduplicationId", *message.deduplication_id);
  }
  out.end_object();
  out.key("messageAttributes");
  out.begin_object();
  for (const MessageAttribute& attribute : message.attributes) {
    out.user_key(attribute.name);
    out.begin_object();
    if (attribute.is_binary()) {
      Buffer encoded;
      append_base64(encoded, attribute.value);
      text(out, "binaryValue", encoded.view());
    } else {
      text(out, "stringValue", attribute.value);
    }
    out.key("stringListValues");
    out.begin_array();
    out.end_array();
    out.key("binaryListValues");
    out.begin_array();
    out.end_array();
    text(out, "dataType", attribute.data_type);
    out.end_object();
  }
  out.end_object();
  text(out, "md5OfBody", md5_of_text(message.body));
  text(out, "eventSource", "aws:sqs");
  text(out, "eventSourceARN", queue);
  text(out, "awsRegion", region);
  out.end_object();
  return std::string(buffer.view());
}

}  // namespace

QueueMessages::QueueMessages(QueueService& queues, std::string region)
    : queues_(queues), region_(std::move(region)) {}

bool QueueMessages::exists(const std::string& queue) {
  return queues_.depth(QueueRef(queue)).has_value();
}

void QueueMessages::receive(const std::string& queue, std::size_t messages_max, Microseconds until,
                            Told told) {
  ReceiveRequest request;
  request.messages_max = static_cast<std::int64_t>(messages_max);
  queues_.receive_by(QueueRef(queue), request, until,
                     [queue, region = region_,
                      told = std::move(told)](const QueueResult<QueueService::Received>& received) {
                       std::vector<SourceMessage> messages;
                       if (received) {
                         for (const ReceivedMessage& message : *received) {
                           messages.push_back({message.message_id, message.receipt_handle,
                                               message.body, record_of(message, queue, region)});
                         }
                       }
                       told(std::move(messages));
                     });
}

void QueueMessages::remove(const std::string& queue, const std::string& receipt_handle) {
  // A message whose time-out has passed comes again: nothing to be done about it here.
  static_cast<void>(queues_.remove(QueueRef(queue), receipt_handle));
}

}  // namespace understudy
