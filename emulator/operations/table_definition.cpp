#include "emulator/operations/table_definition.h"

#include <algorithm>
#include <set>

namespace understudy {

namespace {

constexpr std::size_t kKeyPartsMax = 4;

ValueType read_scalar_type(std::string_view name) {
  if (name == "N") {
    return ValueType::kNumber;
  }
  return name == "B" ? ValueType::kBinary : ValueType::kString;
}

/// Rules of the multi-attribute schemas of global indexes.
/// Source: notes of the AWS Controllers for Kubernetes, DDB-TABLE-123 and 442.
Result<void> check_multi_elements(const std::vector<KeyElement>& elements) {
  const auto partition =
      static_cast<std::size_t>(std::ranges::count_if(elements, &KeyElement::is_partition));
  if (partition > kKeyPartsMax) {
    return invalid_parameters(
        "The KeySchema exceeds the maximum allowed number of HASH key attributes");
  }
  if (elements.size() - partition > kKeyPartsMax) {
    return invalid_parameters(
        "The KeySchema exceeds the maximum allowed number of RANGE key attributes");
  }
  bool sort_seen = false;
  for (const KeyElement& element : elements) {
    if (element.is_partition && sort_seen) {
      return invalid_parameters(
          "All HASH key attributes must precede RANGE key attributes in the KeySchema");
    }
    sort_seen = sort_seen || !element.is_partition;
  }
  return {};
}

}  // namespace

bool has_repeated_name(const std::vector<KeyElement>& elements) {
  std::set<std::string_view> seen;
  return std::ranges::any_of(elements,
                             [&seen](const KeyElement& e) { return !seen.insert(e.name).second; });
}

Result<std::vector<KeyAttribute>> read_attribute_definitions(const JsonNode& input) {
  std::vector<KeyAttribute> definitions;
  const JsonNode* list = input.find("AttributeDefinitions");
  if (list == nullptr) {
    return definitions;
  }
  std::set<std::string_view> seen;
  for (const JsonNode& node : list->elements()) {
    const std::string_view name = read_string(node, "AttributeName");
    if (!seen.insert(name).second) {
      return validation_error("Attribute Name is duplicated: " + std::string(name));
    }
    definitions.push_back(
        {std::string(name), read_scalar_type(read_string(node, "AttributeType"))});
  }
  return definitions;
}

std::vector<KeyElement> read_key_elements(const JsonNode& holder) {
  std::vector<KeyElement> elements;
  if (const JsonNode* list = holder.find("KeySchema")) {
    for (const JsonNode& node : list->elements()) {
      elements.push_back(
          {read_string(node, "AttributeName"), read_string(node, "KeyType") == "HASH"});
    }
  }
  return elements;
}

std::string names_in_brackets(const std::vector<KeyElement>& elements) {
  std::string text = "[";
  for (const KeyElement& element : elements) {
    text.append(text.size() > 1 ? ", " : "").append(element.name);
  }
  return text + "]";
}

std::string names_in_brackets(const std::vector<KeyAttribute>& attributes) {
  std::string text = "[";
  for (const KeyAttribute& attribute : attributes) {
    text.append(text.size() > 1 ? ", " : "").append(attribute.name);
  }
  return text + "]";
}

Result<void> check_key_elements(const std::vector<KeyElement>& elements, KeySchemaForm form) {
  const bool multi = form == KeySchemaForm::kMulti;
  if (has_repeated_name(elements)) {
    return validation_error(
        multi ? "The KeySchema contains multiple key attributes with the same name"
              : "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  if (!elements.front().is_partition) {
    return validation_error("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (multi) {
    return check_multi_elements(elements);
  }
  if (elements.size() > 1 && elements[1].is_partition) {
    return validation_error(
        "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  return {};
}

Result<void> check_keys_defined(const std::vector<KeyElement>& elements,
                                const std::vector<KeyAttribute>& definitions) {
  const bool all_defined = std::ranges::all_of(elements, [&](const KeyElement& element) {
    return std::ranges::find(definitions, element.name, &KeyAttribute::name) != definitions.end();
  });
  if (all_defined) {
    return {};
  }
  return invalid_parameters(
      "Some index key attributes are not defined in AttributeDefinitions. Keys: " +
      names_in_brackets(elements) + ", AttributeDefinitions: " + names_in_brackets(definitions));
}

KeySchema make_key_schema(const std::vector<KeyElement>& elements,
                          const std::vector<KeyAttribute>& definitions) {
  KeySchema schema;
  for (const KeyElement& element : elements) {
    const auto defined = std::ranges::find(definitions, element.name, &KeyAttribute::name);
    (element.is_partition ? schema.partition : schema.sort).push_back(*defined);
  }
  return schema;
}

Result<void> read_projection_into(IndexSettings& index, const JsonNode& holder) {
  const JsonNode* projection = holder.find("Projection");
  const std::string_view type =
      projection == nullptr ? std::string_view{} : read_string(*projection, "ProjectionType");
  if (type.empty()) {
    return invalid_parameters("Unknown ProjectionType: null");
  }
  const JsonNode* attributes = projection->find("NonKeyAttributes");
  if (type != "INCLUDE") {
    if (attributes != nullptr) {
      return invalid_parameters("ProjectionType is " + std::string(type) +
                                ", but NonKeyAttributes is specified");
    }
    index.projection = type == "ALL" ? ProjectionType::kAll : ProjectionType::kKeysOnly;
    return {};
  }
  index.projection = ProjectionType::kInclude;
  if (attributes == nullptr) {
    return invalid_parameters("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  }
  for (const JsonNode& attribute : attributes->elements()) {
    const std::string name(attribute.text());
    if (std::ranges::find(index.non_key_attributes, name) != index.non_key_attributes.end()) {
      return invalid_parameters("Duplicate element in NonKeyAttributes: " + name);
    }
    index.non_key_attributes.push_back(name);
  }
  // Described back in this order. Source: DDB-TABLE-125.
  std::ranges::sort(index.non_key_attributes);
  return {};
}

StreamViewType read_view_type(std::string_view name) {
  if (name == "KEYS_ONLY") {
    return StreamViewType::kKeysOnly;
  }
  if (name == "NEW_IMAGE") {
    return StreamViewType::kNewImage;
  }
  return name == "OLD_IMAGE" ? StreamViewType::kOldImage : StreamViewType::kNewAndOldImages;
}

Result<void> refuse_vector_indexes(const JsonNode& input, std::string_view member) {
  const JsonNode* list = input.find(member);
  if (list == nullptr || list->elements().empty()) {
    return {};
  }
  // Assumed: the wording, ours alone.
  return validation_error("Vector indexes are not supported");
}

Result<std::optional<TableClass>> read_table_class(const JsonNode& input) {
  const JsonNode* node = input.find("TableClass");
  if (node == nullptr) {
    return std::optional<TableClass>();
  }
  if (node->text() == "STANDARD") {
    return std::optional(TableClass::kStandard);
  }
  if (node->text() != "STANDARD_INFREQUENT_ACCESS") {
    // Source: DDB-TABLE-442.
    return validation_error(
        "Invalid table-class parameter provided. Please try again with a valid table-class value: "
        "[STANDARD, STANDARD_INFREQUENT_ACCESS].");
  }
  return std::optional(TableClass::kStandardInfrequentAccess);
}

}  // namespace understudy
