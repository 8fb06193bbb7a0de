#include "emulator/operations/operation.h"

#include <algorithm>
#include <array>

namespace understudy {

#define OPERATION(name, function, ...) \
  Result<void> function(OperationContext& context, const JsonNode& input, JsonWriter& out);
#include "emulator/operations/operation_table.inc"
#undef OPERATION

namespace {

constexpr auto kOperations = std::to_array<Operation>({
#define OPERATION(name, function, service, access, empty_body) \
  {#name, Service::service, Access::access, function, empty_body},
#include "emulator/operations/operation_table.inc"
#undef OPERATION
});
static_assert(std::ranges::is_sorted(kOperations, std::ranges::less_equal{}, &Operation::name) &&
                  std::ranges::adjacent_find(kOperations, {}, &Operation::name) ==
                      kOperations.end(),
              "operation_table.inc must be sorted and free of duplicates");

}  // namespace

std::span<const Operation> served_operations() {
  return kOperations;
}

const Operation* find_operation(Service service, std::string_view name) {
  const auto* row = std::ranges::lower_bound(kOperations, name, {}, &Operation::name);
  return row != kOperations.end() && row->name == name && row->service == service ? row : nullptr;
}

}  // namespace understudy
