#include "streams/kinesis/kinesis_sender.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/json.h"
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

/// Place of the first record that a PutRecords answer says was not taken; nullopt: all were.
std::optional<std::size_t> first_refused(std::string_view answer) {
  Arena arena;
  const auto parsed = parse_json(answer, arena);
  const JsonNode* const count = parsed ? parsed->find("FailedRecordCount") : nullptr;
  if (count == nullptr || !count->is(JsonKind::kInteger) || count->text() == "0") {
    return std::nullopt;
  }
  const JsonNode* const records = parsed->find("Records");
  if (records == nullptr || !records->is(JsonKind::kArray)) {
    return 0;
  }
  const auto refused = std::ranges::find_if(
      records->elements(), [](const JsonNode& one) { return one.find("ErrorCode") != nullptr; });
  const auto place = static_cast<std::size_t>(refused - records->elements().begin());
  return place < records->size ? place : 0;
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
    std::vector<std::uint64_t> numbers;
    WebCall call;
    call.url = endpoint;
    call.body = body_of(records, numbers);
    call.headers = {
        {"Content-Type", "application/x-amz-json-1.1"},
        {"X-Amz-Target", "Kinesis_20131202.PutRecords"},
        // Emulators read the region from it and check nothing else.
        {"Authorization", "AWS4-HMAC-SHA256 Credential=understudy/20260101/" +
                              records.front().table->region +
                              "/kinesis/aws4_request, SignedHeaders=host, Signature=0"}};
    web.call(std::move(call), [this, numbers](const Expected<WebAnswer, std::string>& answer) {
      busy = false;
      // From the first that was refused on all go again: duplicates are to be expected (C6).
      const bool answered = answer && answer->status == 200;
      const std::size_t taken =
          answered ? std::min(first_refused(answer->body).value_or(numbers.size()), numbers.size())
                   : 0;
      if (taken > 0) {
        sent = numbers[taken - 1];
      }
      if (taken == numbers.size()) {
        patience = kPatienceMin;
        send_next();
      } else {
        web.after(patience, [this] { send_next(); });
        patience = std::min(patience * 2, kPatienceMax);
      }
    });
  }

  /// Of the records that go to the first one's data stream, as many as fit, and their numbers.
  static std::string body_of(const std::vector<KinesisRecord>& records,
                             std::vector<std::uint64_t>& numbers) {
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
      numbers.push_back(record.number);
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
