#include "emulator/api/late_answer.h"

#include <utility>

namespace understudy {

void LateAnswer::change(Change change) {
  const std::lock_guard lock(mutex_);
  change_ = std::move(change);
}

LateAnswer::Content LateAnswer::changed(Content content) const {
  if (change_.has_value()) {
    if (change_->instead.has_value()) {
      content = *change_->instead;
    }
    content.extra_headers += change_->extra_headers;
    content.delivery = change_->delivery;
    content.wrong_crc32 = change_->wrong_crc32;
  }
  return content;
}

bool LateAnswer::complete(Content content) {
  const std::lock_guard lock(mutex_);
  if (abandoned_ || completed_) {
    return false;
  }
  completed_ = true;
  if (told_) {
    std::exchange(told_, nullptr)(changed(std::move(content)));
  } else {
    content_ = std::move(content);
  }
  return true;
}

void LateAnswer::when_complete(Told told) {
  const std::lock_guard lock(mutex_);
  if (content_.has_value()) {
    told(changed(*std::exchange(content_, std::nullopt)));
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
