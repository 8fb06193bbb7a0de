#include "emulator/operations/start_key.h"

#include <array>
#include <string>

#include "emulator/model/json_codec.h"

namespace understudy {
namespace {

constexpr std::string_view kInvalidStartKey = "The provided starting key is invalid";
constexpr std::string_view kKeyMismatch = "The provided key element does not match the schema";

/// These messages about a value come without "The provided starting key is invalid: " in front.
/// Source: dynalite validations/query.js (captured); AWS capture of 2026-10-09 for duplicates.
bool stands_alone(std::string_view message) {
  constexpr std::array<std::string_view, 5> kKinds = {"contains duplicates", "number set",
                                                      "numeric value", "significant digits",
                                                      "number with magnitude"};
  for (const std::string_view kind : kKinds) {
    if (message.find(kind) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

Result<void> check_start_attribute(const KeyAttribute& attribute,
                                   std::span<const MapEntry> start_key) {
  const Value* value = find(start_key, attribute.name);
  if (value == nullptr) {
    return validation_error(std::string(kInvalidStartKey));
  }
  if (!value->is(attribute.type)) {
    return validation_error(std::string(kKeyMismatch));
  }
  return {};
}

/// Number of different attributes that keys of the walked collection are made of.
std::size_t start_key_size(const BoundPage& page) {
  const KeySchema& table = page.settings().keys;
  std::size_t size = table.size();
  if (page.index != nullptr) {
    for (const auto* part : {&page.index->keys.partition, &page.index->keys.sort}) {
      for (const KeyAttribute& attribute : *part) {
        size += table.has(attribute.name) ? 0 : 1;
      }
    }
  }
  return size;
}

/// The table's key attributes of a start key, in order.
std::span<const MapEntry> table_key_of(const KeySchema& keys, std::span<const MapEntry> start_key,
                                       Arena& arena) {
  ArenaVector<MapEntry> key(arena);
  for (const MapEntry& entry : start_key) {
    if (keys.has(entry.name)) {
      key.push_back(entry);
    }
  }
  return key.span();
}

void append_key_attribute(JsonWriter& out, const Item& item, std::string_view name) {
  if (const auto position = item.find(name)) {
    out.raw(item.member_text(*position));
  }
}

}  // namespace

Result<void> read_start_key(const JsonNode& input, const Wording& wording, Arena& arena,
                            PageRequest& request) {
  const JsonNode* node = input.find("ExclusiveStartKey");
  if (node == nullptr) {
    return {};
  }
  auto key = decode_attributes(*node, arena, wording.decode_options());
  if (!key) {
    const std::string& message = key.error().message();
    if (stands_alone(message)) {
      return Unexpected{std::move(key).error()};
    }
    return validation_error(std::string(kInvalidStartKey) + ": " + message);
  }
  request.start_key = *key;
  return {};
}

Result<void> check_start_key(const BoundPage& page, std::span<const MapEntry> start_key,
                             bool scan) {
  const bool scans_table = scan && page.index == nullptr;
  if (start_key.size() != start_key_size(page)) {
    std::string message(kInvalidStartKey);
    return validation_error(scans_table ? message + ": " + std::string(kKeyMismatch) : message);
  }
  if (scans_table) {
    return {};
  }
  for (const auto* part : {&page.keys().partition, &page.keys().sort}) {
    for (const KeyAttribute& attribute : *part) {
      TRY_VOID(check_start_attribute(attribute, start_key));
    }
  }
  return {};
}

Result<EncodedKey> encode_start_key(const BoundPage& page, std::span<const MapEntry> start_key,
                                    Arena& arena) {
  const KeySchema& table = page.settings().keys;
  auto key = read_key(page.settings(), table_key_of(table, start_key, arena), arena);
  if (!key) {
    return validation_error(std::string(kInvalidStartKey) + ": " + key.error().message());
  }
  if (page.index == nullptr) {
    return key;
  }
  for (const auto* part : {&page.index->keys.partition, &page.index->keys.sort}) {
    for (const KeyAttribute& attribute : *part) {
      const Value* value = find(start_key, attribute.name);
      if (value != nullptr && attribute.type != ValueType::kNumber && value->text().empty()) {
        // Assumed: in the words of writes, as DynamoDB Local.
        return validation_error(std::string(kInvalidStartKey) + ": " +
                                empty_index_key_text(*page.index, attribute));
      }
    }
  }
  const auto entry_key = encode_index_key(page.index->keys, table, start_key, arena);
  if (!entry_key) {
    return validation_error(std::string(kInvalidStartKey));
  }
  return *entry_key;
}

void append_last_key(JsonWriter& out, const BoundPage& page, const Item& item) {
  out.key("LastEvaluatedKey");
  out.begin_object();
  const KeySchema& table = page.settings().keys;
  for (const auto* part : {&table.partition, &table.sort}) {
    for (const KeyAttribute& attribute : *part) {
      append_key_attribute(out, item, attribute.name);
    }
  }
  if (page.index != nullptr) {
    for (const auto* part : {&page.index->keys.partition, &page.index->keys.sort}) {
      for (const KeyAttribute& attribute : *part) {
        if (!table.has(attribute.name)) {
          append_key_attribute(out, item, attribute.name);
        }
      }
    }
  }
  out.end_object();
}

}  // namespace understudy
