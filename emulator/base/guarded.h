// Guarded<T>: data reachable only while its lock is held.
#pragma once

#include <mutex>
#include <utility>

#include "emulator/base/work_counters.h"

namespace understudy {

template <class T>
class Guarded {
 public:
  template <class... Args>
  explicit Guarded(Args&&... args) : value_(std::forward<Args>(args)...) {}

  /// Holds the lock for as long as it lives.
  class Access {
   public:
    T& operator*() const { return *value_; }
    T* operator->() const { return value_; }

   private:
    friend class Guarded;
    Access(std::mutex& mutex, T& value) : lock_(mutex), value_(&value) { count_lock(); }
    std::unique_lock<std::mutex> lock_;
    T* value_;
  };

  /// Waits for the lock. Not recursive: one Access per thread and Guarded at a time.
  [[nodiscard]] Access lock() const { return Access(mutex_, value_); }

 private:
  mutable std::mutex mutex_;
  mutable T value_;
};

}  // namespace understudy
