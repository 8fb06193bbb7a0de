#include "emulator/queue/queue_error.h"

#include <array>

namespace understudy {

const QueueErrorRow& queue_error_row(QueueErrorKind kind) {
  static constexpr auto kRows = std::to_array<QueueErrorRow>({
#define UNDERSTUDY_QUEUE_ERROR(name, space, query_code, status) \
  {#name, space "#" #name, query_code, status},
#include "emulator/queue/queue_error_table.inc"
#undef UNDERSTUDY_QUEUE_ERROR
  });
  return kRows[static_cast<std::size_t>(kind)];
}

}  // namespace understudy
