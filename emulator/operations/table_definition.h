// What CreateTable and UpdateTable have in common: attribute definitions, key schemas, indexes,
// streams as requests give them, held against each other. Everything here is the request gate: no
// table is looked at.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/operations/request_reader.h"
#include "emulator/service/api_error.h"
#include "emulator/table/refusal.h"
#include "emulator/table/table_settings.h"

namespace understudy {

/// AttributeDefinitions as sent; empty where absent.
/// Error: an attribute is defined twice.
Result<std::vector<KeyAttribute>> read_attribute_definitions(const JsonNode& input);

/// An element of a KeySchema as sent.
struct KeyElement {
  std::string_view name;
  bool is_partition = false;
};
std::vector<KeyElement> read_key_elements(const JsonNode& holder);
/// "[a, b]"
std::string names_in_brackets(const std::vector<KeyElement>& elements);
std::string names_in_brackets(const std::vector<KeyAttribute>& attributes);

/// Whether an attribute comes twice.
bool has_repeated_name(const std::vector<KeyElement>& elements);

/// Order, number and names of a key schema's elements. kSingle: one partition key and at most one
/// sort key (tables, local indexes); kMulti: up to four of each (global indexes).
enum class KeySchemaForm : std::uint8_t { kSingle, kMulti };
Result<void> check_key_elements(const std::vector<KeyElement>& elements, KeySchemaForm form);
/// Every element must be among the definitions: "Some index key attributes are not defined in
/// AttributeDefinitions. Keys: […], AttributeDefinitions: […]".
Result<void> check_keys_defined(const std::vector<KeyElement>& elements,
                                const std::vector<KeyAttribute>& definitions);
/// The schema of elements that have passed both checks.
KeySchema make_key_schema(const std::vector<KeyElement>& elements,
                          const std::vector<KeyAttribute>& definitions);

/// Projection of an index, into `index`.
Result<void> read_projection_into(IndexSettings& index, const JsonNode& holder);

StreamViewType read_view_type(std::string_view name);
/// There are none here yet, and a table that lacks what was asked for would mislead.
Result<void> refuse_vector_indexes(const JsonNode& input, std::string_view member);
/// TableClass, where there is one. Error: "Invalid table-class parameter provided…".
Result<std::optional<TableClass>> read_table_class(const JsonNode& input);

}  // namespace understudy
