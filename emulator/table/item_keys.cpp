// Keys as requests give them and as items carry them: checked against the schemas, then encoded.
#include <algorithm>
#include <string>

#include "emulator/table/table.h"

namespace understudy {

namespace {

Unexpected<ApiError> key_does_not_match() {
  return validation_error("The provided key element does not match the schema");
}

bool is_empty_key(const Value& value) {
  return (value.is(ValueType::kString) || value.is(ValueType::kBinary)) && value.size == 0;
}

std::string_view empty_kind(ValueType type) {
  return type == ValueType::kBinary ? "binary" : "string";
}

/// An empty or oversized value of a primary key attribute.
/// Source: dynoxide's captures (eu-west-2, 2026); sizes dynalite's tests.
Result<void> check_key_value(const KeyAttribute& attribute, const Value& value, bool is_partition) {
  if (is_empty_key(value)) {
    return validation_error(
        std::string("One or more parameter values are not valid. The AttributeValue for a key "
                    "attribute cannot contain an empty ") +
        std::string(empty_kind(value.type)) + " value. Key: " + attribute.name);
  }
  if (is_partition && value_size_bytes(value) > kPartitionKeyMaxBytes) {
    return validation_error(
        "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size "
        "limit of2048 bytes");
  }
  if (!is_partition && value_size_bytes(value) > kSortKeyMaxBytes) {
    return validation_error(
        "One or more parameter values were invalid: Aggregated size of all range keys has exceeded "
        "the size limit of 1024 bytes");
  }
  return {};
}

/// The value of a key attribute in a request's Key.
Result<const Value*> find_key_value(const KeyAttribute& attribute, std::span<const MapEntry> key,
                                    bool is_partition) {
  const Value* value = find(key, attribute.name);
  if (value == nullptr || !value->is(attribute.type)) {
    return key_does_not_match();
  }
  TRY_VOID(check_key_value(attribute, *value, is_partition));
  return value;
}

/// The same in a request's Item.
Result<const Value*> find_item_key_value(const KeyAttribute& attribute,
                                         std::span<const MapEntry> item, bool is_partition,
                                         ItemKeyWording wording) {
  const Value* value = find(item, attribute.name);
  if (value == nullptr) {
    return validation_error("One or more parameter values were invalid: Missing the key " +
                            attribute.name + " in the item");
  }
  if (!value->is(attribute.type)) {
    if (wording == ItemKeyWording::kBatch) {
      return key_does_not_match();
    }
    return validation_error("One or more parameter values were invalid: Type mismatch for key " +
                            attribute.name +
                            " expected: " + std::string(type_name(attribute.type)) +
                            " actual: " + std::string(type_name(value->type)));
  }
  TRY_VOID(check_key_value(attribute, *value, is_partition));
  return value;
}

/// What is wrong with one index's keys in an image; checks its attributes in schema order.
class IndexKeyCheck {
 public:
  IndexKeyCheck(const TableSettings& settings, const Item& after, const Item* before,
                IndexKeyWording wording, Arena& arena)
      : settings_(settings), after_(after), before_(before), wording_(wording), arena_(arena) {}

  Result<void> check(const IndexSettings& index) const {
    TRY_VOID(check_part(index, index.keys.partition, kPartitionKeyMaxBytes, true));
    return check_part(index, index.keys.sort, kSortKeyMaxBytes, false);
  }

 private:
  Result<void> check_part(const IndexSettings& index, const std::vector<KeyAttribute>& part,
                          std::size_t limit, bool is_partition) const {
    std::size_t bytes = 0;
    bool touched = false;
    for (const KeyAttribute& attribute : part) {
      const auto position = after_.find(attribute.name);
      if (!position) {
        continue;
      }
      const Value value = after_.value(*position, arena_);
      bytes += value.is(attribute.type) ? value_size_bytes(value) : 0;
      if (is_unchanged(attribute.name, *position)) {
        continue;
      }
      touched = true;
      if (!settings_.keys.has(attribute.name)) {  // Else checked as a key of the table.
        TRY_VOID(check_value(index, attribute, value));
      }
    }
    if (touched && bytes > limit) {
      return validation_error(oversized_text(index, is_partition, bytes));
    }
    return {};
  }

  [[nodiscard]] bool is_unchanged(std::string_view name, std::size_t position) const {
    if (before_ == nullptr) {
      return false;
    }
    const auto old_position = before_->find(name);
    return old_position && before_->value_text(*old_position) == after_.value_text(position);
  }

  [[nodiscard]] Result<void> check_value(const IndexSettings& index, const KeyAttribute& attribute,
                                         const Value& value) const {
    if (!value.is(attribute.type)) {
      return validation_error(
          "One or more parameter values were invalid: Type mismatch for Index Key " +
          attribute.name + " Expected: " + std::string(type_name(attribute.type)) +
          " Actual: " + std::string(type_name(value.type)) + " IndexName: " + index.name);
    }
    if (!is_empty_key(value)) {
      return {};
    }
    const std::string kind(empty_kind(value.type));
    if (wording_ == IndexKeyWording::kUpdate) {
      return validation_error(
          "One or more parameter values are not valid. The update expression attempted to update a "
          "secondary index key to a value that is not supported. The AttributeValue for a key "
          "attribute cannot contain an empty " +
          kind + " value.");
    }
    return validation_error(empty_index_key_text(index, attribute));
  }

