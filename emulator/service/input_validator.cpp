// The fast half of the shape gate: one walk over the request finds the first type error, or whether
// any constraint may be broken. It keeps no paths and allocates nothing; input_violations.cpp walks
// again where there is something to report.
#include "emulator/service/input_validator.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "emulator/base/text_scan.h"
#include "emulator/service/input_violations.h"
#include "emulator/service/shape_checks.h"
#include "emulator/service/type_error.h"

namespace understudy {
namespace {

class InputWalk {
 public:
  /// False at the first type error, in the order of the document: the service converts while it
  /// parses. Recursion ends with the document's depth, at most kJsonDepthMax.
  bool value(const JsonNode& node, const Shape& wanted, JsonPlace place) {
    switch (wanted.kind) {
      case ShapeKind::kString:
        return node.is(JsonKind::kString) ? note(is_valid_string(wanted, node.text()))
                                          : fail(node, wanted, place);
      case ShapeKind::kAttributeValue:
        return attribute_value(node, wanted, place);
      case ShapeKind::kStructure:
        return node.is(JsonKind::kObject) ? structure(node, wanted) : fail(node, wanted, place);
      case ShapeKind::kMap:
        return node.is(JsonKind::kObject) ? map(node, wanted) : fail(node, wanted, place);
      case ShapeKind::kList:
        return node.is(JsonKind::kArray) ? list(node, wanted) : fail(node, wanted, place);
      case ShapeKind::kBoolean:
        return is_boolean(node) || fail(node, wanted, place);
      case ShapeKind::kInteger:
      case ShapeKind::kLong:
        return node.is_number() ? integer(node, wanted, place) : fail(node, wanted, place);
      case ShapeKind::kDouble:
      case ShapeKind::kTimestamp:
        return node.is_number() || fail(node, wanted, place);
      case ShapeKind::kBlob:
        return (node.is(JsonKind::kString) && is_base64(node.text())) || fail(node, wanted, place);
    }
    return true;
  }

  [[nodiscard]] bool suspicious() const { return suspicious_; }
  [[nodiscard]] std::string& error() { return error_; }

 private:
  bool note(bool fine) {
    suspicious_ |= !fine;
    return true;
  }

  [[gnu::cold]] bool fail(const JsonNode& node, const Shape& wanted, JsonPlace place) {
    error_ = conversion_error(node, wanted, place);
    return false;
  }

  static bool is_boolean(const JsonNode& node) {
    return node.is(JsonKind::kTrue) || node.is(JsonKind::kFalse) ||
           (node.is(JsonKind::kString) && is_boolean_word(node.text()));
  }

  // Assumed: a number that does not fit the type is a type error, with the text for numbers.
  bool integer(const JsonNode& node, const Shape& wanted, JsonPlace place) {
    const std::optional<std::int64_t> value = integer_of(node);
    const bool fits = value.has_value() && (wanted.kind == ShapeKind::kLong ||
                                            (*value >= INT32_MIN && *value <= INT32_MAX));
    return fits ? note(is_within(wanted, *value)) : fail(node, wanted, place);
  }

  bool list(const JsonNode& node, const Shape& wanted) {
    note(is_size_within(wanted, node.size));
    const Shape& element = shape(wanted.element);
    for (const JsonNode& item : node.elements()) {
      if (item.is_null()) {
        note(element.kind == ShapeKind::kAttributeValue);
      } else if (!value(item, element, JsonPlace::kElement)) {
        return false;
      }
    }
    return true;
  }

  bool map(const JsonNode& node, const Shape& wanted) {
    note(is_size_within(wanted, node.size));
    const Shape& key = shape(wanted.key);
    const Shape& element = shape(wanted.element);
    const bool attributes = element.kind == ShapeKind::kAttributeValue;
    // A map of attributes only limits the length of their names.
    const std::int64_t any_name_bytes =
        attributes && key.pattern == kNoPattern && key.rule == ShapeRule::kNone &&
                key.enumerators.empty() && key.min <= 0 && key.max > 0
            ? key.max
            : -1;
    if (node.plain && any_name_bytes >= static_cast<std::int64_t>(kPlainNameBytesMax)) {
      return true;
    }
    for (const JsonMember& member : node.members()) {
      note(static_cast<std::int64_t>(member.name.size()) <= any_name_bytes ||
           is_valid_string(key, member.name));
      if (attributes && is_plain_attribute(member.value)) {
        continue;
      }
      if (member.value.is_null()) {
        note(element.kind == ShapeKind::kAttributeValue);
      } else if (!value(member.value, element, JsonPlace::kMapValue)) {
        return false;
      }
    }
    return true;
  }

