#include "emulator/service/api_error.h"

#include <cstddef>

#include "emulator/base/check.h"

namespace understudy {
namespace {

constexpr ErrorRow kRows[] = {
#define UNDERSTUDY_ERROR(name, prefix, status, message) {#name, prefix "#" #name, status, message},
#include "emulator/service/error_table.inc"
#undef UNDERSTUDY_ERROR
};

}  // namespace

const ErrorRow& error_row(ErrorKind kind) {
  const auto row = static_cast<std::size_t>(kind);
  CHECK(row < std::size(kRows));
  return kRows[row];
}

}  // namespace understudy
