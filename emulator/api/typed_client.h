// TypedClient: the data plane for C++ callers in the same process, decoded values in and stored
// items out, with no JSON in between. Same gates from the table's on, same locks, same journal of
// time as requests.
//
//   understudy::TypedClient client(engine);
//   auto item = client.get_item("tab", key);   // key: sorted attributes, see
//   emulator/model/value.h
//
// Fault rules meet these calls as they meet requests (Engine::run_step_with_faults says how).
//
// Thread-safe.
#pragma once

#include <span>
#include <string_view>

#include "emulator/api/engine.h"
#include "emulator/base/arena.h"
#include "emulator/capacity/units.h"
#include "emulator/model/item.h"
#include "emulator/model/value.h"
#include "emulator/service/api_error.h"
#include "emulator/table/scope.h"

namespace understudy {

class TypedClient {
 public:
  /// Acts on behalf of that access key (a 12-digit one is a tenant of its own). `engine` must
  /// outlive the client.
  explicit TypedClient(Engine& engine, std::string_view access_key = {});

  /// The item under `key`, or null. Error: ResourceNotFoundException, ValidationException.
  Result<ItemRef> get_item(std::string_view table, std::span<const MapEntry> key,
                           ReadConsistency consistency = ReadConsistency::kEventual);
  /// Writes the item and returns what stood there, or null. Error: as get_item.
  Result<ItemRef> put_item(std::string_view table, std::span<const MapEntry> item);
  /// Deletes the item and returns it, or null. Error: as get_item.
  Result<ItemRef> delete_item(std::string_view table, std::span<const MapEntry> key);

 private:
  Engine& engine_;
  Arena arena_;  ///< holds the scope's text
  Scope scope_;
};

}  // namespace understudy
