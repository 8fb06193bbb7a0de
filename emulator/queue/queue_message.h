// Messages on their way into a queue and out of it, as values. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/clock/clock.h"

namespace understudy {

/// A message attribute; of one message each name occurs once.
struct MessageAttribute {
  std::string name;
  std::string data_type;  ///< "String", "Number", "Binary", or one of these with ".label"
  std::string value;      ///< text, or bytes where the type is a Binary one
  [[nodiscard]] bool is_binary() const { return data_type.starts_with("Binary"); }
};

struct OutgoingMessage {
  std::string body;
  /// nullopt: as the queue has it. 0 to 900; a FIFO queue takes none of its own.
  std::optional<std::int64_t> delay_seconds;
  std::vector<MessageAttribute> attributes;
  std::optional<std::string> trace_header;      ///< system attribute AWSTraceHeader
  std::optional<std::string> group_id;          ///< needed by FIFO queues
  std::optional<std::string> deduplication_id;  ///< needed by FIFO queues without content-based one
  std::string sender_id;                        ///< shown to who receives; empty: the account
};

struct SentMessage {
  std::string message_id;                ///< a UUID
  std::string md5_of_body;               ///< 32 hexadecimal digits
  std::string md5_of_attributes;         ///< empty: none were sent
  std::string md5_of_system_attributes;  ///< empty: none were sent
  std::string sequence_number;           ///< 20 digits; empty: no FIFO queue
};

struct ReceiveRequest {
  std::int64_t messages_max = 1;  ///< 1 to 10
  /// nullopt: as the queue has it. 0 to 43200.
  std::optional<std::int64_t> visibility_timeout_seconds;
};

/// A message as it stands when it is received.
struct ReceivedMessage {
  std::string message_id;
  std::string receipt_handle;  ///< good until the message is received again
  std::string body;
  std::vector<MessageAttribute> attributes;  ///< sorted by name
  std::string sender_id;
  Microseconds sent = 0;
  Microseconds first_received = 0;
  std::int64_t receive_count = 0;  ///< this time included
  std::optional<std::string> trace_header;
  std::optional<std::string> group_id;
  std::optional<std::string> deduplication_id;
  std::string sequence_number;     ///< empty: no FIFO queue
  std::string dead_letter_source;  ///< ARN of the queue it was moved from; empty: never moved
};

/// How many messages a queue holds at a moment.
struct QueueDepth {
  std::int64_t visible = 0;
  std::int64_t in_flight = 0;
  std::int64_t delayed = 0;
  Microseconds oldest_age = 0;  ///< of the oldest message, however it stands; 0: empty
  [[nodiscard]] std::int64_t total() const { return visible + in_flight + delayed; }
};

/// 32 hexadecimal digits, as SQS answers them and SDKs check them.
std::string md5_of_text(std::string_view text);
/// The digest of attributes in the order of their names; empty for none.
/// Source: SQS Developer Guide, "Calculating the MD5 message digest for message attributes".
std::string md5_of_attributes(std::vector<MessageAttribute> attributes);
/// What counts against the limit of a message's size: body, and each attribute's name, type and
/// value. Bytes.
std::size_t message_size_bytes(const OutgoingMessage& message);

}  // namespace understudy
