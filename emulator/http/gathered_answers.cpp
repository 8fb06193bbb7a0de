#include "emulator/http/gathered_answers.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace understudy {

bool GatheredAnswers::wanted() {
  if (in_company_ || posted_) {
    return true;
  }
  alone_ = (alone_ + 1) % kAnswersPerTry;
  return alone_ == 0;
}

void GatheredAnswers::add(SessionBase& session) {
  sessions_[count_++] = &session;
  ++added_;
  if (count_ == kTogetherMax) {
    send();
  } else if (!posted_) {
    posted_ = true;
    boost::asio::post(io_, [this] {  // behind everything that is ready
      posted_ = false;
      in_company_ = std::exchange(added_, 0) > 1;
      send();
    });
  }
}

void GatheredAnswers::send() {
  if (count_ == 0) {
    return;
  }
  // A session may read on and answer again on this occasion: that one waits for the next.
  const auto sessions = std::exchange(sessions_, {});
  const std::size_t count = std::exchange(count_, 0);
  for (std::size_t i = 0; i < count; ++i) {
    sessions[i]->send_gathered();
  }
}

}  // namespace understudy
