#include "streams/kinesis/kinesis_sender.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "emulator/base/base64.h"
#include "streams/kinesis/kinesis_outbox.h"
#include "streams/web/web_server.h"

namespace understudy {
namespace {

/// Source: API reference, PutRecords: 500 records.
constexpr std::size_t kRecordsMax = 500;
constexpr std::size_t kBodyBytesMax = std::size_t{4} * 1024 * 1024;
constexpr std::chrono::milliseconds kPatienceMin{100};
constexpr std::chrono::milliseconds kPatienceMax{10'000};

std::string_view stream_name(std::string_view arn) {
  const std::size_t slash = arn.find('/');
  return slash == std::string_view::npos ? arn : arn.substr(slash + 1);
}

void append_record(JsonWriter& out, const KinesisRecord& record) {
  Buffer data;
  JsonWriter json(data);
  write_kinesis_data(json, record);
  std::string encoded(base64_encoded_bytes(data.size()), '\0');
  encode_base64(data.view(), encoded.data());
  out.begin_object();
  out.key("Data");
  out.string(encoded);
  out.key("PartitionKey");
  out.string(record.partition_key);
  out.end_object();
}

}  // namespace

/// Everything but the notice of new records happens on the web server's thread.
struct KinesisSender::Impl {
  Impl(KinesisOutbox& given, std::string url) : outbox(given), endpoint(std::move(url)) {}

  void send_next() {
    if (busy) {
      return;
    }
    const std::vector<KinesisRecord> records = outbox.read(sent, kRecordsMax);
    if (records.empty()) {
      return;
    }
    busy = true;
    std::uint64_t last = 0;
    WebCall call;
    call.url = endpoint;
    call.body = body_of(records, last);
    call.headers = {
        {"Content-Type", "application/x-amz-json-1.1"},
        {"X-Amz-Target", "Kinesis_20131202.PutRecords"},
        // Emulators read the region from it and check nothing else.
        {"Authorization", "AWS4-HMAC-SHA256 Credential=understudy/20260101/" +
                              records.front().table->region +
                              "/kinesis/aws4_request, SignedHeaders=host, Signature=0"}};
    web.call(std::move(call), [this, last](const Expected<WebAnswer, std::string>& answer) {
      busy = false;
      if (answer && answer->status == 200) {
        sent = last;
        patience = kPatienceMin;
        send_next();
      } else {
        web.after(patience, [this] { send_next(); });
        patience = std::min(patience * 2, kPatienceMax);
      }
    });
  }

  /// Of the records that go to the first one's data stream, as many as fit; `last` is the last.
  static std::string body_of(const std::vector<KinesisRecord>& records, std::uint64_t& last) {
    const std::string& arn = records.front().stream_arn;
    Buffer body;
    JsonWriter out(body);
    out.begin_object();
    out.key("StreamARN");
    out.string(arn);
    out.key("StreamName");
    out.string(stream_name(arn));
    out.key("Records");
    out.begin_array();
    for (const KinesisRecord& record : records) {
      if (record.stream_arn != arn || body.size() > kBodyBytesMax) {
        break;
      }
      append_record(out, record);
      last = record.number;
    }
    out.end_array();
    out.end_object();
    return std::string(body.view());
  }

  KinesisOutbox& outbox;
  const std::string endpoint;
  std::uint64_t sent = 0;
  bool busy = false;
  std::chrono::milliseconds patience = kPatienceMin;
  WebServer web;  // last: its thread ends before the rest goes
};

KinesisSender::KinesisSender(KinesisOutbox& outbox, std::string endpoint)
    : impl_(std::make_unique<Impl>(outbox, std::move(endpoint))) {
  outbox.on_grown([impl = impl_.get()] { impl->web.post([impl] { impl->send_next(); }); });
}

KinesisSender::~KinesisSender() {
  impl_->outbox.on_grown({});
  impl_->web.stop();
}

}  // namespace understudy
