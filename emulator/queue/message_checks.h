// What SQS asks of the parameters of its messages, whatever the queue. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "emulator/queue/queue_error.h"
#include "emulator/queue/queue_message.h"

namespace understudy {

/// Body, attributes, delay and ids; not the size, which is the queue's matter.
QueueResult<void> check_message(const OutgoingMessage& message);
/// The longest a message can stay invisible: 12 hours.
inline constexpr std::int64_t kVisibilityMaxSeconds = 43'200;
/// 0 to kVisibilityMaxSeconds.
QueueResult<void> check_visibility_timeout(std::int64_t seconds);
/// 1 to 10 messages, and the visibility time-out.
QueueResult<void> check_receive(const ReceiveRequest& request);
/// 0 to 20.
QueueResult<void> check_wait_time(std::int64_t seconds);
/// 1 to 80 letters, digits, hyphens and underscores; of a FIFO queue ".fifo" at the end, included.
QueueResult<void> check_queue_name(std::string_view name, bool fifo);
/// Of an entry of a batch.
QueueResult<void> check_batch_entry_id(std::string_view id);

}  // namespace understudy
