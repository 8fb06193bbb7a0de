#include "emulator/queue/queue_wire.h"

#include <algorithm>
#include <array>
#include <string>

#include "emulator/api/authentication.h"
#include "emulator/api/engine.h"
#include "emulator/api/tenant.h"
#include "emulator/queue/queue_call.h"

namespace understudy {
namespace {

struct ActionRow {
  std::string_view name;
  QueueAction run;  ///< nullptr: an action of SQS that is not served
};

constexpr auto kActions = std::to_array<ActionRow>({
    {"AddPermission", nullptr},
    {"CancelMessageMoveTask", nullptr},
    {"ChangeMessageVisibility", change_message_visibility},
    {"ChangeMessageVisibilityBatch", change_message_visibility_batch},
    {"CreateQueue", create_queue},
    {"DeleteMessage", delete_message},
    {"DeleteMessageBatch", delete_message_batch},
    {"DeleteQueue", delete_queue},
    {"GetQueueAttributes", get_queue_attributes},
    {"GetQueueUrl", get_queue_url},
    {"ListDeadLetterSourceQueues", list_dead_letter_source_queues},
    {"ListMessageMoveTasks", nullptr},
    {"ListQueueTags", list_queue_tags},
    {"ListQueues", list_queues},
    {"PurgeQueue", purge_queue},
    {"ReceiveMessage", receive_message},
    {"RemovePermission", nullptr},
    {"SendMessage", send_message},
    {"SendMessageBatch", send_message_batch},
    {"SetQueueAttributes", set_queue_attributes},
    {"StartMessageMoveTask", nullptr},
    {"TagQueue", tag_queue},
    {"UntagQueue", untag_queue},
});

QueueResult<const ActionRow*> find_action(std::string_view name) {
  for (const ActionRow& row : kActions) {
    if (row.name == name) {
      if (row.run == nullptr) {
        return queue_error(QueueErrorKind::kUnsupportedOperation,
                           std::string(name) + " is not served by this emulator.");
      }
      return &row;
    }
  }
  return queue_error(QueueErrorKind::kUnknownOperationException, "");
}

bool speaks_query_mode(const Request& request) {
  for (const Header& header : request.headers()) {
    constexpr std::string_view kName = "x-amzn-query-mode";
    const auto is_same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
    if (header.name.size() == kName.size() &&
        std::equal(header.name.begin(), header.name.end(), kName.begin(), is_same)) {
      return header.value == "true";
    }
  }
  return false;
}

QueueResult<JsonNode> parse_input(std::string_view body, Arena& arena) {
  auto parsed = parse_json(body, arena);
  if (!parsed || !parsed->is(JsonKind::kObject)) {
    return queue_error(QueueErrorKind::kSerializationException, "");
  }
  return *parsed;
}

}  // namespace

void QueueWire::handle(const Request& request, Microseconds now, Response& response) const {
  Arena arena;
  const auto signature = read_signature(request, arena);
  const Scope scope = scope_of(options_, signature ? signature->access_key : std::string_view{},
                               signature ? signature->region : std::string_view{},
                               request.header(KnownHeader::kHost), arena);
  const bool query_mode = speaks_query_mode(request);
  response.content_type = kQueueContentType;
  const auto run = [&]() -> QueueResult<void> {
    TRY(const ActionRow* const action,
        find_action(request.header(KnownHeader::kTarget).substr(kQueueTargetPrefix.size())));
    TRY(const JsonNode input, parse_input(request.body, arena));
    QueueCall call{store_, scope, input, now, https_, query_mode, response.body, nullptr};
    TRY_VOID(action->run(call));
    response.late = std::move(call.late);
    return {};
  };
  const QueueResult<void> done = run();
  if (!done) {
    QueueErrorAnswer answer = answer_of(done.error(), query_mode);
    response.status = answer.status;
    response.body.clear();
    response.body.append(answer.body);
    response.extra_headers = std::move(answer.headers);
  }
}

}  // namespace understudy
