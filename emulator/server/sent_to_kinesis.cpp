#include "emulator/server/sent_to_kinesis.h"

#include "streams/kinesis/kinesis_outbox.h"

namespace understudy {

void SentToKinesis::write(const Ask& ask, JsonWriter& out) const {
  for (const KinesisRecord& record :
       outbox_.read(ask.after, ask.records_max, ask.stream_arn, ask.tenant)) {
    write_kinesis_record(out, record);
  }
}

void SentToKinesis::forget(const std::optional<std::string>& tenant) {
  outbox_.forget(tenant);
}

}  // namespace understudy