  bool structure(const JsonNode& node, const Shape& wanted) {
    std::uint64_t seen = 0;
    bool unknown = false;
    for (const JsonMember& given : node.members()) {
      if (given.value
              .is_null()) {  // as if it were not there; a repeated name may take a value back
        note(node.size < 2);
        continue;
      }
      std::uint64_t bit = 1;
      bool known = false;
      for (const Member& member : wanted.members) {
        if (is_same_short_text(member.name, given.name)) {
          if (!value(given.value, shape(member.shape), JsonPlace::kField)) {
            return false;
          }
          seen |= bit;
          known = true;
          break;
        }
        bit <<= 1;
      }
      unknown |= !known;
    }
    if (unknown) [[unlikely]] {
      drop_unknown(node, wanted);
    }
    std::uint64_t bit = 1;
    for (const Member& member : wanted.members) {
      note(!member.required || (seen & bit) != 0);
      bit <<= 1;
    }
    return true;
  }

  /// The tree is the request's own, and validate_input() was given it to change.
  [[gnu::cold]] static void drop_unknown(const JsonNode& node, const Shape& wanted) {
    const auto unknown = [&wanted](const JsonMember& given) {
      return std::none_of(wanted.members.begin(), wanted.members.end(),
                          [&given](const Member& member) { return member.name == given.name; });
    };
    auto* begin = const_cast<JsonMember*>(node.first_member);
    const auto* end = std::remove_if(begin, begin + node.size, unknown);
    const_cast<JsonNode&>(node).size = static_cast<std::uint32_t>(end - begin);
  }

  /// One string or number: most of what is sent, and nothing the model has a say in.
  static bool is_plain_attribute(const JsonNode& node) {
    if (!node.is(JsonKind::kObject) || node.size != 1) {
      return false;
    }
    const JsonMember& only = *node.first_member;
    return only.name.size() == 1 && (only.name[0] == 'S' || only.name[0] == 'N') &&
           only.value.is(JsonKind::kString);
  }

  bool attribute_value(const JsonNode& node, const Shape& wanted, JsonPlace place) {
    if (!node.is(JsonKind::kObject)) {
      return fail(node, wanted, place);
    }
    for (const JsonMember& given : node.members()) {
      // Strings and numbers, most of what is sent, need no look at the model.
      const bool text = given.name.size() == 1 && (given.name[0] == 'S' || given.name[0] == 'N');
      if (text && given.value.is(JsonKind::kString)) {
        continue;
      }
      if (!given.value.is_null() && !attribute_member(given, wanted)) {
        return false;
      }
    }
    return true;
  }

  bool attribute_member(const JsonMember& given, const Shape& wanted) {
    for (const Member& member : wanted.members) {
      if (member.name == given.name) {
        // Empty and repeated members, numbers and so on are the model room's to judge.
        return value(given.value, shape(member.shape), JsonPlace::kField);
      }
    }
    return true;
  }

  bool suspicious_ = false;
  std::string error_;
};

}  // namespace

Result<void> validate_input(const ModelOperation& operation, JsonNode& input,
                            ValidationWording wording) {
  if (!input.is(JsonKind::kObject)) {
    // Source: Scylla's test_request_payload_must_be_object. Assumed: no text.
    return api_error(ErrorKind::kSerializationException);
  }
  InputWalk walk;
  if (!walk.value(input, shape(operation.input), JsonPlace::kField)) {
    return api_error(ErrorKind::kSerializationException, std::move(walk.error()));
  }
  return walk.suspicious() ? report_violations(operation, input, wording) : Result<void>();
}

std::string_view message_prefix(std::string_view operation, ValidationWording wording) {
  const bool current =
      operation == "PutItem" || operation == "UpdateItem" || operation == "DeleteItem";
  return current && wording == ValidationWording::k2026 ? "1 validation error detected: " : "";
}

}  // namespace understudy
