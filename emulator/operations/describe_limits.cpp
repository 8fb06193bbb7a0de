// DescribeLimits: the quotas CreateTable and UpdateTable hold to. Not what is left of them.
#include "emulator/operations/operation.h"
#include "emulator/operations/throughput_members.h"

namespace understudy {
namespace {

struct DescribeLimitsRequest {};

Result<DescribeLimitsRequest> parse_describe_limits(OperationContext& /*context*/,
                                                    const JsonNode& /*input*/) {
  return DescribeLimitsRequest{};
}

Result<void> run_describe_limits(OperationContext& /*context*/,
                                 const DescribeLimitsRequest& /*request*/, JsonWriter& out) {
  out.begin_object();
  out.key("AccountMaxReadCapacityUnits");
  out.integer(kAccountUnitsMax);
  out.key("AccountMaxWriteCapacityUnits");
  out.integer(kAccountUnitsMax);
  out.key("TableMaxReadCapacityUnits");
  out.integer(kTableUnitsMax);
  out.key("TableMaxWriteCapacityUnits");
  out.integer(kTableUnitsMax);
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(describe_limits)

}  // namespace understudy
