#include "emulator/queue/queue.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/sha256.h"
#include "emulator/queue/message_checks.h"

namespace understudy {
namespace {

constexpr std::string_view kHandlePrefix = "AQEB";

/// A UUID of version 4.
std::string make_uuid(Random& random) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::array<std::uint64_t, 2> bits{(random.next() & ~0xF000ULL) | 0x4000ULL,
                                          (random.next() & ~(3ULL << 62)) | (1ULL << 63)};
  std::string text;
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) {
      text.push_back('-');
    }
    text.push_back(kDigits[(bits[static_cast<std::size_t>(i / 16)] >> (60 - i % 16 * 4)) & 15]);
  }
  return text;
}

Unexpected<QueueError> bad_handle_use(std::string_view handle, std::string_view reason) {
  return queue_error(QueueErrorKind::kInvalidParameterValueException,
                     "Value " + std::string(handle) +
                         " for parameter ReceiptHandle is invalid. Reason: " + std::string(reason));
}

QueueResult<ReceiptHandle> read_handle(std::string_view text) {
  auto handle = ReceiptHandle::parse(text);
  if (!handle.has_value()) {
    return queue_error(
        QueueErrorKind::kReceiptHandleIsInvalid,
        "The input receipt handle \"" + std::string(text) + "\" is not a valid receipt handle.");
  }
  return *std::move(handle);
}

ReceivedMessage received_from(const StoredMessage& message, MessageShelf::Id id) {
  ReceivedMessage out;
  out.message_id = message.message_id;
  out.receipt_handle = ReceiptHandle{id, message.receipt, message.message_id}.text();
  out.body = message.body;
  out.attributes = message.attributes;
  out.sender_id = message.sender_id;
  out.sent = message.sent;
  out.first_received = message.first_received;
  out.receive_count = message.receive_count;
  out.trace_header = message.trace_header;
  out.group_id = message.group_id;
  out.deduplication_id = message.deduplication_id;
  out.sequence_number = message.sequence_number;
  out.dead_letter_source = message.dead_letter_source;
  return out;
}

}  // namespace

std::string ReceiptHandle::text() const {
  const std::string plain = std::to_string(id) + ":" + std::to_string(receipt) + ":" + message_id;
  std::string out(kHandlePrefix);
  out.resize(kHandlePrefix.size() + base64_encoded_bytes(plain.size()));
  encode_base64(plain, out.data() + kHandlePrefix.size());
  return out;
}

std::optional<ReceiptHandle> ReceiptHandle::parse(std::string_view text) {
  if (!text.starts_with(kHandlePrefix)) {
    return std::nullopt;
  }
  Arena arena;
  const auto plain = decode_base64(text.substr(kHandlePrefix.size()), arena);
  if (!plain) {
    return std::nullopt;
  }
  ReceiptHandle handle;
  const char* at = plain->data();
  const char* const end = at + plain->size();
  for (std::uint64_t* const number : {&handle.id, &handle.receipt}) {
    const auto read = std::from_chars(at, end, *number);
    if (read.ec != std::errc{} || read.ptr == end || *read.ptr != ':') {
      return std::nullopt;
    }
    at = read.ptr + 1;
  }
  handle.message_id.assign(at, end);
  return handle;
}

Queue::Queue(std::string queue_name, std::string queue_arn, QueueSettings queue_settings,
             Microseconds now)
    : name(std::move(queue_name)),
      arn(std::move(queue_arn)),
      settings(std::move(queue_settings)),
      created(now),
      modified(now),
      shelf_(settings.fifo()) {}

void Queue::settle(Microseconds now) {
  shelf_.settle(now, now - settings.number("MessageRetentionPeriod") * kSecond);
  while (!seen_until_.empty() && seen_until_.front().first <= now) {
    seen_.erase(seen_until_.front().second);
    seen_until_.pop_front();
  }
}

QueueResult<void> Queue::check(const OutgoingMessage& message, bool checked_as_batch) const {
  TRY_VOID(check_message(message));
  const auto bytes_max = static_cast<std::size_t>(settings.number("MaximumMessageSize"));
  if (message_size_bytes(message) > bytes_max) {
    return queue_error(QueueErrorKind::kInvalidParameterValueException,
                       std::string("One or more parameters ") +
                           (checked_as_batch ? "cannot be validated" : "are invalid") +
                           ". Reason: Message must be shorter than " + std::to_string(bytes_max) +
                           " bytes.");
  }
  return settings.fifo() ? check_fifo(message) : QueueResult<void>{};
}

