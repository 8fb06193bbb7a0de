#include "emulator/service/output_checker.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/service/shape_checks.h"

namespace understudy {
namespace {

std::string_view kind_name(JsonKind kind) {
  switch (kind) {
    case JsonKind::kNull:
      return "null";
    case JsonKind::kTrue:
    case JsonKind::kFalse:
      return "a boolean";
    case JsonKind::kInteger:
      return "an integer";
    case JsonKind::kDecimal:
      return "a decimal";
    case JsonKind::kString:
      return "a string";
    case JsonKind::kArray:
      return "an array";
    case JsonKind::kObject:
      return "an object";
  }
  return "";
}

bool is_json_kind(const JsonNode& node, ShapeKind wanted) {
  switch (wanted) {
    case ShapeKind::kStructure:
    case ShapeKind::kMap:
    case ShapeKind::kAttributeValue:
      return node.is(JsonKind::kObject);
    case ShapeKind::kList:
      return node.is(JsonKind::kArray);
    case ShapeKind::kString:
    case ShapeKind::kBlob:
      return node.is(JsonKind::kString);
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
      return node.is(JsonKind::kInteger);
    case ShapeKind::kDouble:
    case ShapeKind::kTimestamp:
      return node.is_number();
    case ShapeKind::kBoolean:
      return node.is(JsonKind::kTrue) || node.is(JsonKind::kFalse);
  }
  return false;
}

class OutputCheck {
 public:
  // False at the first misfit. Recursion ends with the document's depth.
  bool value(const JsonNode& node, const Shape& wanted, const std::string& at) {
    if (!is_json_kind(node, wanted.kind)) {
      return misfit(at, std::string(kind_name(node.kind)) + " where the model has " +
                            std::string(wanted.name));
    }
    switch (wanted.kind) {
      case ShapeKind::kStructure:
        return structure(node, wanted, at);
      case ShapeKind::kAttributeValue:
        return (node.size == 1 || misfit(at, "an attribute value without exactly one type")) &&
               structure(node, wanted, at);
      case ShapeKind::kMap:
        return std::all_of(node.members().begin(), node.members().end(), [&](const JsonMember& m) {
          return value(m.value, shape(wanted.element), at + "." + std::string(m.name));
        });
      case ShapeKind::kList:
        return list(node, wanted, at);
      case ShapeKind::kString:
        return is_enumerator(wanted, node.text()) ||
               misfit(at, std::string(node.text()).append(" is no ").append(wanted.name));
      case ShapeKind::kBlob:
        return is_base64(node.text()) || misfit(at, "no base64");
      case ShapeKind::kInteger:
      case ShapeKind::kLong:
      case ShapeKind::kDouble:
      case ShapeKind::kTimestamp:
      case ShapeKind::kBoolean:
        return true;
    }
    return true;
  }

  [[nodiscard]] const std::string& sentence() const { return sentence_; }

 private:
  bool misfit(const std::string& at, const std::string& what) {
    sentence_ = at + ": " + what + ".";
    return false;
  }

  bool list(const JsonNode& node, const Shape& wanted, const std::string& at) {
    for (std::size_t i = 0; i < node.size; ++i) {
      if (!value(node.elements()[i], shape(wanted.element), at + "[" + std::to_string(i) + "]")) {
        return false;
      }
    }
    return true;
  }

  bool structure(const JsonNode& node, const Shape& wanted, const std::string& at) {
    const auto members = node.members();
    for (std::size_t i = 0; i < members.size(); ++i) {
      const std::string below = at + "." + std::string(members[i].name);
      const auto known =
          std::find_if(wanted.members.begin(), wanted.members.end(),
                       [&](const Member& member) { return member.name == members[i].name; });
      if (known == wanted.members.end()) {
        return misfit(below, "the model does not know this member of " + std::string(wanted.name));
      }
      if (std::any_of(members.begin(), members.begin() + static_cast<std::ptrdiff_t>(i),
                      [&](const JsonMember& before) { return before.name == members[i].name; })) {
        return misfit(below, "written twice");
      }
      if (!value(members[i].value, shape(known->shape), below)) {
        return false;
      }
    }
    for (const Member& member : wanted.members) {
      if (member.required && node.find(member.name) == nullptr) {
        return misfit(at, "the required member " + std::string(member.name) + " is missing");
      }
    }
    return true;
  }

  std::string sentence_;
};

}  // namespace

std::string check_output(const ModelOperation& operation, std::string_view body) {
  const std::string name(operation.name);
  if (operation.output == kNoShape) {
    return body.empty() ? ""
                        : name + ": the model has an empty answer, not '" +
                              std::string(body.substr(0, 40)) + "'.";
  }
  Arena arena;
  const auto document = parse_json(body, arena);
  if (!document) {
    return name + ": no JSON at byte " + std::to_string(document.error().offset) + ": " +
           document.error().reason + ".";
  }
  OutputCheck check;
  return check.value(*document, shape(operation.output), name) ? "" : check.sentence();
}

bool may_answer(const ModelOperation& operation, ErrorKind kind) {
  constexpr std::array anywhere = {
      ErrorKind::kAccessDeniedException,
      ErrorKind::kIncompleteSignatureException,
      ErrorKind::kInternalServerError,
      ErrorKind::kInvalidSignatureException,
      ErrorKind::kMissingAuthenticationTokenException,
      ErrorKind::kSerializationException,
      ErrorKind::kServiceUnavailable,
      ErrorKind::kThrottlingException,
      ErrorKind::kUnknownOperationException,
      ErrorKind::kUnrecognizedClientException,
      ErrorKind::kValidationException,
  };
  const auto is_in = [](const auto& range, const auto& value) {
    return std::find(range.begin(), range.end(), value) != range.end();
  };
  return is_in(anywhere, kind) || is_in(operation.errors, error_row(kind).name);
}

}  // namespace understudy
