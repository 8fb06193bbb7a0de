// What the service refuses in an attribute name, wherever a name comes from.
#pragma once

#include <string>
#include <string_view>

#include "emulator/model/value.h"
#include "emulator/service/api_error.h"

namespace understudy::expression {

/// "Empty attribute name" or the sentence about its length; empty where the name is good.
/// Source: scylla test_limits.py, test_limit_attribute_length_nonkey_bad and _empty.
inline std::string_view attribute_name_problem(std::string_view name) {
  if (name.empty()) {
    return "Empty attribute name";
  }
  if (name.size() > kAttributeNameMaxBytes) {
    return "Attribute name is too large, must be less than 65536 bytes";
  }
  return {};
}

/// Assumed: the phrases stand alone, like those about attribute values.
inline Result<void> check_attribute_name(std::string_view name) {
  if (const std::string_view problem = attribute_name_problem(name); !problem.empty()) {
    return validation_error(std::string(problem));
  }
  return {};
}

}  // namespace understudy::expression