QueueResult<void> Queue::check_fifo(const OutgoingMessage& message) const {
  if (message.delay_seconds.value_or(0) != 0) {
    return queue_error(QueueErrorKind::kInvalidParameterValueException,
                       "Value " + std::to_string(*message.delay_seconds) +
                           " for parameter DelaySeconds is invalid. Reason: The request include "
                           "parameter that is not valid for this queue type.");
  }
  if (!message.group_id.has_value()) {
    return queue_error(QueueErrorKind::kMissingRequiredParameterException,
                       "The request must contain the parameter MessageGroupId.");
  }
  if (!message.deduplication_id.has_value() && !settings.content_based_deduplication()) {
    return queue_error(QueueErrorKind::kInvalidParameterValueException,
                       "The queue should either have ContentBasedDeduplication enabled or "
                       "MessageDeduplicationId provided explicitly");
  }
  return {};
}

std::string Queue::deduplication_key(const OutgoingMessage& message, bool by_group) const {
  const std::string id = message.deduplication_id.value_or("");
  return by_group ? "group " + *message.group_id + " " + id : "queue " + id;
}

/// What was remembered for the whole queue counts for its groups too, but not the other way around.
/// Source: LS:test_fifo_change_to_high_throughput_after_creation and …_to_regular_….
const Queue::Seen* Queue::find_seen(const OutgoingMessage& message) const {
  auto found = seen_.find(deduplication_key(message, false));
  if (found == seen_.end() && settings.deduplicates_by_group()) {
    found = seen_.find(deduplication_key(message, true));
  }
  return found == seen_.end() ? nullptr : &found->second;
}

std::string Queue::next_sequence_number() {
  constexpr std::uint64_t kStep = 256;
  const std::string digits = std::to_string(++sequence_ * kStep);
  return "18849" + std::string(15 - digits.size(), '0') + digits;
}

SentMessage Queue::put(OutgoingMessage message, Microseconds now, Random& random) {
  std::ranges::sort(message.attributes, {}, &MessageAttribute::name);
  SentMessage sent;
  sent.md5_of_body = md5_of_text(message.body);
  sent.md5_of_attributes = md5_of_attributes(message.attributes);
  if (message.trace_header.has_value()) {
    sent.md5_of_system_attributes =
        md5_of_attributes({{"AWSTraceHeader", "String", *message.trace_header}});
  }
  if (settings.fifo()) {
    if (!message.deduplication_id.has_value()) {
      message.deduplication_id = to_hex(sha256(message.body));
    }
    if (const Seen* const original = find_seen(message); original != nullptr) {
      sent.message_id = original->message_id;
      sent.sequence_number = original->sequence_number;
      return sent;
    }
    sent.sequence_number = next_sequence_number();
  }
  sent.message_id = make_uuid(random);
  if (settings.fifo()) {
    std::string key = deduplication_key(message, settings.deduplicates_by_group());
    seen_until_.emplace_back(now + kDeduplicationWindow, key);
    seen_.insert_or_assign(std::move(key), Seen{sent.message_id, sent.sequence_number});
  }
  const std::int64_t queue_delay = settings.number("DelaySeconds");
  const std::int64_t delay =
      settings.fifo() ? queue_delay : message.delay_seconds.value_or(queue_delay);
  StoredMessage stored;
  stored.message_id = sent.message_id;
  stored.body = std::move(message.body);
  stored.attributes = std::move(message.attributes);
  stored.sender_id = std::move(message.sender_id);
  stored.trace_header = std::move(message.trace_header);
  stored.group_id = std::move(message.group_id);
  stored.deduplication_id = std::move(message.deduplication_id);
  stored.sequence_number = sent.sequence_number;
  stored.sent = now;
  shelf_.put(std::move(stored), now, now + delay * kSecond);
  return sent;
}

