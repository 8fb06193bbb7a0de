#include "emulator/api/late_answer.h"

#include <utility>

namespace understudy {

bool LateAnswer::complete(Content content) {
  const std::lock_guard lock(mutex_);
  if (abandoned_ || completed_) {
    return false;
  }
  completed_ = true;
  if (told_) {
    std::exchange(told_, nullptr)(std::move(content));
  } else {
    content_ = std::move(content);
  }
  return true;
}

void LateAnswer::when_complete(Told told) {
  const std::lock_guard lock(mutex_);
  if (content_.has_value()) {
    told(*std::exchange(content_, std::nullopt));
  } else if (!completed_ && !abandoned_) {
    told_ = std::move(told);
  }
}

void LateAnswer::abandon() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
  told_ = nullptr;
}

bool LateAnswer::abandoned() const {
  const std::lock_guard lock(mutex_);
  return abandoned_;
}

}  // namespace understudy
