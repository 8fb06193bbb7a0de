// Clock: the only source of time. Handed in; the server runs on the system clock, tests on a
// virtual one. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>

namespace understudy {

/// Microseconds since 1970-01-01 UTC.
using Microseconds = std::int64_t;
inline constexpr Microseconds kMillisecond = 1'000;
inline constexpr Microseconds kSecond = 1'000 * kMillisecond;
inline constexpr Microseconds kMinute = 60 * kSecond;
inline constexpr Microseconds kHour = 60 * kMinute;
inline constexpr Microseconds kDay = 24 * kHour;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Microseconds now() const = 0;
};

/// The machine's time.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Microseconds now() const override;
};

/// A clock that can be put to another time. Whoever wants the work that hangs on time done in order
/// moves it by a Timeline (timeline.h).
class MovableClock : public Clock {
 public:
  virtual void set(Microseconds to) = 0;
};

/// Stands still until moved.
class VirtualClock final : public MovableClock {
 public:
  explicit VirtualClock(Microseconds start) : now_(start) {}
  [[nodiscard]] Microseconds now() const override { return now_.load(std::memory_order_relaxed); }
  void advance(Microseconds by) { now_.fetch_add(by, std::memory_order_relaxed); }
  void set(Microseconds to) override { now_.store(to, std::memory_order_relaxed); }

 private:
  std::atomic<Microseconds> now_;
};

}  // namespace understudy
