// Items and tables for the table room's tests, from JSON as requests have it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/base/arena.h"
#include "emulator/base/check.h"
#include "emulator/base/json.h"
#include "emulator/model/item.h"
#include "emulator/model/json_codec.h"
#include "emulator/table/table.h"

namespace understudy::testing {

/// The attributes of `{"a":{"S":"x"},…}`, canonical. `json` and `arena` must live as long.
inline std::span<const MapEntry> attributes(std::string_view json, Arena& arena) {
  const auto node = parse_json(json, arena);
  CHECK(node.has_value());
  auto decoded = decode_attributes(*node, arena);
  CHECK(decoded.has_value());
  return *decoded;
}

/// A table with partition key "pk" and, when asked for, sort key "sk", both strings.
inline TableSettings settings_of(bool with_sort_key) {
  TableSettings settings;
  settings.name = "things";
  settings.arn = "arn:aws:dynamodb:us-east-1:000000000000:table/things";
  settings.keys.partition = {{"pk", ValueType::kString}};
  if (with_sort_key) {
    settings.keys.sort = {{"sk", ValueType::kString}};
  }
  return settings;
}

inline IndexSettings index_of(std::string name, KeySchema keys, ProjectionType projection,
                              std::vector<std::string> included = {}) {
  IndexSettings index;
  index.name = std::move(name);
  index.keys = std::move(keys);
  index.projection = projection;
  index.non_key_attributes = std::move(included);
  return index;
}

/// A table's state with writes by JSON.
class Stage {
 public:
  explicit Stage(TableSettings settings) {
    for (IndexSettings& index : settings.indexes) {
      set_projected(index, settings.keys);
    }
    state.indexes.resize(settings.indexes.size());
    state.settings = std::make_shared<const TableSettings>(std::move(settings));
    state.status = TableStatus::kActive;
  }

  ItemRef item(std::string_view json, const EncodedKey& key) {
    return make_item(attributes(json, arena), key.sort, arena);
  }
  EncodedKey key_of(std::string_view json) {
    auto key = read_item_key(*state.settings, attributes(json, arena), arena);
    CHECK(key.has_value());
    return *key;
  }
  /// Plans a put without doing it.
  PlannedWrite plan_put(std::string_view json) {
    const EncodedKey key = key_of(json);
    return plan_write(state, key, state.items.find(key), item(json, key), arena);
  }
  PlannedWrite put(std::string_view json) {
    PlannedWrite write = plan_put(json);
    PlannedWrite done = write;
    commit_write(state, std::move(write), {now});
    return done;
  }
  PlannedWrite remove(std::string_view json) {
    const EncodedKey key = key_of(json);
    PlannedWrite write = plan_write(state, key, state.items.find(key), nullptr, arena);
    PlannedWrite done = write;
    commit_write(state, std::move(write), {now});
    return done;
  }
  /// Texts of a collection's items, in its order.
  static std::vector<std::string> texts(const Collection& collection) {
    std::vector<std::string> found;
    for (auto cursor = Collection::Cursor::scan(collection, {}, {UINT64_MAX, UINT64_MAX}, nullptr);
         !cursor.done(); cursor.next()) {
      found.emplace_back(cursor.entry().item->text());
    }
    return found;
  }

  Arena arena;
  TableState state;
  Microseconds now = 0;
};

}  // namespace understudy::testing
