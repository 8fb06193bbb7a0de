#include "emulator/api/stream_answer.h"

#include <utility>

namespace understudy {

bool StreamAnswer::send(std::string_view part) {
  const std::lock_guard lock(mutex_);
  if (ended_ || abandoned_) {
    return false;
  }
  if (waiting_.size() + part.size() > kWaitingBytesMax) {
    ended_ = true;
    tell_locked();
    return false;
  }
  waiting_.append(part);
  tell_locked();
  return true;
}

void StreamAnswer::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  tell_locked();
}

void StreamAnswer::when_ready(std::function<void()> told) {
  const std::lock_guard lock(mutex_);
  if (abandoned_) {
    return;
  }
  told_ = std::move(told);
  told_once_ = false;
  if (!waiting_.empty() || ended_) {
    tell_locked();
  }
}

StreamAnswer::Taken StreamAnswer::take() {
  const std::lock_guard lock(mutex_);
  told_once_ = false;
  return {std::exchange(waiting_, {}), ended_};
}

void StreamAnswer::abandon() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
  told_ = nullptr;
  waiting_ = {};
}

bool StreamAnswer::open() const {
  const std::lock_guard lock(mutex_);
  return !ended_ && !abandoned_;
}

void StreamAnswer::tell_locked() {
  if (told_ && !told_once_) {
    told_once_ = true;
    told_();
  }
}

}  // namespace understudy
