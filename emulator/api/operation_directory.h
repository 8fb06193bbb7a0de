// From an X-Amz-Target to the rows of its operation: one hash and one comparison per request.
// Immutable once it is made up, so thread-safe.
#pragma once

#include <array>
#include <string_view>

#include "emulator/operations/operation.h"
#include "emulator/service/api_error.h"
#include "emulator/service/shape.h"

namespace understudy {

struct OperationRows {
  const ModelOperation* model = nullptr;
  const Operation* operation = nullptr;
  OperationSet* set = nullptr;  ///< nullptr: a row of operation_table.inc
};

class OperationDirectory {
 public:
  OperationDirectory();
  /// Adds the rows of a set, which must outlive the directory. Before the first find().
  void add(OperationSet& set);

  /// Rows for "DynamoDB_20120810.GetItem" and the like; nullptr for any other target and for an
  /// operation that is known but not served.
  [[nodiscard]] const OperationRows* find(std::string_view target) const;
  /// Rows of an operation of either service by its name alone.
  [[nodiscard]] const OperationRows* find_by_name(std::string_view name) const;
  /// The answer where there are none. It has a message only for an operation that the service has
  /// and that is not served here: the service itself gives none.
  [[nodiscard]] ApiError unknown(std::string_view target) const;

 private:
  void add(const Operation& operation, OperationSet* set);
  static constexpr std::size_t kSlots = 256;  // at most 66 rows: probes stay short
  std::array<OperationRows, kSlots> slots_{};
};

}  // namespace understudy
