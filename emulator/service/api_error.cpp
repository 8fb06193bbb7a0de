#include "emulator/service/api_error.h"

#include <cstddef>
#include <memory>
#include <utility>

#include "emulator/base/check.h"

namespace understudy {
namespace {

constexpr ErrorRow kRows[] = {
#define UNDERSTUDY_ERROR(name, prefix, status, message) {#name, prefix "#" #name, status, message},
#include "emulator/service/error_table.inc"
#undef UNDERSTUDY_ERROR
};

}  // namespace

ApiError::ApiError(ErrorKind kind, std::string message)
    : detail_(std::make_unique<Detail>(Detail{kind, std::move(message), {}, {}})) {}

const ErrorRow& error_row(ErrorKind kind) {
  const auto row = static_cast<std::size_t>(kind);
  CHECK(row < std::size(kRows));
  return kRows[row];
}

}  // namespace understudy
