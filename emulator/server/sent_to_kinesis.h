// SentToKinesis: this server's Kinesis outbox as the admin API reads it.
#pragma once

#include "emulator/admin/kinesis_records.h"

namespace understudy {

class KinesisOutbox;

/// Thread-safe.
class SentToKinesis final : public KinesisRecords {
 public:
  /// `outbox` must outlive it.
  explicit SentToKinesis(KinesisOutbox& outbox) : outbox_(outbox) {}

  void write(const Ask& ask, JsonWriter& out) const override;
  void forget(const std::optional<std::string>& tenant) override;

 private:
  KinesisOutbox& outbox_;
};

}  // namespace understudy
