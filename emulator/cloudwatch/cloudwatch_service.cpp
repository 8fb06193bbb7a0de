#include "emulator/cloudwatch/cloudwatch_service.h"

#include <algorithm>
#include <array>

#include "emulator/api/query_string.h"
#include "emulator/api/tenant.h"
#include "emulator/base/arena.h"
#include "emulator/cloudwatch/answer_writer.h"
#include "emulator/cloudwatch/cbor_reader.h"
#include "emulator/cloudwatch/cloudwatch_operations.h"
#include "emulator/cloudwatch/exposition.h"
#include "emulator/cloudwatch/query_form.h"

namespace understudy {
namespace cloudwatch {
namespace {

constexpr std::string_view kTargetPrefix = "GraniteServiceVersion20100801.";
constexpr std::string_view kRpcPrefix = "/service/GraniteServiceVersion20100801/operation/";
constexpr std::string_view kVersion = "2010-08-01";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";
constexpr std::string_view kXmlNamespace = "http://monitoring.amazonaws.com/doc/2010-08-01/";
constexpr std::string_view kShapePrefix = "com.amazonaws.cloudwatch#";
constexpr std::string_view kMetricsPath = "/metrics";
constexpr std::string_view kMetricsJsonPath = "/metrics.json";

struct OperationRow {
  std::string_view name;
  CloudwatchOperation run;
};
constexpr std::array<OperationRow, 5> kOperations = {{
    {"DescribeAlarms", describe_alarms},
    {"DescribeAlarmsForMetric", describe_alarms_for_metric},
    {"GetMetricData", get_metric_data},
    {"GetMetricStatistics", get_metric_statistics},
    {"ListMetrics", list_metrics},
}};

enum class Protocol : std::uint8_t { kJson, kCbor, kQuery };

struct Call {
  Protocol protocol = Protocol::kJson;
  std::string_view operation;
  JsonNode input;
};

bool is_form(const Request& request) {
  return request.header(KnownHeader::kContentType).starts_with(kFormType);
}

CloudwatchResult<void> read_input(const Request& request, Arena& arena, Call& call) {
  constexpr auto kMalformed = CloudwatchFault::kMalformed;
  switch (call.protocol) {
    case Protocol::kJson: {
      const auto parsed = parse_json(request.body.empty() ? "{}" : request.body, arena);
      if (!parsed) {
        return cloudwatch_error(kMalformed, parsed.error().reason);
      }
      call.input = *parsed;
      break;
    }
    case Protocol::kCbor: {
      if (request.body.empty()) {
        call.input.kind = JsonKind::kObject;
        break;
      }
      const auto parsed = parse_cbor(request.body, arena);
      if (!parsed) {
        return cloudwatch_error(kMalformed, std::string(parsed.error()));
      }
      call.input = *parsed;
      break;
    }
    case Protocol::kQuery:
      call.input = parse_query_form(request.body, arena);
      break;
  }
  if (!call.input.is(JsonKind::kObject)) {
    return cloudwatch_error(kMalformed, "The request is no structure");
  }
  return {};
}

Call recognise(const Request& request, Arena& arena) {
  const std::string_view target = request.header(KnownHeader::kTarget);
  if (target.starts_with(kTargetPrefix)) {
    return {Protocol::kJson, target.substr(kTargetPrefix.size()), {}};
  }
  const std::string_view path = path_of(request.target);
  if (path.starts_with(kRpcPrefix)) {
    return {Protocol::kCbor, path.substr(kRpcPrefix.size()), {}};
  }
  return {Protocol::kQuery, find_form_value(request.body, "Action", arena).value_or(""), {}};
}

CloudwatchResult<void> run(const Call& call, const CloudwatchCall& context, Response& response) {
  const auto row = std::ranges::find(kOperations, call.operation, &OperationRow::name);
  if (row == kOperations.end()) {
    return cloudwatch_error(CloudwatchFault::kUnknownOperation,
                            "Operation " + std::string(call.operation) +
                                " is not served here: there are DescribeAlarms, "
                                "DescribeAlarmsForMetric, GetMetricData, GetMetricStatistics and "
                                "ListMetrics of namespace AWS/DynamoDB.");
  }
  switch (call.protocol) {
    case Protocol::kJson: {
      JsonAnswer out(response.body);
      return row->run(context, call.input, out);
    }
    case Protocol::kCbor: {
      CborAnswer out(response.body);
      return row->run(context, call.input, out);
    }
    case Protocol::kQuery: {
      XmlAnswer out(response.body);
      out.begin_response(row->name);
      TRY_VOID(row->run(context, call.input, out));
      out.end_response(response.request_id_text());
      return {};
    }
  }
  return {};
}

void write_xml_error(std::string_view code, std::string_view message, Response& response) {
  Buffer& out = response.body;
  out.append("<ErrorResponse xmlns=\"");
  out.append(kXmlNamespace);
  out.append("\"><Error><Type>Sender</Type><Code>");
  out.append(code);
  out.append("</Code><Message>");
  append_xml_text(out, message);
  out.append("</Message></Error><RequestId>");
  out.append(response.request_id_text());
  out.append("</RequestId></ErrorResponse>");
}

/// `code`: as Query has it; `shape`: the model's name.
void write_error(Protocol protocol, std::string_view code, std::string_view shape,
                 std::string_view message, Response& response) {
  response.body.clear();
  // Clients of a service that once spoke Query go by its codes.
  response.extra_headers.append("x-amzn-query-error: ").append(code).append(";Sender\r\n");
  if (protocol == Protocol::kQuery) {
    write_xml_error(code, message, response);
    return;
  }
  JsonAnswer json(response.body);
  CborAnswer cbor(response.body);
  AnswerWriter& out = protocol == Protocol::kJson ? static_cast<AnswerWriter&>(json) : cbor;
  out.begin_structure();
  out.member("__type");
  out.string(std::string(kShapePrefix).append(shape));
  out.member("message");
  out.string(message);
  out.end_structure();
}

void set_type(Protocol protocol, Response& response) {
  switch (protocol) {
    case Protocol::kJson:
      response.content_type = "application/x-amz-json-1.0";
      break;
    case Protocol::kCbor:
      response.content_type = "application/cbor";
      response.extra_headers += "smithy-protocol: rpc-v2-cbor\r\n";
      break;
    case Protocol::kQuery:
      response.content_type = "text/xml";
      break;
  }
}

bool is_ours(const Request& request) {
  if (request.header(KnownHeader::kTarget).starts_with(kTargetPrefix)) {
    return true;
  }
  const std::string_view path = path_of(request.target);
  if (path.starts_with(kRpcPrefix) || path == kMetricsPath || path == kMetricsJsonPath) {
    return true;
  }
  if (!is_form(request)) {
    return false;
  }
  Arena arena;
  return find_form_value(request.body, "Version", arena) == kVersion;
}

void answer_call(const Request& request, const CloudwatchCall& context, Arena& arena,
                 Response& response) {
  Call call = recognise(request, arena);
  set_type(call.protocol, response);
  const auto answer = [&]() -> CloudwatchResult<void> {
    TRY_VOID(read_input(request, arena, call));
    return run(call, context, response);
  };
  if (const auto done = answer(); !done) {
    const CloudwatchFaultRow& row = fault_row(done.error().fault);
    response.status = row.status;
    write_error(call.protocol, row.code, row.shape, done.error().message, response);
  }
}

}  // namespace
}  // namespace cloudwatch

bool CloudwatchService::claims(const Request& request) const {
  return cloudwatch::is_ours(request);
}

std::optional<SideSigning> CloudwatchService::signing_of(const Request& request) const {
  const std::string_view path = path_of(request.target);
  if (path == cloudwatch::kMetricsPath || path == cloudwatch::kMetricsJsonPath) {
    return std::nullopt;
  }
  return SideSigning{"monitoring", 403, true};
}

const ModelOperation* CloudwatchService::operation_of(const Request& request) const {
  Arena arena;
  // The name is a view into the request, but for a form's, which is in the arena.
  return find_side_operation(Service::kCloudWatch, cloudwatch::recognise(request, arena).operation);
}

void CloudwatchService::refuse(const Request& request, const SideError& error,
                               Response& response) const {
  Arena arena;
  const cloudwatch::Protocol protocol = cloudwatch::recognise(request, arena).protocol;
  cloudwatch::set_type(protocol, response);
  response.status = error.status;
  cloudwatch::write_error(protocol, error.name, error.name, error.message, response);
}

void CloudwatchService::handle(const Request& request, Microseconds now, Response& response) {
  const std::string_view path = path_of(request.target);
  if (path == cloudwatch::kMetricsPath) {
    response.content_type = cloudwatch::kPrometheusType;
    cloudwatch::write_prometheus(metrics_, response.body);
    return;
  }
  if (path == cloudwatch::kMetricsJsonPath) {
    response.content_type = "application/json";
    cloudwatch::write_metrics_json(metrics_, response.body);
    return;
  }
  Arena arena;
  const Scope scope = scope_of_request(options_, request, arena);
  cloudwatch::answer_call(request, {metrics_, alarms_, scope, now}, arena, response);
}

}  // namespace understudy