  /// Assumed: an index key that is too long is refused in a put with the words of the table's keys
  /// (Alternator's tests only ask for the number in it), or of DynamoDB Local where it has several
  /// attributes; in an update with those of the transaction error list. Source: API reference,
  /// TransactionCanceledException.
  [[nodiscard]] std::string oversized_text(const IndexSettings& index, bool is_partition,
                                           std::size_t bytes) const {
    if (wording_ == IndexKeyWording::kUpdate) {
      return "The update expression attempted to update the secondary index key beyond allowed "
             "size "
             "limits";
    }
    const auto& part = is_partition ? index.keys.partition : index.keys.sort;
    if (part.size() == 1) {
      return is_partition ? "One or more parameter values were invalid: Size of hashkey has "
                            "exceeded the maximum size limit of2048 bytes"
                          : "One or more parameter values were invalid: Aggregated size of all "
                            "range keys has exceeded the size limit of 1024 bytes";
    }
    std::string names;
    for (const KeyAttribute& attribute : part) {
      names += (names.empty() ? "" : ", ") + attribute.name;
    }
    return std::string("Aggregate size for ") + (is_partition ? "HASH" : "RANGE") +
           " key attributes " + names + " of index " + index.name + " has exceeded limit " +
           std::to_string(is_partition ? kPartitionKeyMaxBytes : kSortKeyMaxBytes) +
           " bytes, with actual size " + std::to_string(bytes) + " bytes";
  }

  const TableSettings& settings_;
  const Item& after_;
  const Item* before_;
  IndexKeyWording wording_;
  Arena& arena_;
};

/// Text of an empty string or binary, the shortest value there is: no other fitting key is that
/// short.
constexpr std::size_t kEmptyValueTextBytes = std::string_view(R"({"S":""})").size();

bool part_fits(const std::vector<KeyAttribute>& part, std::size_t limit, const Item& item,
               Arena& arena) {
  std::size_t text_bytes = 0;
  for (const KeyAttribute& attribute : part) {
    const auto position = item.find(attribute.name);
    if (!position || item.value_text(*position).size() == kEmptyValueTextBytes) {
      return false;
    }
    text_bytes += item.value_text(*position).size();
  }
  if (text_bytes <= limit) {
    return true;
  }
  std::size_t bytes = 0;
  for (const KeyAttribute& attribute : part) {
    bytes += value_size_bytes(*item.value(attribute.name, arena));
  }
  return bytes <= limit;
}

}  // namespace

std::string empty_index_key_text(const IndexSettings& index, const KeyAttribute& attribute) {
  return "One or more parameter values are not valid. A value specified for a secondary index key "
         "is not supported. The AttributeValue for a key attribute cannot contain an empty " +
         std::string(empty_kind(attribute.type)) + " value. IndexName: " + index.name +
         ", IndexKey: " + attribute.name;
}

Result<void> check_index_keys(const TableSettings& settings, const Item& after,
                              IndexKeyWording wording, Arena& arena, const Item* before) {
  if (settings.indexes.empty()) {
    return {};
  }
  const IndexKeyCheck check(settings, after, before, wording, arena);
  const IndexSettings* first = nullptr;
  for (const IndexSettings& index : settings.indexes) {
    if ((first == nullptr || index.name < first->name) && !check.check(index)) {
      first = &index;
    }
  }
  return first == nullptr ? Result<void>() : check.check(*first);
}

std::optional<EncodedKey> index_entry_key(const IndexSettings& index, const KeySchema& table_keys,
                                          const Item& item, Arena& arena) {
  auto key = encode_index_key(index.keys, table_keys, item, arena);
  if (key && (!part_fits(index.keys.partition, kPartitionKeyMaxBytes, item, arena) ||
              !part_fits(index.keys.sort, kSortKeyMaxBytes, item, arena))) {
    return std::nullopt;
  }
  return key;
}

ItemRef index_entry(const IndexSettings& index, const EncodedKey& key, const ItemRef& item,
                    Arena& arena) {
  if (index.projection == ProjectionType::kAll) {
    return item;
  }
  // Positions in the item's order: that is what canonical text wants.
  boost::container::small_vector<std::size_t, 16> positions;
  for (const std::string& name : index.projected) {
    if (const auto position = item->find(name)) {
      positions.push_back(*position);
    }
  }
  std::ranges::sort(positions);
  ItemBuilder builder(arena);
  for (const std::size_t position : positions) {
    builder.add_stored(*item, position, position + 1);
  }
  return builder.build(key.sort);
}

Result<EncodedKey> read_key(const TableSettings& settings, std::span<const MapEntry> key,
                            Arena& arena, Hashing hashing) {
  const KeySchema& schema = settings.keys;
  if (key.size() != schema.size()) {
    return key_does_not_match();
  }
  TRY(const Value* partition, find_key_value(schema.partition.front(), key, true));
  const Value* sort = nullptr;
  if (!schema.sort.empty()) {
    TRY(sort, find_key_value(schema.sort.front(), key, false));
  }
  return encode_table_key(*partition, sort, arena, hashing);
}

Result<EncodedKey> read_item_key(const TableSettings& settings, std::span<const MapEntry> item,
                                 Arena& arena, ItemKeyWording wording, Hashing hashing) {
  const KeySchema& schema = settings.keys;
  TRY(const Value* partition, find_item_key_value(schema.partition.front(), item, true, wording));
  const Value* sort = nullptr;
  if (!schema.sort.empty()) {
    TRY(sort, find_item_key_value(schema.sort.front(), item, false, wording));
  }
  return encode_table_key(*partition, sort, arena, hashing);
}

}  // namespace understudy
