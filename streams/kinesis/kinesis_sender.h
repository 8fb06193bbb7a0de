// KinesisSender: sends what is in the outbox to a configured endpoint, as PutRecords of Kinesis
// Data Streams (JSON 1.1), on a thread of its own and in order. What is refused or not answered is
// sent again after a while: records may come twice, and what the outbox drops meanwhile is lost
// (C6).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace understudy {

class KinesisOutbox;

class KinesisSender {
 public:
  /// `endpoint`: "http://127.0.0.1:4566". The outbox must outlive it.
  KinesisSender(KinesisOutbox& outbox, std::string endpoint);
  ~KinesisSender();
  KinesisSender(const KinesisSender&) = delete;
  KinesisSender& operator=(const KinesisSender&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
