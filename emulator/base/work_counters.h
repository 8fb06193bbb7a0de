// Counts of work that a request should do once: tests hold the design to them. Counted only where
// UNDERSTUDY_COUNT_WORK is defined, empty functions elsewhere. Per thread: a request runs on one.
#pragma once

#include <cstdint>

namespace understudy {

struct WorkCounts {
  std::uint64_t json_parses = 0;
  std::uint64_t expression_compiles = 0;
  std::uint64_t locks = 0;
};

#ifdef UNDERSTUDY_COUNT_WORK

/// This thread's counts since its start; tests compare before and after.
inline WorkCounts& work_counts() {
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): exists in counting builds
  // only.
  thread_local WorkCounts counts;
  return counts;
}
inline void count_json_parse() {
  ++work_counts().json_parses;
}
inline void count_expression_compile() {
  ++work_counts().expression_compiles;
}
inline void count_lock() {
  ++work_counts().locks;
}

#else

inline void count_json_parse() {}
inline void count_expression_compile() {}
inline void count_lock() {}

#endif

}  // namespace understudy
