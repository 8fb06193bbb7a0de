// QueueCall: one request of SQS's API on its way through its action, with what actions need to read
// it and to answer. Internal to this room.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/late_answer.h"
#include "emulator/base/buffer.h"
#include "emulator/base/json.h"
#include "emulator/queue/queue_error.h"
#include "emulator/queue/queue_store.h"
#include "emulator/table/scope.h"

namespace understudy {

inline constexpr std::string_view kQueueContentType = "application/x-amz-json-1.0";

struct QueueCall {
  QueueStore& store;
  const Scope& scope;
  const JsonNode& input;
  Microseconds now;
  bool https;
  bool query_mode;  ///< errors are told in the older protocol's code too
  Buffer& body;
  std::shared_ptr<LateAnswer> late;  ///< set by an action whose answer is not there yet

  /// Members of `input`. Absent, or null: nullopt. Error: SerializationException.
  QueueResult<std::optional<std::string_view>> text(std::string_view name) const;
  QueueResult<std::optional<std::int64_t>> integer(std::string_view name) const;
  /// Error: MissingParameter too; so is an empty one.
  QueueResult<std::string_view> needed_text(std::string_view name) const;
  QueueResult<std::vector<std::string>> texts(std::string_view name) const;
  QueueResult<std::map<std::string, std::string, std::less<>>> text_map(
      std::string_view name) const;
  /// The queue that QueueUrl names.
  QueueResult<QueueAddress> queue() const;
  [[nodiscard]] std::string url_of(const QueueStore::Listed& queue) const;
  /// The same call with another input: an entry of a batch.
  [[nodiscard]] QueueCall with(const JsonNode& entry) const;
};

using QueueAction = QueueResult<void> (*)(QueueCall& call);

/// Reads the members that SendMessage and an entry of SendMessageBatch share.
QueueResult<OutgoingMessage> read_outgoing_message(const QueueCall& call);

/// The members of an answer about a message that was sent.
void write_sent(JsonWriter& out, const SentMessage& sent);

/// An error as SQS tells it.
struct QueueErrorAnswer {
  int status = 400;
  std::string body;
  std::string headers;
};
QueueErrorAnswer answer_of(const QueueError& error, bool query_mode);

// The actions, by file: actions on queues, on messages, on batches of messages.
QueueResult<void> create_queue(QueueCall& call);
QueueResult<void> delete_queue(QueueCall& call);
QueueResult<void> get_queue_attributes(QueueCall& call);
QueueResult<void> get_queue_url(QueueCall& call);
QueueResult<void> list_dead_letter_source_queues(QueueCall& call);
QueueResult<void> list_queue_tags(QueueCall& call);
QueueResult<void> list_queues(QueueCall& call);
QueueResult<void> purge_queue(QueueCall& call);
QueueResult<void> set_queue_attributes(QueueCall& call);
QueueResult<void> tag_queue(QueueCall& call);
QueueResult<void> untag_queue(QueueCall& call);
QueueResult<void> change_message_visibility(QueueCall& call);
QueueResult<void> delete_message(QueueCall& call);
QueueResult<void> receive_message(QueueCall& call);
QueueResult<void> send_message(QueueCall& call);
QueueResult<void> change_message_visibility_batch(QueueCall& call);
QueueResult<void> delete_message_batch(QueueCall& call);
QueueResult<void> send_message_batch(QueueCall& call);

}  // namespace understudy
