// ApiError: an answer that is an error, as a value. What later rooms must know is a field, never a
// message prefix. Rendered once, in api/error_body.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "emulator/base/expected.h"

namespace understudy {

/// One enumerator per row of error_table.inc: kValidationException, kResourceNotFoundException, …
enum class ErrorKind : std::uint8_t {
#define UNDERSTUDY_ERROR(name, ...) k##name,
#include "emulator/service/error_table.inc"
#undef UNDERSTUDY_ERROR
};

/// What the wire says about a kind of error.
struct ErrorRow {
  std::string_view name;            ///< "ValidationException"
  std::string_view wire_type;       ///< "com.amazon.coral.validate#ValidationException"
  std::uint16_t http_status;        ///< 400, 500, …
  std::string_view message_member;  ///< "message", or "Message" where the service writes that
};
const ErrorRow& error_row(ErrorKind kind);

class ApiError {
 public:
  ApiError(ErrorKind kind, std::string message);

  [[nodiscard]] ErrorKind kind() const { return detail_->kind; }
  [[nodiscard]] const std::string& message() const { return detail_->message; }
  /// Further members of the body as JSON text without braces (`"Item":{…}`), or empty.
  [[nodiscard]] const std::string& members() const { return detail_->members; }
  /// Where the message member is not what the kind's row says ("message" for a failed condition
  /// that carries the item); else empty.
  [[nodiscard]] std::string_view message_member() const { return detail_->message_member; }

  ApiError&& with_members(std::string json) && {
    detail_->members = std::move(json);
    return std::move(*this);
  }
  ApiError&& with_message(std::string message) && {
    detail_->message = std::move(message);
    return std::move(*this);
  }
  ApiError&& with_message_member(std::string_view member) && {
    detail_->message_member = member;
    return std::move(*this);
  }

 private:
  struct Detail {
    ErrorKind kind;
    std::string message;
    std::string members;
    std::string_view message_member;
  };
  std::unique_ptr<Detail> detail_;
};

template <class T>
using Result = Expected<T, ApiError>;

/// `return validation_error("…")`.
inline Unexpected<ApiError> validation_error(std::string message) {
  return {ApiError(ErrorKind::kValidationException, std::move(message))};
}
inline Unexpected<ApiError> api_error(ErrorKind kind, std::string message = {}) {
  return {ApiError(kind, std::move(message))};
}

}  // namespace understudy
