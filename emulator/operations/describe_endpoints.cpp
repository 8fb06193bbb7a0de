// DescribeEndpoints: where the client goes on from here. The address is the one it reached us
// under, so that a client that discovers endpoints stays with the emulator.
#include "emulator/operations/operation.h"

namespace understudy {
namespace {

struct DescribeEndpointsRequest {};

/// How long the address may be cached. Assumed: the number.
constexpr std::int64_t kCachePeriodMinutes = 1440;

Result<DescribeEndpointsRequest> parse_describe_endpoints(OperationContext& /*context*/,
                                                          const JsonNode& /*input*/) {
  return DescribeEndpointsRequest{};
}

Result<void> run_describe_endpoints(OperationContext& context,
                                    const DescribeEndpointsRequest& /*request*/, JsonWriter& out) {
  std::string address(context.scope.host);
  if (address.empty()) {  // in-process: nobody will connect there
    address.append("dynamodb.").append(context.scope.region).append(".amazonaws.com");
  }
  out.begin_object();
  out.key("Endpoints");
  out.begin_array();
  out.begin_object();
  out.key("Address");
  out.string(address);
  out.key("CachePeriodInMinutes");
  out.integer(kCachePeriodMinutes);
  out.end_object();
  out.end_array();
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(describe_endpoints)

}  // namespace understudy
