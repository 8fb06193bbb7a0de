// QueueMessages: this server's queues as what event source mappings read.
#pragma once

#include "streams/mappings/message_source.h"

namespace understudy {

class QueueService;

/// Thread-safe.
class QueueMessages final : public MessageSource {
 public:
  /// `queues` must outlive it. `region` is the one that events name.
  QueueMessages(QueueService& queues, std::string region);

  bool exists(const std::string& queue) override;
  void receive(const std::string& queue, std::size_t messages_max, Microseconds until,
               Told told) override;
  void remove(const std::string& queue, const std::string& receipt_handle) override;

 private:
  QueueService& queues_;
  std::string region_;
};

}  // namespace understudy
