// QueueError: what SQS's API answers instead of a result, as a value. A kind is a row: its name on
// the wire, the older query protocol's code for it, its HTTP status.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/base/expected.h"

namespace understudy {

enum class QueueErrorKind : std::uint8_t {
#define UNDERSTUDY_QUEUE_ERROR(name, ...) k##name,
#include "emulator/queue/queue_error_table.inc"
#undef UNDERSTUDY_QUEUE_ERROR
};

struct QueueErrorRow {
  std::string_view name;        ///< "QueueDoesNotExist"
  std::string_view wire_type;   ///< "com.amazonaws.sqs#QueueDoesNotExist"
  std::string_view query_code;  ///< "AWS.SimpleQueueService.NonExistentQueue"
  int http_status;
};
const QueueErrorRow& queue_error_row(QueueErrorKind kind);

struct QueueError {
  QueueErrorKind kind;
  std::string message;
};

template <class T>
using QueueResult = Expected<T, QueueError>;

/// `return queue_error(QueueErrorKind::kOverLimit, "…");`
inline Unexpected<QueueError> queue_error(QueueErrorKind kind, std::string message) {
  return {QueueError{kind, std::move(message)}};
}

}  // namespace understudy
