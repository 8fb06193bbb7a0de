// Random: a seeded generator (xoshiro256**). fork("faults") gives an independent named stream, so
// that one consumer's draws never shift another's. Not thread-safe: one per thread or under a lock.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace understudy {

class Random {
 public:
  explicit Random(std::uint64_t seed);
  std::uint64_t next();
  /// Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1).
  double uniform();
  /// Depends on the seed and the name alone, not on what was drawn so far.
  [[nodiscard]] Random fork(std::string_view name) const;

 private:
  std::uint64_t seed_;
  std::array<std::uint64_t, 4> state_;
};

}  // namespace understudy
