#include "emulator/queue/message_checks.h"

#include <algorithm>
#include <string>

namespace understudy {
namespace {

constexpr std::int64_t kDelayMaxSeconds = 900;
constexpr std::int64_t kWaitMaxSeconds = 20;
constexpr std::int64_t kMessagesMax = 10;
constexpr std::size_t kAttributesMax = 10;
constexpr std::size_t kFifoIdCharactersMax = 128;
constexpr std::size_t kNameCharactersMax = 80;
constexpr std::size_t kAttributeNameCharactersMax = 256;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_name_character(char c) {
  return is_alphanumeric(c) || c == '-' || c == '_';
}

Unexpected<QueueError> bad_value(std::string_view value, std::string_view parameter,
                                 std::string_view reason) {
  return queue_error(QueueErrorKind::kInvalidParameterValueException,
                     "Value " + std::string(value) + " for parameter " + std::string(parameter) +
                         " is invalid. Reason: " + std::string(reason));
}

/// The ids of FIFO messages. Source: LS:test_message_deduplication_id_invalid and
/// LS:test_send_message_to_standard_queue_with_invalid_message_group_id.
QueueResult<void> check_fifo_id(const std::optional<std::string>& id, std::string_view parameter) {
  const auto is_graphic = [](char c) { return c > ' ' && c < '\x7f'; };
  if (id.has_value() &&
      (id->empty() || id->size() > kFifoIdCharactersMax || !std::ranges::all_of(*id, is_graphic))) {
    return bad_value(*id, parameter,
                     std::string(parameter) +
                         " can only include alphanumeric and punctuation characters. 1 to 128 in "
                         "length.");
  }
  return {};
}

/// Whether SQS takes the text: no control characters but tab, line feed and carriage return, and
/// not U+FFFE, U+FFFF.
bool is_valid_content(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') {
      return false;
    }
    const std::string_view rest = text.substr(i);
    if (rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF")) {
      return false;
    }
  }
  return true;
}

bool is_attribute_type(std::string_view type) {
  for (const std::string_view known : {"String", "Number", "Binary"}) {
    if (type == known || (type.starts_with(known) && type[known.size()] == '.')) {
      return true;
    }
  }
  return false;
}

QueueResult<void> check_attribute(const MessageAttribute& attribute) {
  const std::string& name = attribute.name;
  const bool good_name =
      !name.empty() && name.size() <= kAttributeNameCharactersMax && name.front() != '.' &&
      name.back() != '.' && name.find("..") == std::string::npos &&
      std::ranges::all_of(name, [](char c) { return is_name_character(c) || c == '.'; });
  if (!good_name) {
    // Assumed: the wording.
    return queue_error(QueueErrorKind::kInvalidParameterValueException,
                       "Invalid message attribute name '" + name + "'.");
  }
  if (!is_attribute_type(attribute.data_type)) {
    return queue_error(QueueErrorKind::kInvalidParameterValueException,
                       "The type of message (user) attribute '" + name +
                           "' is invalid. You must use only the following supported type prefixes: "
                           "Binary, Number, String.");
  }
  if (attribute.value.empty()) {
    const std::string_view type = std::string_view(attribute.data_type).substr(0, 6);
    return queue_error(QueueErrorKind::kInvalidParameterValueException,
                       "Message (user) attribute '" + name +
                           "' must contain a non-empty value of type '" +
                           (type == "Number" ? "String" : std::string(type)) + "'.");
  }
  return {};
}

}  // namespace

QueueResult<void> check_message(const OutgoingMessage& message) {
  if (message.body.empty()) {
    return queue_error(QueueErrorKind::kMissingRequiredParameterException,
                       "The request must contain the parameter MessageBody.");
  }
  if (!is_valid_content(message.body)) {
    // Assumed: the wording.
    return queue_error(QueueErrorKind::kInvalidMessageContents,
                       "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | "
                       "#x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.");
  }
  if (message.attributes.size() > kAttributesMax) {
    return queue_error(QueueErrorKind::kInvalidParameterValueException,
                       "Number of message attributes [" +
                           std::to_string(message.attributes.size()) +
                           "] exceeds the allowed maximum [10].");
  }
  for (const MessageAttribute& attribute : message.attributes) {
    TRY_VOID(check_attribute(attribute));
  }
  if (message.delay_seconds.has_value() &&
      (*message.delay_seconds < 0 || *message.delay_seconds > kDelayMaxSeconds)) {
    return bad_value(std::to_string(*message.delay_seconds), "DelaySeconds",
                     "DelaySeconds must be >= 0 and <= 900.");
  }
  TRY_VOID(check_fifo_id(message.group_id, "MessageGroupId"));
  return check_fifo_id(message.deduplication_id, "MessageDeduplicationId");
}

QueueResult<void> check_visibility_timeout(std::int64_t seconds) {
  if (seconds < 0 || seconds > kVisibilityMaxSeconds) {
    return bad_value(std::to_string(seconds), "VisibilityTimeout",
                     "Must be >= 0 and <= 43200, if provided.");
  }
  return {};
}

QueueResult<void> check_receive(const ReceiveRequest& request) {
  if (request.messages_max < 1 || request.messages_max > kMessagesMax) {
    return bad_value(std::to_string(request.messages_max), "MaxNumberOfMessages",
                     "Must be between 1 and 10, if provided.");
  }
  return request.visibility_timeout_seconds.has_value()
             ? check_visibility_timeout(*request.visibility_timeout_seconds)
             : QueueResult<void>{};
}

QueueResult<void> check_wait_time(std::int64_t seconds) {
  if (seconds < 0 || seconds > kWaitMaxSeconds) {
    return bad_value(std::to_string(seconds), "WaitTimeSeconds",
                     "Must be >= 0 and <= 20, if provided.");
  }
  return {};
}

QueueResult<void> check_queue_name(std::string_view name, bool fifo) {
  const std::string_view stem =
      fifo && name.ends_with(".fifo") ? name.substr(0, name.size() - 5) : name;
  const bool good = !stem.empty() && name.size() <= kNameCharactersMax &&
                    std::ranges::all_of(stem, is_name_character);
  if (fifo && (!good || !name.ends_with(".fifo"))) {
    return queue_error(QueueErrorKind::kInvalidParameterValueException,
                       "The name of a FIFO queue can only include alphanumeric characters, "
                       "hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in "
                       "length.");
  }
  if (!good) {
    return queue_error(
        QueueErrorKind::kInvalidParameterValueException,
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
  }
  return {};
}

QueueResult<void> check_batch_entry_id(std::string_view id) {
  if (id.empty() || id.size() > kNameCharactersMax || !std::ranges::all_of(id, is_name_character)) {
    return queue_error(QueueErrorKind::kInvalidBatchEntryId,
                       "A batch entry id can only contain alphanumeric characters, hyphens and "
                       "underscores. It can be at most 80 letters long.");
  }
  return {};
}

}  // namespace understudy
