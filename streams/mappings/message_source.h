// MessageSource: queues that event source mappings read. SQS is one; it lives in another room.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "emulator/clock/clock.h"

namespace understudy {

struct SourceMessage {
  std::string id;
  std::string receipt_handle;
  std::string body;
  /// The message as a function gets it: a JSON object.
  std::string json;
};

/// Thread-safe. Outlives all that read from it. Queues are named by their ARNs.
class MessageSource {
 public:
  using Told = std::function<void(std::vector<SourceMessage> messages)>;

  MessageSource() = default;
  virtual ~MessageSource() = default;
  MessageSource(const MessageSource&) = delete;
  MessageSource& operator=(const MessageSource&) = delete;

  virtual bool exists(const std::string& queue) = 0;
  /// At most 10 at a time, none at `until` at the latest. `told` is called once, from any thread,
  /// or before this returns.
  virtual void receive(const std::string& queue, std::size_t messages_max, Microseconds until,
                       Told told) = 0;
  virtual void remove(const std::string& queue, const std::string& receipt_handle) = 0;
};

}  // namespace understudy
