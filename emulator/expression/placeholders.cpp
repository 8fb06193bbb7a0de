#include "emulator/expression/placeholders.h"

#include <string>

#include "emulator/expression/attribute_name.h"
#include "emulator/expression/counting_members.h"
#include "emulator/model/json_codec.h"
#include "emulator/service/limits.h"

namespace understudy {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_placeholder(std::string_view key, char sign) {
  if (key.size() < 2 || key[0] != sign) {
    return false;
  }
  for (const char c : key.substr(1)) {
    if (!is_word(c)) {
      return false;
    }
  }
  return true;
}

/// The problem with a key of either map, or an empty string. `map` is the parameter's name.
std::string key_problem(std::string_view map, std::string_view key, char sign, bool tells_size) {
  if (!is_placeholder(key, sign)) {
    return std::string(map) + " contains invalid key: Syntax error; key: \"" + std::string(key) +
           "\"";
  }
  if (key.size() > kPlaceholderNameMaxBytes) {
    // Assumed: DynamoDB Local's words; the limit is documented.
    return std::string(map) +
           " contains invalid key: The expression attribute map contains a key that is too long;" +
           (tells_size ? " size of key: " + std::to_string(key.size()) : "");
  }
  return {};
}

std::string name_problem(std::string_view placeholder, std::string_view name) {
  const std::string_view problem = expression::attribute_name_problem(name);
  if (problem.empty()) {
    return {};
  }
  // Case: public reports of "…: Empty attribute name for key #DE".
  std::string text = "ExpressionAttributeNames contains invalid value: ";
  return text.append(problem).append(" for key ").append(placeholder);
}

/// `{#a, #b}` of those that were not used; empty where all were.
template <class Entries>
std::string unused(const Entries& entries) {
  std::string keys;
  for (const auto& entry : entries) {
    if (!entry.used) {
      keys.append(keys.empty() ? "" : ", ").append(entry.placeholder);
    }
  }
  return keys;
}

template <class Entries>
auto* find_entry(Entries& entries, std::string_view placeholder) {
  for (auto& entry : entries) {
    if (entry.placeholder == placeholder) {
      return &entry;
    }
  }
  return static_cast<decltype(entries.begin())>(nullptr);
}

}  // namespace

Result<Placeholders*> Placeholders::read(const JsonNode* names, const JsonNode* values,
                                         ValueErrors value_errors, Arena& arena) {
  auto* placeholders =
      new (arena.allocate(sizeof(Placeholders), alignof(Placeholders))) Placeholders(arena);
  if (names != nullptr) {
    TRY_VOID(placeholders->read_names(*names, arena));
  }
  if (values != nullptr) {
    TRY_VOID(placeholders->read_values(*values, value_errors, arena));
  }
  TRY_VOID(placeholders->check_size());
  return placeholders;
}

// Assumed: the sentences, those of DynamoDB Local 3.3.1.
Result<void> Placeholders::check_size() const {
  std::size_t names = 0;
  for (const Name& name : names_) {
    names += name.placeholder.size() + name.name.size();
  }
  std::size_t values = 0;
  for (const NamedValue& value : values_) {
    values += value.placeholder.size() + value_size_bytes(value.value);
  }
  if (names + values <= kSubstitutionsMaxBytes) {
    return {};
  }
  if (names > kSubstitutionsMaxBytes) {
    return validation_error("ExpressionAttributeNames exceeds max size");
  }
  return validation_error(values > kSubstitutionsMaxBytes
                              ? "ExpressionAttributeValues exceeds max size"
                              : "Combined size of ExpressionAttributeNames and "
                                "ExpressionAttributeValues exceeds max size");
}

Result<void> Placeholders::read_names(const JsonNode& names, Arena& arena) {
  if (names.size == 0) {
    return validation_error("ExpressionAttributeNames must not be empty");
  }
  names_.reserve(names.size);
  for (const JsonMember& member : names.members()) {
    std::string problem = key_problem("ExpressionAttributeNames", member.name, '#', true);
    if (!problem.empty()) {
      return validation_error(std::move(problem));
    }
  }
  auto counting = expression::counting_members(names, arena);
  for (const JsonMember& member : names.members()) {
    const std::string_view name = member.value.is(JsonKind::kString) ? member.value.text() : "";
    std::string problem = name_problem(member.name, name);
    if (!problem.empty()) {
      return validation_error(std::move(problem));
    }
    if (counting.front() == &member) {
      names_.push_back({member.name, name, false});
      counting = counting.subspan(1);
    }
  }
  return {};
}

Result<void> Placeholders::read_values(const JsonNode& values, ValueErrors value_errors,
                                       Arena& arena) {
  if (values.size == 0) {
    return validation_error("ExpressionAttributeValues must not be empty");
  }
  values_.reserve(values.size);
  const bool tells_size = value_errors == ValueErrors::kBare;  // Assumed: as for names.
  for (const JsonMember& member : values.members()) {
    std::string problem = key_problem("ExpressionAttributeValues", member.name, ':', tells_size);
    if (!problem.empty()) {
      return validation_error(std::move(problem));
    }
  }
  // In the older layer a value may nest one level deeper than an attribute; it fails where it is
  // stored. Case: AWS captures, 2026-09 and 2026-10, of 32 and 40 levels. Assumed: 33 are refused.
  const DecodeOptions options = value_errors == ValueErrors::kBare
                                    ? DecodeOptions{ValueLayer::kCurrent, kNestingMax}
                                    : DecodeOptions{ValueLayer::kOlder, kNestingMax + 1};
  auto counting = expression::counting_members(values, arena);
  for (const JsonMember& member : values.members()) {
    auto value = decode_value(member.value, arena, options);
    if (!value) {
      ApiError error = std::move(value).error();
      if (value_errors == ValueErrors::kWrapped) {
        std::string message = "ExpressionAttributeValues contains invalid value: ";
        message.append(error.message()).append(" for key ").append(member.name);
        return Unexpected{std::move(error).with_message(std::move(message))};
      }
      return Unexpected{std::move(error)};
    }
    if (counting.front() == &member) {
      values_.push_back({member.name, *value, false});
      counting = counting.subspan(1);
    }
  }
  return {};
}

const std::string_view* Placeholders::name(std::string_view placeholder) {
  Name* found = find_entry(names_, placeholder);
  if (found == nullptr) {
    return nullptr;
  }
  found->used = true;
  return &found->name;
}

const Value* Placeholders::value(std::string_view placeholder) {
  NamedValue* found = find_entry(values_, placeholder);
  if (found == nullptr) {
    return nullptr;
  }
  found->used = true;
  return &found->value;
}

Result<void> Placeholders::check_all_used() const {
  if (std::string keys = unused(names_); !keys.empty()) {
    return validation_error(
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {" + keys + "}");
  }
  if (std::string keys = unused(values_); !keys.empty()) {
    return validation_error(
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {" + keys + "}");
  }
  return {};
}

}  // namespace understudy
