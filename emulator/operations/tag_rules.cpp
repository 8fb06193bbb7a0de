#include "emulator/operations/tag_rules.h"

#include <algorithm>
#include <array>
#include <set>

#include "emulator/operations/request_reader.h"
#include "emulator/operations/table_definition.h"
#include "emulator/table/table_arn.h"

namespace understudy {

namespace {

constexpr std::size_t kKeyCharactersMax = 128;
constexpr std::size_t kValueCharactersMax = 256;

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

/// Characters beyond ASCII that are neither letters nor digits nor separators.
/// Assumed: the blocks below stand for the Unicode categories; the service is known to accept
/// Latin, Cyrillic, CJK and blanks of any kind, and to refuse emoji.
constexpr auto kForbidden = std::to_array<Range>({
    {0x80, 0x9F},       {0xA1, 0xA9},       {0xAB, 0xB1},        {0xB4, 0xB4},
    {0xB6, 0xB8},       {0xBB, 0xBB},       {0xBF, 0xBF},        {0xD7, 0xD7},
    {0xF7, 0xF7},       {0x2C2, 0x2C5},     {0x2D2, 0x2DF},      {0x300, 0x36F},
    {0x200B, 0x2027},   {0x202A, 0x202E},   {0x2030, 0x205E},    {0x2060, 0x206F},
    {0x20A0, 0x20F0},   {0x2190, 0x245F},   {0x2500, 0x2BFF},    {0x3001, 0x3004},
    {0x3008, 0x3020},   {0x3030, 0x3030},   {0xE000, 0xF8FF},    {0xFE00, 0xFE6F},
    {0xFF01, 0xFF0F},   {0xFF1A, 0xFF20},   {0xFFE0, 0xFFFF},    {0x1D000, 0x1D3FF},
    {0x1F000, 0x1F0FF}, {0x1F10D, 0x1FBEF}, {0xE0000, 0x10FFFF},
});

bool is_tag_character(std::uint32_t c) {
  if (c < 0x80) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(" +-=._:/@").find(static_cast<char>(c)) != std::string_view::npos;
  }
  return std::ranges::none_of(
      kForbidden, [c](const Range& range) { return c >= range.first && c <= range.last; });
}

/// Takes one character off valid UTF-8.
std::uint32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t c = bytes == 1 ? lead : lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes && i < text.size(); ++i) {
    c = (c << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  text.remove_prefix(std::min(bytes, text.size()));
  return c;
}

/// Whether the text has at most that many characters, all of them allowed.
bool fits(std::string_view text, std::size_t characters_max) {
  std::size_t characters = 0;
  while (!text.empty()) {
    if (++characters > characters_max || !is_tag_character(take_character(text))) {
      return false;
    }
  }
  return true;
}

bool has_reserved_prefix(std::string_view key) {
  return key.size() >= 4 && (key[0] | 0x20) == 'a' && (key[1] | 0x20) == 'w' &&
         (key[2] | 0x20) == 's' && key[3] == ':';
}

std::string text_or_null(const JsonNode* node) {
  return node == nullptr ? "null" : std::string(node->text());
}

Result<void> check_key(const JsonNode* key) {
  if (key == nullptr || key->text().empty() || !fits(key->text(), kKeyCharactersMax)) {
    return validation_error("The Tag Key provided is invalid, Key: " + text_or_null(key));
  }
  if (has_reserved_prefix(key->text())) {
    return validation_error("Tag Key cannot be prefixed with aws:, Key: " + text_or_null(key));
  }
  return {};
}

}  // namespace

Unexpected<ApiError> too_many_tags() {
  return validation_error("Number of Tags exceed the current limit for the provided ResourceArn");
}

// Assumed: the order among the rules when one request breaks several.
Result<std::vector<Tag>> read_tags(const JsonNode& list) {
  std::vector<Tag> tags;
  std::set<std::string_view> keys;
  for (const JsonNode& node : list.elements()) {
    const JsonNode* key = node.find("Key");
    const JsonNode* value = node.find("Value");
    TRY_VOID(check_key(key));
    if (value == nullptr || !fits(value->text(), kValueCharactersMax)) {
      return validation_error("The Tag Value provided is invalid, Value: " + text_or_null(value));
    }
    if (!keys.insert(key->text()).second) {
      return validation_error("Duplicate Tag Keys provided as input: Duplicate Tag Key found " +
                              std::string(key->text()));
    }
    tags.push_back({std::string(key->text()), std::string(value->text())});
  }
  if (tags.size() > kTagsPerTableMax) {
    return too_many_tags();
  }
  return tags;
}

Result<std::vector<std::string>> read_tag_keys(const JsonNode& list) {
  std::vector<std::string> keys;
  for (const JsonNode& node : list.elements()) {
    TRY_VOID(check_key(&node));
    keys.emplace_back(node.text());
  }
  if (keys.size() > kTagsPerTableMax) {
    return too_many_tags();
  }
  return keys;
}

// Source: DDB-TABLE-071 and -442; Alternator's test_tag quotes the text about indexes.
Result<std::string_view> table_of_resource(std::string_view resource_arn) {
  if (!resource_arn.starts_with("arn:")) {
    return invalid_parameters("ARNs must start with 'arn:': " + std::string(resource_arn));
  }
  const std::size_t resource = resource_arn.find(":table/");
  if (resource_arn.find(":dynamodb:") == std::string_view::npos ||
      resource == std::string_view::npos ||
      resource_arn.find("/backup/") != std::string_view::npos) {
    return invalid_parameters("Provided Arn is not a DynamoDB resource arn: " +
                              std::string(resource_arn));
  }
  if (resource_arn.find("/index/") != std::string_view::npos) {
    return invalid_parameters(
        "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: " +
        std::string(resource_arn));
  }
  const auto arn = parse_table_arn(resource_arn);
  if (!arn) {  // A stream's, or a name no table can have.
    return resource_not_found(resource_arn);
  }
  return arn->table;
}

Unexpected<ApiError> resource_not_found(std::string_view resource_arn) {
  return api_error(
      ErrorKind::kResourceNotFoundException,
      "Requested resource not found: ResourceArn: " + std::string(resource_arn) + " not found");
}

// Source: DDB-TABLE-101, -104; dynamodb-conformance tags/basic.test.ts for another account's ARN.
Result<TableRef> find_tagged(const OperationContext& context, std::string_view resource_arn) {
  auto found = context.catalog.find(context.scope, resource_arn);
  const bool absent = !found && found.error().kind() == ErrorKind::kResourceNotFoundException;
  if (absent || (found && (*found)->lock()->status == TableStatus::kCreating)) {
    return resource_not_found(resource_arn);
  }
  return found;
}

Result<void> check_taggable(const TableState& state) {
  if (state.status == TableStatus::kDeleting) {
    return api_error(
        ErrorKind::kResourceInUseException,
        "Attempt to change a resource which is still in use: Table is being deleted: " +
            state.settings->name);
  }
  return {};
}

}  // namespace understudy
