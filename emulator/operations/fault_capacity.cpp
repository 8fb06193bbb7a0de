#include "emulator/operations/fault_capacity.h"

#include <cmath>

#include "emulator/model/json_codec.h"
#include "emulator/table/capacity_control.h"
#include "emulator/table/table.h"

namespace understudy {
namespace {

/// A pinned partition's ceilings where the rule names none: a tenth of the service's (B1.2).
constexpr double kPinnedReadUnits = 300;
constexpr double kPinnedWriteUnits = 100;

CapacityUnits units_of(double units) {
  return {std::llround(units * 1000)};
}

}  // namespace

std::optional<KeyHash> fault_item_hash(OperationContext& context, const FaultItem& item) {
  const auto found = context.catalog.find_active(context.scope, item.table);
  if (!found || item.attributes == nullptr) {
    return std::nullopt;
  }
  const auto settings = (*found)->lock()->settings;
  const auto attributes = decode_attributes(*item.attributes, context.arena);
  if (!attributes) {
    return std::nullopt;
  }
  const auto key = read_item_key(*settings, *attributes, context.arena);
  return key ? std::optional(key->hash) : std::nullopt;
}

void apply_capacity_fault(OperationContext& context, const FaultSubject& subject,
                          const FaultItem& item, const FaultCapacity& fault,
                          const CapacityHold& hold) {
  CapacityControl control(context.catalog);
  const JsonNode* const index = subject.input.find("IndexName");
  const CapacityControl::Target target{
      context.scope.tenant, item.table,
      index != nullptr && index->is(JsonKind::kString) ? index->text() : std::string_view()};
  const auto each = [&](auto change) {
    change(Dimension::kRead, fault.read_units);
    change(Dimension::kWrite, fault.write_units);
  };
  // The rate, or a partition's ceiling: as long as the rule lasts, or until it is taken back.
  const auto set = [&](Dimension dimension, std::optional<PartitionId> partition,
                       CapacityUnits units) {
    if (hold.over != nullptr) {
      control.hold(target, dimension, partition, units, hold);
    } else if (partition) {
      control.limit_partition(target, *partition, dimension, units);
    } else {
      control.override_rate(target, dimension, units);
    }
  };
  switch (fault.kind) {
    case FaultCapacity::Kind::kOverride:
      each([&](Dimension dimension, const std::optional<double>& units) {
        if (units) {
          set(dimension, std::nullopt, units_of(*units));
        }
      });
      return;
    case FaultCapacity::Kind::kDrainBurst:
      each([&](Dimension dimension, const std::optional<double>&) {
        control.set_balance(target, dimension, {});
      });
      return;
    case FaultCapacity::Kind::kPinHotPartition:
      if (const auto hash = fault_item_hash(context, item)) {
        const auto partition = control.partition_of(target, *hash);
        each([&](Dimension dimension, const std::optional<double>& units) {
          const double least = dimension == Dimension::kRead ? kPinnedReadUnits : kPinnedWriteUnits;
          if (partition) {
            set(dimension, partition, units_of(units.value_or(least)));
          }
        });
      }
      return;
  }
}

}  // namespace understudy
