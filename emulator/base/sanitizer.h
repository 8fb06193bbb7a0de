// Whether a sanitizer watches this build's memory: then every block must go by way of malloc to be
// seen, and sizes of the process say nothing.
#pragma once

namespace understudy {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kMemoryIsWatched = true;
#elif defined(__has_feature)
inline constexpr bool kMemoryIsWatched =
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool kMemoryIsWatched = false;
#endif

}  // namespace understudy
