// What the service says where a JSON value cannot be converted to a member's type. The service's
// parser tells fields of a structure from elements of lists and values of maps, and so do its
// texts. Source: dynalite's validations, recorded 2013-15. Assumed: still the same.
#pragma once

#include <string>

#include "emulator/base/json.h"
#include "emulator/service/shape.h"

namespace understudy {

enum class JsonPlace : std::uint8_t {
  kField,     ///< a member of a structure
  kElement,   ///< an element of a list
  kMapValue,  ///< a value of a map
};

/// The message of the SerializationException for `node` where `wanted` was expected.
std::string conversion_error(const JsonNode& node, const Shape& wanted, JsonPlace place);

/// How the service calls the class of a shape: "java.lang.String",
/// "java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>".
std::string java_class(const Shape& shape);

}  // namespace understudy
