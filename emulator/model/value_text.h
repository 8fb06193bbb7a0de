// How error texts print a value: of a condition's bounds, of a Query's start key.
#pragma once

#include <string>

#include "emulator/model/value.h"

namespace understudy {

/// `AttributeValue: {S:a}`, bytes in base64 (raw ones leave the answer no JSON), documents and sets
/// without their content.
std::string value_text(const Value& value);

}  // namespace understudy
