#include "emulator/queue/queue_settings.h"

#include <array>
#include <charconv>

#include "emulator/base/arena.h"
#include "emulator/base/buffer.h"
#include "emulator/base/json.h"

namespace understudy {
namespace {

enum class Form : std::uint8_t { kNumber, kBoolean, kText, kRedrivePolicy, kScope, kLimit };
enum class Kind : std::uint8_t { kAny, kFifo };

struct AttributeRow {
  std::string_view name;
  Form form;
  Kind queues;
  std::string_view initial;  ///< empty: absent until set
  std::int64_t min = 0;
  std::int64_t max = 0;
};

/// Source: API reference of SQS, CreateQueue and SetQueueAttributes; the limit of 1,048,576 bytes
/// and the defaults: LS:test_sqs.snapshot.json, answers recorded in 2025.
constexpr auto kRows = std::to_array<AttributeRow>({
    {"ContentBasedDeduplication", Form::kBoolean, Kind::kFifo, "false"},
    {"DeduplicationScope", Form::kScope, Kind::kFifo, "queue"},
    {"DelaySeconds", Form::kNumber, Kind::kAny, "0", 0, 900},
    {"FifoThroughputLimit", Form::kLimit, Kind::kFifo, "perQueue"},
    {"KmsDataKeyReusePeriodSeconds", Form::kNumber, Kind::kAny, "", 60, 86400},
    {"KmsMasterKeyId", Form::kText, Kind::kAny, ""},
    {"MaximumMessageSize", Form::kNumber, Kind::kAny, "1048576", 1024, 1048576},
    {"MessageRetentionPeriod", Form::kNumber, Kind::kAny, "345600", 60, 1209600},
    {"Policy", Form::kText, Kind::kAny, ""},
    {"ReceiveMessageWaitTimeSeconds", Form::kNumber, Kind::kAny, "0", 0, 20},
    {"RedriveAllowPolicy", Form::kText, Kind::kAny, ""},
    {"RedrivePolicy", Form::kRedrivePolicy, Kind::kAny, ""},
    {"SqsManagedSseEnabled", Form::kBoolean, Kind::kAny, "true"},
    {"VisibilityTimeout", Form::kNumber, Kind::kAny, "30", 0, 43200},
});

constexpr auto kComputed = std::to_array<std::string_view>({
    "All",
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "CreatedTimestamp",
    "FifoQueue",
    "LastModifiedTimestamp",
    "QueueArn",
});

const AttributeRow* find_row(std::string_view name) {
  for (const AttributeRow& row : kRows) {
    if (row.name == name) {
      return &row;
    }
  }
  return nullptr;
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

bool is_valid(const AttributeRow& row, const std::string& value) {
  switch (row.form) {
    case Form::kNumber: {
      const auto number = number_of(value);
      return number.has_value() && *number >= row.min && *number <= row.max;
    }
    case Form::kBoolean:
      return value == "true" || value == "false";
    case Form::kScope:
      return value == "queue" || value == "messageGroup";
    case Form::kLimit:
      return value == "perQueue" || value == "perMessageGroupId";
    case Form::kText:
    case Form::kRedrivePolicy:
      return true;
  }
  return false;
}

Unexpected<QueueError> bad_policy(std::string_view json, std::string_view reason) {
  return queue_error(QueueErrorKind::kInvalidParameterValueException,
                     "Value " + std::string(json) +
                         " for parameter RedrivePolicy is invalid. Reason: " + std::string(reason));
}

}  // namespace

std::string RedrivePolicy::json() const {
  Buffer out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.key("deadLetterTargetArn");
  writer.string(dead_letter_arn);
  writer.key("maxReceiveCount");
  writer.integer(receives_max);
  writer.end_object();
  return std::string(out.view());
}

QueueResult<RedrivePolicy> parse_redrive_policy(std::string_view json) {
  Arena arena;
  const auto document = parse_json(json, arena);
  if (!document || !document->is(JsonKind::kObject)) {
    return bad_policy(json, "Redrive policy is not a valid JSON map.");
  }
  const JsonNode* const target = document->find("deadLetterTargetArn");
  if (target == nullptr) {
    return bad_policy(json,
                      "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
  }
  if (!target->is(JsonKind::kString) || !target->text().starts_with("arn:")) {
    return bad_policy(json, "Invalid value for deadLetterTargetArn.");
  }
  const JsonNode* const count = document->find("maxReceiveCount");
  if (count == nullptr) {
    return bad_policy(json,
                      "Redrive policy does not contain mandatory attribute: maxReceiveCount.");
  }
  const bool readable = count->is_number() || count->is(JsonKind::kString);
  const auto receives = readable ? number_of(count->text()) : std::nullopt;
  constexpr std::int64_t kReceivesMax = 1000;
  if (!receives.has_value() || *receives < 1 || *receives > kReceivesMax) {
    return bad_policy(
        json, "Invalid value for maxReceiveCount: " + std::string(readable ? count->text() : "") +
                  ", valid values are from 1 to 1000 both inclusive.");
  }
  return RedrivePolicy{std::string(target->text()), *receives};
}

QueueSettings::QueueSettings(bool fifo) : fifo_(fifo) {
  for (const AttributeRow& row : kRows) {
    if (!row.initial.empty() && (fifo || row.queues == Kind::kAny)) {
      values_.emplace(row.name, row.initial);
    }
  }
  if (fifo) {
    values_.emplace("FifoQueue", "true");
  }
}

QueueResult<QueueSettings> QueueSettings::of_new_queue(bool fifo, const Attributes& attributes) {
  QueueSettings settings(fifo);
  Attributes settable = attributes;
  if (fifo && settable.contains("FifoQueue") && settable.at("FifoQueue") == "true") {
    settable.erase("FifoQueue");
  }
  TRY_VOID(settings.change(settable));
  return settings;
}

QueueResult<void> QueueSettings::change(const Attributes& attributes) {
  QueueSettings changed = *this;
  for (const auto& [name, value] : attributes) {
    TRY_VOID(changed.set(name, value));
  }
  const auto turned_on = [&](std::string_view name) {
    const auto found = attributes.find(name);
    return found != attributes.end() && !found->second.empty() && found->second != "false";
  };
  if (turned_on("KmsMasterKeyId") && turned_on("SqsManagedSseEnabled")) {
    return queue_error(QueueErrorKind::kInvalidAttributeName,
                       "You can use one type of server-side encryption (SSE) at one time. You can "
                       "either enable KMS SSE or SQS SSE.");
  }
  if (turned_on("KmsMasterKeyId")) {
    changed.values_["SqsManagedSseEnabled"] = "false";
  }
  *this = std::move(changed);
  return {};
}

QueueResult<void> QueueSettings::set(std::string_view name, const std::string& value) {
  const AttributeRow* const row = find_row(name);
  if (name == "FifoQueue" && fifo_) {
    return queue_error(QueueErrorKind::kInvalidAttributeValue,
                       "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is "
                       "not supported.");
  }
  if (row != nullptr && row->queues == Kind::kFifo && !fifo_ &&
      name != "ContentBasedDeduplication") {
    return queue_error(
        QueueErrorKind::kInvalidAttributeName,
        "You can specify the " + std::string(name) + " only when FifoQueue is set to true.");
  }
  if (row == nullptr || (row->queues == Kind::kFifo && !fifo_)) {
    return queue_error(QueueErrorKind::kInvalidAttributeName,
                       "Unknown Attribute " + std::string(name) + ".");
  }
  if (value.empty()) {
    // The service takes that as "back to what it was", and shows no policy or key any more.
    values_.erase(std::string(name));
    if (!row->initial.empty()) {
      values_.emplace(name, row->initial);
    }
    if (row->form == Form::kRedrivePolicy) {
      redrive_.reset();
    }
    return {};
  }
  if (!is_valid(*row, value)) {
    return queue_error(QueueErrorKind::kInvalidAttributeValue,
                       "Invalid value for the parameter " + std::string(name) + ".");
  }
  if (row->form == Form::kRedrivePolicy) {
    TRY(redrive_, parse_redrive_policy(value));
    values_[std::string(name)] = redrive_->json();
    return {};
  }
  values_[std::string(name)] = value;
  return {};
}

std::int64_t QueueSettings::number(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? 0 : number_of(found->second).value_or(0);
}

bool QueueSettings::content_based_deduplication() const {
  const auto found = values_.find("ContentBasedDeduplication");
  return found != values_.end() && found->second == "true";
}

bool QueueSettings::deduplicates_by_group() const {
  const auto found = values_.find("DeduplicationScope");
  return found != values_.end() && found->second == "messageGroup";
}

bool is_queue_attribute(std::string_view name) {
  for (const std::string_view computed : kComputed) {
    if (computed == name) {
      return true;
    }
  }
  return find_row(name) != nullptr;
}

}  // namespace understudy
