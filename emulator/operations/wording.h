// How an operation words what is wrong with a request. In 2026 the service moved its operations,
// one by one, to a new layer of request validation (H1): PutItem, UpdateItem and DeleteItem put "1
// validation error detected: " before nearly every message of the request gate; GetItem,
// BatchGetItem and Query speak the new layer bare; the rest still speaks the old one.
// Source: field notes H1 (AWS captures, September and October 2026).
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "emulator/expression/placeholders.h"
#include "emulator/model/json_codec.h"
#include "emulator/operations/operation.h"
#include "emulator/service/api_error.h"

namespace understudy {

struct Wording {
  std::string_view prefix;  ///< of the request gate's messages; may be empty
  bool current = false;     ///< the layer of 2026

  /// For attribute values outside of expressions.
  [[nodiscard]] DecodeOptions decode_options() const {
    return {.layer = current ? ValueLayer::kCurrent : ValueLayer::kOlder};
  }
  [[nodiscard]] ValueErrors value_errors() const {
    return current ? ValueErrors::kBare : ValueErrors::kWrapped;
  }
};

inline Wording wording_of(const OperationContext& context) {
  const std::string_view name = context.model.name;
  const bool current = context.wording == ValidationWording::k2026 &&
                       (name == "PutItem" || name == "UpdateItem" || name == "DeleteItem" ||
                        name == "GetItem" || name == "BatchGetItem" || name == "Query");
  return {message_prefix(name, context.wording), current};
}

/// The error with the operation's prefix. An attribute value with no type or several stays bare, as
/// do errors that are no ValidationException.
inline ApiError enveloped(const Wording& wording, ApiError error) {
  if (wording.prefix.empty() || error.kind() != ErrorKind::kValidationException ||
      error.message().starts_with("Supplied AttributeValue")) {
    return error;
  }
  std::string message(wording.prefix);
  message += error.message();
  return std::move(error).with_message(std::move(message));
}

template <class T>
Result<T> enveloped(const Wording& wording, Result<T> result) {
  if (!result && !wording.prefix.empty()) {
    return Unexpected{enveloped(wording, std::move(result).error())};
  }
  return result;
}

}  // namespace understudy
