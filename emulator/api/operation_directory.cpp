#include "emulator/api/operation_directory.h"

#include <string>

#include "emulator/base/check.h"

namespace understudy {
namespace {

constexpr std::string_view kDynamoDbPrefix = "DynamoDB_20120810.";
constexpr std::string_view kStreamsPrefix = "DynamoDBStreams_20120810.";

/// Differs enough over the names of the service's operations; ends of names differ most.
std::size_t slot_of(std::string_view name) {
  std::size_t hash = name.size();
  for (const char c : name) {
    hash = hash * 31 + static_cast<unsigned char>(c);
  }
  return hash ^ (hash >> 8);
}

}  // namespace

OperationDirectory::OperationDirectory() {
  for (const Operation& operation : served_operations()) {
    add(operation, nullptr);
  }
}

void OperationDirectory::add(OperationSet& set) {
  for (const Operation& operation : set.rows()) {
    add(operation, &set);
  }
}

void OperationDirectory::add(const Operation& operation, OperationSet* set) {
  const ModelOperation* model = find_model_operation(operation.service, operation.name);
  CHECK(model != nullptr);
  CHECK(find_by_name(operation.name) == nullptr);
  std::size_t slot = slot_of(operation.name) % kSlots;
  while (slots_[slot].model != nullptr) {
    slot = (slot + 1) % kSlots;
  }
  slots_[slot] = {model, &operation, set};
}

const OperationRows* OperationDirectory::find_by_name(std::string_view name) const {
  for (std::size_t slot = slot_of(name) % kSlots;; slot = (slot + 1) % kSlots) {
    const OperationRows& rows = slots_[slot];
    if (rows.model == nullptr) {
      return nullptr;
    }
    if (rows.model->name == name) {
      return &rows;
    }
  }
}

const OperationRows* OperationDirectory::find(std::string_view target) const {
  const bool streams = target.starts_with(kStreamsPrefix);
  if (!streams && !target.starts_with(kDynamoDbPrefix)) {
    return nullptr;
  }
  target.remove_prefix(streams ? kStreamsPrefix.size() : kDynamoDbPrefix.size());
  const OperationRows* rows = find_by_name(target);
  const Service service = streams ? Service::kDynamoDbStreams : Service::kDynamoDb;
  return rows != nullptr && rows->model->service == service ? rows : nullptr;
}

ApiError OperationDirectory::unknown(std::string_view target) const {
  const std::string_view name = target.substr(target.rfind('.') + 1);
  const bool known = find_model_operation(Service::kDynamoDb, name) != nullptr ||
                     find_model_operation(Service::kDynamoDbStreams, name) != nullptr;
  const bool missing = known && find_by_name(name) == nullptr;
  return {ErrorKind::kUnknownOperationException,
          missing ? std::string(name) + " is not served by this emulator." : std::string()};
}

}  // namespace understudy
