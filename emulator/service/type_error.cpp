#include "emulator/service/type_error.h"

#include <string_view>

namespace understudy {
namespace {

constexpr std::string_view kPackage = "com.amazonaws.dynamodb.v20120810.";
constexpr std::string_view kStructureUnexpected =
    "Start of structure or map found where not expected";
// What its parser leaks for a scalar where a list is the value of a map, or a map the element of a
// list. Case: dynalite's "ParameterizedList" and "ParameterizedMap" tests.
constexpr std::string_view kCastFailed =
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
    "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
    "java.lang.Class are in module java.base of loader 'bootstrap')";

std::string_view token_name(JsonKind kind) {
  switch (kind) {
    case JsonKind::kTrue:
      return "TRUE_VALUE";
    case JsonKind::kFalse:
      return "FALSE_VALUE";
    case JsonKind::kInteger:
      return "NUMBER_VALUE";
    case JsonKind::kDecimal:
      return "DECIMAL_VALUE";
    case JsonKind::kString:
      return "STRING_VALUE";
    case JsonKind::kNull:
    case JsonKind::kArray:
    case JsonKind::kObject:
      break;
  }
  return "";
}

std::string_view scalar_class(ShapeKind kind) {
  switch (kind) {
    case ShapeKind::kString:
      return "String";
    case ShapeKind::kInteger:
      return "Integer";
    case ShapeKind::kLong:
      return "Long";
    case ShapeKind::kDouble:
      return "Double";
    case ShapeKind::kBoolean:
      return "Boolean";
    case ShapeKind::kTimestamp:  // Assumed: the name its parser uses for times
      return "Date";
    case ShapeKind::kBlob:
    case ShapeKind::kStructure:
    case ShapeKind::kList:
    case ShapeKind::kMap:
    case ShapeKind::kAttributeValue:
      break;
  }
  return "";
}

std::string scalar_error(const JsonNode& node, ShapeKind wanted) {
  if (wanted == ShapeKind::kBoolean && node.is(JsonKind::kString)) {
    return "Unexpected token received from parser";
  }
  return std::string(token_name(node.kind)) + " cannot be converted to " +
         std::string(scalar_class(wanted));
}

std::string blob_error(const JsonNode& node) {
  if (!node.is(JsonKind::kString)) {
    return "only base-64-encoded strings are convertible to bytes";
  }
  if (node.size % 4 != 0) {
    return "Base64 encoded length is expected a multiple of 4 bytes but found: " +
           std::to_string(node.size);
  }
  // Assumed: also where a character before the last is none of base64's.
  return "Invalid last non-pad Base64 character dectected";
}

}  // namespace

std::string java_class(const Shape& shape_of) {
  switch (shape_of.kind) {
    case ShapeKind::kStructure:
    case ShapeKind::kAttributeValue:
      return std::string(kPackage) + std::string(shape_of.name);
    case ShapeKind::kList:
      return "java.util.List<" + java_class(shape(shape_of.element)) + ">";
    case ShapeKind::kMap:
      return "java.util.Map<java.lang.String, " + java_class(shape(shape_of.element)) + ">";
    case ShapeKind::kBlob:
      return "java.nio.ByteBuffer";
    case ShapeKind::kString:
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
    case ShapeKind::kDouble:
    case ShapeKind::kBoolean:
      return "java.lang." + std::string(scalar_class(shape_of.kind));
    case ShapeKind::kTimestamp:
      return "java.util.Date";
  }
  return {};
}

std::string conversion_error(const JsonNode& node, const Shape& wanted, JsonPlace place) {
  const bool array = node.is(JsonKind::kArray);
  const bool object = node.is(JsonKind::kObject);
  switch (wanted.kind) {
    case ShapeKind::kStructure:
    case ShapeKind::kAttributeValue:
      if (array) {
        return "Unrecognized collection type class " + java_class(wanted);
      }
      return place == JsonPlace::kField ? "Unexpected field type"
                                        : "Unexpected value type in payload";
    case ShapeKind::kMap:
      if (array) {
        return "Unrecognized collection type " + java_class(wanted);
      }
      return place == JsonPlace::kField ? "Unexpected field type" : std::string(kCastFailed);
    case ShapeKind::kList:
      if (object) {
        return std::string(kStructureUnexpected);
      }
      return place == JsonPlace::kField ? "Unexpected field type" : std::string(kCastFailed);
    case ShapeKind::kString:
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
    case ShapeKind::kDouble:
    case ShapeKind::kBoolean:
    case ShapeKind::kBlob:
    case ShapeKind::kTimestamp:
      break;
  }
  if (array) {
    return "Unrecognized collection type class " + java_class(wanted);
  }
  if (object) {
    return std::string(kStructureUnexpected);
  }
  return wanted.kind == ShapeKind::kBlob ? blob_error(node) : scalar_error(node, wanted.kind);
}

}  // namespace understudy