void Queue::put_dead(StoredMessage message, std::string_view source_arn, Microseconds now) {
  message.dead_letter_source = source_arn;
  message.receives_here = 0;
  if (settings.fifo()) {
    // Source: SQS Developer Guide, "Using dead-letter queues": a FIFO queue's message is enqueued
    // anew, a standard queue's keeps its time.
    message.sent = now;
    message.sequence_number = next_sequence_number();
  }
  shelf_.put(std::move(message), now, now);
}

QueueResult<std::vector<ReceivedMessage>> Queue::receive(const ReceiveRequest& request,
                                                         Microseconds now,
                                                         std::vector<StoredMessage>* dead) {
  std::vector<ReceivedMessage> received;
  if (!settings.fifo() && shelf_.depth(now).in_flight >= kInFlightMax) {
    // Assumed: the wording; the error itself is documented.
    return queue_error(QueueErrorKind::kOverLimit, "Too many messages are in flight.");
  }
  const Microseconds held_until =
      now +
      request.visibility_timeout_seconds.value_or(settings.number("VisibilityTimeout")) * kSecond;
  std::optional<MessageShelf::Id> previous;
  while (static_cast<std::int64_t>(received.size()) < request.messages_max) {
    const auto id = shelf_.next(previous);
    if (!id.has_value()) {
      break;
    }
    StoredMessage& message = *shelf_.find(*id);
    if (dead != nullptr && message.receives_here >= settings.redrive()->receives_max) {
      dead->push_back(shelf_.take(*id));
      continue;
    }
    if (held_until <= now && message.last_received == now && message.receives_here > 0 &&
        std::ranges::find(received, message.message_id, &ReceivedMessage::message_id) !=
            received.end()) {
      break;  // A time-out of 0 leaves it there: once per request is enough.
    }
    message.receive_count += 1;
    message.receives_here += 1;
    message.receipt = ++receipts_;
    message.last_received = now;
    if (message.first_received == 0) {
      message.first_received = now;
    }
    received.push_back(received_from(message, *id));
    shelf_.hold(*id, now, held_until);
    previous = id;
  }
  return received;
}

QueueResult<void> Queue::remove(std::string_view receipt_handle) {
  TRY(const ReceiptHandle handle, read_handle(receipt_handle));
  const StoredMessage* const message = shelf_.find(handle.id);
  if (message == nullptr || message->message_id != handle.message_id) {
    return {};
  }
  const bool newest = message->receipt == handle.receipt;
  if (settings.fifo() && (!newest || message->state != StoredMessage::State::kInFlight)) {
    return bad_handle_use(receipt_handle, "The receipt handle has expired.");
  }
  if (newest) {
    // With an older handle the answer is the same, but the message stays. Source: API reference of
    // SQS, DeleteMessage.
    shelf_.take(handle.id);
  }
  return {};
}

QueueResult<void> Queue::change_visibility(std::string_view receipt_handle, std::int64_t seconds,
                                           Microseconds now) {
  TRY_VOID(check_visibility_timeout(seconds));
  TRY(const ReceiptHandle handle, read_handle(receipt_handle));
  const StoredMessage* const message = shelf_.find(handle.id);
  const bool held = message != nullptr && message->message_id == handle.message_id &&
                    message->receipt == handle.receipt;
  // Source: LS:test_change_message_visibility_after_visibility_timeout_expiration: a standard queue
  // takes it for a message that is visible again.
  if (!held || (settings.fifo() && message->state != StoredMessage::State::kInFlight)) {
    return bad_handle_use(
        receipt_handle,
        "Message does not exist or is not available for visibility timeout change.");
  }
  if (now + seconds * kSecond > message->last_received + kVisibilityMaxSeconds * kSecond) {
    return queue_error(
        QueueErrorKind::kInvalidParameterValueException,
        "Value " + std::to_string(seconds) +
            " for parameter VisibilityTimeout is invalid. Reason: Total "
            "VisibilityTimeout for the message is beyond the limit [43200 seconds].");
  }
  shelf_.hold(handle.id, now, now + seconds * kSecond);
  return {};
}

Microseconds Queue::next_event() const {
  Microseconds next = shelf_.next_change();
  for (const Waiter& waiter : waiters) {
    next = std::min(next, waiter.until);
  }
  return next;
}

}  // namespace understudy
