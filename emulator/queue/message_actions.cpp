// Actions on messages.
#include <algorithm>
#include <string>

#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/queue/message_checks.h"
#include "emulator/queue/queue_call.h"

namespace understudy {
namespace {

/// Which attributes of the messages a receiver wants to see.
struct Wanted {
  std::vector<std::string> system_names;
  std::vector<std::string> names;

  [[nodiscard]] bool system(std::string_view name) const {
    return std::ranges::any_of(system_names,
                               [&](const auto& one) { return one == name || one == "All"; });
  }
  /// "All" and ".*" are all; "foo.*" is all that begin with "foo".
  /// Source: LS:test_receive_message_message_attribute_names_filters.
  [[nodiscard]] bool attribute(std::string_view name) const {
    return std::ranges::any_of(names, [&](const std::string& one) {
      return one == name || one == "All" || one == "*" ||
             (one.ends_with(".*") &&
              name.starts_with(std::string_view(one).substr(0, one.size() - 2)));
    });
  }
};

QueueResult<std::vector<MessageAttribute>> read_attributes(const QueueCall& call) {
  std::vector<MessageAttribute> attributes;
  const JsonNode* const member = call.input.find("MessageAttributes");
  if (member == nullptr) {
    return attributes;
  }
  if (!member->is(JsonKind::kObject)) {
    return queue_error(QueueErrorKind::kSerializationException, "");
  }
  for (const JsonMember& entry : member->members()) {
    const QueueCall value = call.with(entry.value);
    TRY(const auto type, value.text("DataType"));
    TRY(const auto text, value.text("StringValue"));
    TRY(const auto binary, value.text("BinaryValue"));
    MessageAttribute attribute{std::string(entry.name), std::string(type.value_or("")), {}};
    if (attribute.is_binary()) {
      Arena arena;
      const auto bytes = decode_base64(binary.value_or(""), arena);
      if (!bytes) {
        return queue_error(QueueErrorKind::kSerializationException, "");
      }
      attribute.value = *bytes;
    } else {
      attribute.value = text.value_or("");
    }
    attributes.push_back(std::move(attribute));
  }
  return attributes;
}

QueueResult<std::optional<std::string>> read_trace_header(const QueueCall& call) {
  const JsonNode* const member = call.input.find("MessageSystemAttributes");
  if (member == nullptr) {
    return std::optional<std::string>{};
  }
  const JsonNode* const header = member->find("AWSTraceHeader");
  if (header == nullptr || member->size != 1) {
    // Assumed: the wording.
    return queue_error(QueueErrorKind::kInvalidParameterValueException,
                       "The only message system attribute that can be sent is AWSTraceHeader.");
  }
  TRY(const auto text, call.with(*header).text("StringValue"));
  return std::optional<std::string>(text.value_or(""));
}

std::optional<std::string> owned(const std::optional<std::string_view>& text) {
  return text.has_value() ? std::optional<std::string>(*text) : std::nullopt;
}

std::string milliseconds_text(Microseconds moment) {
  return std::to_string(moment / 1000);
}

void write_system_attributes(JsonWriter& out, const ReceivedMessage& message,
                             const Wanted& wanted) {
  const std::pair<std::string_view, std::string> all[] = {
      {"SenderId", message.sender_id},
      {"SentTimestamp", milliseconds_text(message.sent)},
      {"ApproximateReceiveCount", std::to_string(message.receive_count)},
      {"ApproximateFirstReceiveTimestamp", milliseconds_text(message.first_received)},
      {"SequenceNumber", message.sequence_number},
      {"MessageDeduplicationId", message.deduplication_id.value_or("")},
      {"MessageGroupId", message.group_id.value_or("")},
      {"AWSTraceHeader", message.trace_header.value_or("")},
      {"DeadLetterQueueSourceArn", message.dead_letter_source},
  };
  bool begun = false;
  for (const auto& [name, value] : all) {
    if (value.empty() || !wanted.system(name)) {
      continue;
    }
    if (!begun) {
      out.key("Attributes");
      out.begin_object();
      begun = true;
    }
    out.key(name);
    out.string(value);
  }
  if (begun) {
    out.end_object();
  }
}

void write_attributes(JsonWriter& out, const ReceivedMessage& message, const Wanted& wanted) {
  std::vector<MessageAttribute> shown;
  std::ranges::copy_if(message.attributes, std::back_inserter(shown),
                       [&](const auto& one) { return wanted.attribute(one.name); });
  if (shown.empty()) {
    return;
  }
  out.key("MD5OfMessageAttributes");
  out.string(md5_of_attributes(shown));
  out.key("MessageAttributes");
  out.begin_object();
  for (const MessageAttribute& attribute : shown) {
    out.user_key(attribute.name);
    out.begin_object();
    if (attribute.is_binary()) {
      std::string text(base64_encoded_bytes(attribute.value.size()), '\0');
      encode_base64(attribute.value, text.data());
      out.key("BinaryValue");
      out.string(text);
    } else {
      out.key("StringValue");
      out.string(attribute.value);
    }
    out.key("DataType");
    out.string(attribute.data_type);
    out.end_object();
  }
  out.end_object();
}

void write_received(Buffer& body, const QueueStore::Received& received, const Wanted& wanted) {
  JsonWriter out(body);
  out.begin_object();
  if (!received.empty()) {
    out.key("Messages");
    out.begin_array();
    for (const ReceivedMessage& message : received) {
      out.begin_object();
      out.key("MessageId");
      out.string(message.message_id);
      out.key("ReceiptHandle");
      out.string(message.receipt_handle);
      out.key("MD5OfBody");
      out.string(md5_of_text(message.body));
      out.key("Body");
      out.string(message.body);
      write_system_attributes(out, message, wanted);
      write_attributes(out, message, wanted);
      out.end_object();
    }
    out.end_array();
  }
  out.end_object();
}

/// The answer to a long poll.
void complete(LateAnswer& late, const QueueResult<QueueStore::Received>& received,
              const Wanted& wanted, bool query_mode) {
  LateAnswer::Content content;
  content.content_type = kQueueContentType;
  if (received) {
    Buffer body;
    write_received(body, *received, wanted);
    content.body = body.view();
  } else {
    QueueErrorAnswer answer = answer_of(received.error(), query_mode);
    content.status = answer.status;
    content.body = std::move(answer.body);
    content.extra_headers = std::move(answer.headers);
  }
  late.complete(std::move(content));
}

}  // namespace

QueueResult<OutgoingMessage> read_outgoing_message(const QueueCall& call) {
  OutgoingMessage message;
  TRY(const auto body, call.text("MessageBody"));
  TRY(message.delay_seconds, call.integer("DelaySeconds"));
  TRY(message.attributes, read_attributes(call));
  TRY(message.trace_header, read_trace_header(call));
  TRY(const auto group, call.text("MessageGroupId"));
  TRY(const auto deduplication, call.text("MessageDeduplicationId"));
  message.body = body.value_or("");
  message.group_id = owned(group);
  message.deduplication_id = owned(deduplication);
  message.sender_id = call.scope.access_key.empty() ? call.scope.account : call.scope.access_key;
  return message;
}

QueueResult<void> send_message(QueueCall& call) {
  TRY(const QueueAddress queue, call.queue());
  TRY(OutgoingMessage message, read_outgoing_message(call));
  TRY(const SentMessage sent, call.store.send(queue, std::move(message)));
  JsonWriter out(call.body);
  out.begin_object();
  write_sent(out, sent);
  out.end_object();
  return {};
}

void write_sent(JsonWriter& out, const SentMessage& sent) {
  const std::pair<std::string_view, std::string_view> members[] = {
      {"MessageId", sent.message_id},
      {"MD5OfMessageBody", sent.md5_of_body},
      {"MD5OfMessageAttributes", sent.md5_of_attributes},
      {"MD5OfMessageSystemAttributes", sent.md5_of_system_attributes},
      {"SequenceNumber", sent.sequence_number},
  };
  for (const auto& [name, value] : members) {
    if (!value.empty()) {
      out.key(name);
      out.string(value);
    }
  }
}

QueueResult<void> receive_message(QueueCall& call) {
  TRY(const QueueAddress queue, call.queue());
  TRY(const auto most, call.integer("MaxNumberOfMessages"));
  ReceiveRequest request;
  request.messages_max = most.value_or(1);
  TRY(request.visibility_timeout_seconds, call.integer("VisibilityTimeout"));
  TRY(const auto wait, call.integer("WaitTimeSeconds"));
  if (wait.has_value()) {
    TRY_VOID(check_wait_time(*wait));
  }
  Wanted wanted;
  TRY(wanted.system_names, call.texts("MessageSystemAttributeNames"));
  TRY(const auto older_names, call.texts("AttributeNames"));
  wanted.system_names.insert(wanted.system_names.end(), older_names.begin(), older_names.end());
  TRY(wanted.names, call.texts("MessageAttributeNames"));

  TRY(const auto received, call.store.receive(queue, request));
  TRY(const std::int64_t default_wait, call.store.default_wait(queue));
  const std::int64_t wait_seconds = wait.value_or(default_wait);
  if (!received.empty() || wait_seconds == 0) {
    write_received(call.body, received, wanted);
    return {};
  }
  call.late = std::make_shared<LateAnswer>();
  call.store.receive_by(
      queue, request, call.now + wait_seconds * 1'000'000,
      [late = call.late, wanted = std::move(wanted),
       query_mode = call.query_mode](const QueueResult<QueueStore::Received>& later) {
        complete(*late, later, wanted, query_mode);
      },
      [late = std::weak_ptr<LateAnswer>(call.late)] {
        const auto held = late.lock();
        return held == nullptr || held->abandoned();
      });
  return {};
}

QueueResult<void> delete_message(QueueCall& call) {
  TRY(const QueueAddress queue, call.queue());
  TRY(const std::string_view handle, call.needed_text("ReceiptHandle"));
  return call.store.remove(queue, handle);
}

QueueResult<void> change_message_visibility(QueueCall& call) {
  TRY(const QueueAddress queue, call.queue());
  TRY(const std::string_view handle, call.needed_text("ReceiptHandle"));
  TRY(const auto seconds, call.integer("VisibilityTimeout"));
  if (!seconds.has_value()) {
    return queue_error(QueueErrorKind::kMissingRequiredParameterException,
                       "The request must contain the parameter VisibilityTimeout.");
  }
  return call.store.change_visibility(queue, handle, *seconds);
}

}  // namespace understudy
