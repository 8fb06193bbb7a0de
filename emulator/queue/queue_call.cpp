#include "emulator/queue/queue_call.h"

#include <charconv>

namespace understudy {
namespace {

Unexpected<QueueError> wrong_type() {
  return queue_error(QueueErrorKind::kSerializationException, "");
}

}  // namespace

QueueResult<std::optional<std::string_view>> QueueCall::text(std::string_view name) const {
  const JsonNode* const member = input.find(name);
  if (member == nullptr) {
    return std::optional<std::string_view>{};
  }
  if (!member->is(JsonKind::kString)) {
    return wrong_type();
  }
  return std::optional<std::string_view>(member->text());
}

QueueResult<std::optional<std::int64_t>> QueueCall::integer(std::string_view name) const {
  const JsonNode* const member = input.find(name);
  if (member == nullptr) {
    return std::optional<std::int64_t>{};
  }
  std::int64_t value = 0;
  const std::string_view digits = member->is_number() ? member->text() : std::string_view{};
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) {
    return wrong_type();
  }
  return std::optional<std::int64_t>(value);
}

QueueResult<std::string_view> QueueCall::needed_text(std::string_view name) const {
  TRY(const auto value, text(name));
  if (!value.has_value() || value->empty()) {
    return queue_error(QueueErrorKind::kMissingRequiredParameterException,
                       "The request must contain the parameter " + std::string(name) + ".");
  }
  return *value;
}

QueueResult<std::vector<std::string>> QueueCall::texts(std::string_view name) const {
  std::vector<std::string> values;
  const JsonNode* const member = input.find(name);
  if (member == nullptr) {
    return values;
  }
  if (!member->is(JsonKind::kArray)) {
    return wrong_type();
  }
  for (const JsonNode& element : member->elements()) {
    if (!element.is(JsonKind::kString)) {
      return wrong_type();
    }
    values.emplace_back(element.text());
  }
  return values;
}

QueueResult<std::map<std::string, std::string, std::less<>>> QueueCall::text_map(
    std::string_view name) const {
  std::map<std::string, std::string, std::less<>> values;
  const JsonNode* const member = input.find(name);
  if (member == nullptr) {
    return values;
  }
  if (!member->is(JsonKind::kObject)) {
    return wrong_type();
  }
  for (const JsonMember& entry : member->members()) {
    if (!entry.value.is(JsonKind::kString)) {
      return wrong_type();
    }
    values[std::string(entry.name)] = entry.value.text();
  }
  return values;
}

/// Whatever host and account a URL names: the queue is the one of that name the caller sees. A name
/// alone will do.
QueueResult<QueueAddress> QueueCall::queue() const {
  TRY(const std::string_view url, needed_text("QueueUrl"));
  return QueueAddress{url.substr(url.rfind('/') + 1), scope.tenant};
}

std::string QueueCall::url_of(const QueueStore::Listed& queue) const {
  const std::string_view arn = queue.arn;
  const std::string_view without_name = arn.substr(0, arn.rfind(':'));
  const std::string_view account = without_name.substr(without_name.rfind(':') + 1);
  const std::string_view host = scope.host.empty() ? "localhost" : scope.host;
  return std::string(https ? "https://" : "http://") + std::string(host) + "/" +
         std::string(account) + "/" + queue.name;
}

QueueCall QueueCall::with(const JsonNode& entry) const {
  return {store, scope, entry, now, https, query_mode, body, nullptr};
}

QueueErrorAnswer answer_of(const QueueError& error, bool query_mode) {
  const QueueErrorRow& row = queue_error_row(error.kind);
  QueueErrorAnswer answer;
  answer.status = row.http_status;
  Buffer body;
  JsonWriter out(body);
  out.begin_object();
  out.key("__type");
  out.string(row.wire_type);
  if (!error.message.empty()) {
    out.key("message");
    out.string(error.message);
  }
  out.end_object();
  answer.body = body.view();
  if (query_mode) {
    answer.headers = "x-amzn-query-error: " + std::string(row.query_code) + ";" +
                     (row.http_status < 500 ? "Sender" : "Receiver") + "\r\n";
  }
  return answer;
}

}  // namespace understudy
