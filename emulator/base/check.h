// CHECK(): our own invariants, always on. An emulator in an impossible state must not hand out
// verdicts; user input is never CHECKed.
#pragma once

namespace understudy {

/// Prints where and what failed to stderr and aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* condition);

}  // namespace understudy

#define CHECK(condition)                               \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::understudy::check_failed(__FILE__, __LINE__, #condition))
