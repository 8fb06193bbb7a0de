#include "emulator/api/content_coding.h"
#include "emulator/api/engine_impl.h"
#include "emulator/api/fault_delivery.h"
#include "emulator/base/crc32.h"
#include "emulator/table/request_metrics.h"

namespace understudy {
namespace {

constexpr std::size_t kHintedTenantsMax = 1024;

}  // namespace

void Engine::Impl::finish(Exchange& exchange) {
  Response& response = exchange.response;
  response.arrived = exchange.now;
  if (exchange.faults.has_value()) [[unlikely]] {
    replace_body(*exchange.faults, response);
  }
  if (!exchange.trace.replica.empty()) {
    response.extra_headers.append("x-understudy-replica: ")
        .append(exchange.trace.replica)
        .append("; behind-us=")
        .append(std::to_string(exchange.trace.replica_behind))
        .append("\r\n");
  }
  if (response.body.size() > kCompressedAnswerBytesMin &&
      exchange.request.has(KnownHeader::kAcceptEncoding)) {
    compress_answer(exchange);
  }
  response.crc32 = crc32(response.body.view());
  if (exchange.faults.has_value()) [[unlikely]] {
    shape_answer(*exchange.faults, response);
  }
  if (catalog.simulates() && exchange.rows != nullptr) {
    delay_answer(exchange.trace.answer_delay, response);
    meter(exchange);
  }
  if (options.journal != nullptr) {
    hint_at_other_tenants(exchange);
    if (options.journal->wants_every_request() || !exchange.note.empty()) {
      record(exchange);
    }
  }
}

/// A transaction that takes time is answered when it has ended.
void Engine::Impl::delay_answer(Microseconds delay, Response& response) {
  if (delay <= 0) {
    return;
  }
  if (response.delivery == nullptr) {
    response.delivery = std::make_unique<Delivery>();
  }
  response.delivery->delay += delay;
}

/// One more request for the metrics of its table and account. Throttles, a fault rule's too, and
/// failed conditions are no user errors. Source: Developer Guide, "DynamoDB metrics and
/// dimensions".
void Engine::Impl::meter(const Exchange& exchange) {
  const int status = exchange.response.status;
  if (status < 400 && exchange.trace.metered == nullptr) {
    return;  // Counted under its table's lock already, or not about a table.
  }
  FinishedRequest request;
  request.operation = exchange.rows->model->name;
  request.at = exchange.now;
  request.took = clock.now() - exchange.now;
  request.status = status;
  request.items_returned = exchange.trace.items;
  request.returns_items = request.operation == "Query" || request.operation == "Scan";
  request.throttled =
      status >= 400 && (!exchange.trace.refused.empty() || !exchange.trace.reason.empty() ||
                        exchange.error == "ProvisionedThroughputExceededException");
  const bool user_error = status >= 400 && status < 500 && !request.throttled &&
                          exchange.error != "ConditionalCheckFailedException" &&
                          exchange.error != "ThrottlingException";
  catalog.count_request(exchange.scope, exchange.trace.metered.get(), request, user_error);
}

void Engine::Impl::compress_answer(Exchange& exchange) const {
  const Coding coding = choose_coding(exchange.request.header(KnownHeader::kAcceptEncoding));
  if (coding == Coding::kIdentity) {
    return;
  }
  Buffer& packed = exchange.workspace.packed;
  compress(exchange.response.body.view(), coding, packed);
  std::swap(packed, exchange.response.body);
  exchange.response.content_encoding = coding_name(coding);
}

/// "Where are my tables?" has one frequent answer: under another key or region. Said once per
/// tenant.
void Engine::Impl::hint_at_other_tenants(Exchange& exchange) {
  const bool lists_nothing = exchange.rows != nullptr && exchange.error.empty() &&
                             exchange.rows->model->name == "ListTables" &&
                             exchange.response.body.view() == R"({"TableNames":[]})";
  if (!lists_nothing) {
    return;
  }
  std::string elsewhere;
  for (const auto& [tenant, tables] : catalog.tenants()) {
    if (tables > 0 && tenant != exchange.scope.tenant) {
      elsewhere.append(elsewhere.empty() ? "" : ", ").append(tenant).append(" has ");
      elsewhere.append(std::to_string(tables)).append(tables == 1 ? " table" : " tables");
    }
  }
  if (elsewhere.empty()) {
    return;
  }
  const auto told = hinted.lock();
  if (told->size() < kHintedTenantsMax && told->emplace(exchange.scope.tenant).second) {
    exchange.note = "no tables for tenant " + std::string(exchange.scope.tenant) +
                    " (access key '" + std::string(exchange.scope.access_key) + "', region " +
                    std::string(exchange.scope.region) + "), but tenant " + elsewhere;
  }
}

void Engine::Impl::record(const Exchange& exchange) {
  JournalEntry entry;
  entry.arrived = exchange.now;
  entry.took = clock.now() - exchange.now;
  entry.request_id = exchange.response.request_id_text();
  entry.tenant = exchange.scope.tenant;
  entry.operation = exchange.rows != nullptr     ? exchange.rows->model->name
                    : exchange.beside != nullptr ? exchange.beside->name
                                                 : std::string_view{};
  entry.table = exchange.trace.table;
  entry.error = exchange.error;
  entry.status = exchange.response.status;
  entry.read_units_thousandths = exchange.trace.read_units.thousandths;
  entry.write_units_thousandths = exchange.trace.write_units.thousandths;
  entry.items = exchange.trace.items;
  entry.refused = exchange.trace.refused;
  entry.note = exchange.note;
  entry.key_hash = exchange.trace.key_hash;
  entry.verdict = exchange.trace.verdict;
  entry.rule = exchange.trace.rule;
  entry.reason = exchange.trace.reason;
  entry.bucket = exchange.trace.bucket;
  entry.balance_thousandths = exchange.trace.balance_thousandths;
  entry.invocation_id = exchange.request.header(KnownHeader::kInvocationId);
  entry.sdk_request = exchange.request.header(KnownHeader::kSdkRequest);
  entry.request = &exchange.request;
  entry.response = &exchange.response;
  options.journal->record(entry);
}

}  // namespace understudy
