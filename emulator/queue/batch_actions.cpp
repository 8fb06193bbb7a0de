// Actions on batches of messages: up to ten entries, each with an outcome of its own.
#include <set>
#include <string>

#include "emulator/queue/message_checks.h"
#include "emulator/queue/queue_call.h"

namespace understudy {
namespace {

constexpr std::size_t kEntriesMax = 10;
constexpr std::size_t kBatchBytesMax = 1'048'576;

struct Entry {
  std::string id;
  const JsonNode* input;
};

/// The entries, none of which is looked into further than its id. `shape`: what the service calls
/// an entry.
QueueResult<std::vector<Entry>> read_entries(const QueueCall& call, std::string_view shape) {
  const JsonNode* const member = call.input.find("Entries");
  if (member != nullptr && !member->is(JsonKind::kArray)) {
    return queue_error(QueueErrorKind::kSerializationException, "");
  }
  if (member == nullptr || member->elements().empty()) {
    return queue_error(QueueErrorKind::kEmptyBatchRequest,
                       "There should be at least one " + std::string(shape) + " in the request.");
  }
  if (member->elements().size() > kEntriesMax) {
    return queue_error(QueueErrorKind::kTooManyEntriesInBatchRequest,
                       "Maximum number of entries per request are 10. You have sent " +
                           std::to_string(member->elements().size()) + ".");
  }
  std::vector<Entry> entries;
  std::set<std::string> ids;
  for (const JsonNode& element : member->elements()) {
    TRY(const auto id, call.with(element).text("Id"));
    TRY_VOID(check_batch_entry_id(id.value_or("")));
    entries.push_back({std::string(*id), &element});
  }
  for (const Entry& entry : entries) {
    if (!ids.insert(entry.id).second) {
      return queue_error(QueueErrorKind::kBatchEntryIdsNotDistinct,
                         "Id " + entry.id + " repeated.");
    }
  }
  return entries;
}

/// Writes {"Successful": […], "Failed": […]}, each only where it has entries.
class Outcomes {
 public:
  void succeed(const std::string& id, const SentMessage* sent) {
    JsonWriter& out = successful_;
    out.begin_object();
    out.key("Id");
    out.string(id);
    if (sent != nullptr) {
      write_sent(out, *sent);
    }
    out.end_object();
  }

  void fail(const std::string& id, const QueueError& error) {
    const QueueErrorRow& row = queue_error_row(error.kind);
    JsonWriter& out = failed_;
    out.begin_object();
    out.key("Id");
    out.string(id);
    out.key("SenderFault");
    out.boolean(row.http_status < 500);
    out.key("Code");
    out.string(row.query_code);
    out.key("Message");
    out.string(error.message);
    out.end_object();
  }

  void write(Buffer& body) const {
    JsonWriter out(body);
    out.begin_object();
    for (const auto& [name, list] :
         {std::pair{"Successful", &successful_text_}, std::pair{"Failed", &failed_text_}}) {
      if (!list->empty()) {
        out.key(name);
        out.raw("[" + std::string(list->view()) + "]");
      }
    }
    out.end_object();
  }

 private:
  Buffer successful_text_;
  Buffer failed_text_;
  JsonWriter successful_{successful_text_};
  JsonWriter failed_{failed_text_};
};

}  // namespace

QueueResult<void> send_message_batch(QueueCall& call) {
  TRY(const QueueAddress queue, call.queue());
  TRY_VOID(call.store.find(queue));
  TRY(const auto entries, read_entries(call, "SendMessageBatchRequestEntry"));
  std::vector<OutgoingMessage> messages;
  std::size_t bytes = 0;
  for (const Entry& entry : entries) {
    TRY(OutgoingMessage message, read_outgoing_message(call.with(*entry.input)));
    bytes += message_size_bytes(message);
    messages.push_back(std::move(message));
  }
  if (bytes > kBatchBytesMax) {
    return queue_error(QueueErrorKind::kBatchRequestTooLong,
                       "Batch requests cannot be longer than " + std::to_string(kBatchBytesMax) +
                           " bytes. You have sent " + std::to_string(bytes) + " bytes.");
  }
  TRY(const auto sent, call.store.send_all(queue, std::move(messages)));
  Outcomes outcomes;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (sent[i]) {
      outcomes.succeed(entries[i].id, &*sent[i]);
    } else {
      outcomes.fail(entries[i].id, sent[i].error());
    }
  }
  outcomes.write(call.body);
  return {};
}

QueueResult<void> delete_message_batch(QueueCall& call) {
  TRY(const QueueAddress queue, call.queue());
  TRY_VOID(call.store.find(queue));
  TRY(const auto entries, read_entries(call, "DeleteMessageBatchRequestEntry"));
  Outcomes outcomes;
  for (const Entry& entry : entries) {
    TRY(const auto handle, call.with(*entry.input).text("ReceiptHandle"));
    const auto done = call.store.remove(queue, handle.value_or(""));
    if (done) {
      outcomes.succeed(entry.id, nullptr);
    } else {
      outcomes.fail(entry.id, done.error());
    }
  }
  outcomes.write(call.body);
  return {};
}

QueueResult<void> change_message_visibility_batch(QueueCall& call) {
  TRY(const QueueAddress queue, call.queue());
  TRY_VOID(call.store.find(queue));
  TRY(const auto entries, read_entries(call, "ChangeMessageVisibilityBatchRequestEntry"));
  Outcomes outcomes;
  for (const Entry& entry : entries) {
    const QueueCall input = call.with(*entry.input);
    TRY(const auto handle, input.text("ReceiptHandle"));
    TRY(const auto seconds, input.integer("VisibilityTimeout"));
    const auto done = call.store.change_visibility(queue, handle.value_or(""), seconds.value_or(0));
    if (done) {
      outcomes.succeed(entry.id, nullptr);
    } else {
      outcomes.fail(entry.id, done.error());
    }
  }
  outcomes.write(call.body);
  return {};
}

}  // namespace understudy
