#include "emulator/http/gathered_requests.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace understudy {

void GatheredRequests::add_request(SessionBase& session) {
  requests_.waiting[requests_.count++] = &session;
  note_company();
  if (requests_.count == kTogetherMax) {
    answer();
  }
}

bool GatheredRequests::answer_should_wait() {
  if (answering_ || in_company_ || posted_) {
    return true;
  }
  alone_ = (alone_ + 1) % kAnswersPerTry;
  return alone_ == 0;
}

void GatheredRequests::add_answer(SessionBase& session) {
  answers_.waiting[answers_.count++] = &session;
  if (!answering_) {
    note_company();
  }
  if (answers_.count == kTogetherMax) {
    send();
  }
}

void GatheredRequests::make_way() {
  long_answers_ = seen_long_ = true;
  send();
}

void GatheredRequests::note_company() {
  ++added_;
  if (!posted_) {
    posted_ = true;
    boost::asio::post(io_, [this] {  // behind everything that is ready
      posted_ = false;
      in_company_ = std::exchange(added_, 0) > 1;
      answer();
      long_answers_ = std::exchange(seen_long_, false);
    });
  }
}

void GatheredRequests::answer() {
  const Sessions requests = std::exchange(requests_, {});
  answering_ = true;
  for (std::size_t i = 0; i < requests.count; ++i) {
    requests.waiting[i]->answer_gathered();
  }
  answering_ = false;
  send();
}

void GatheredRequests::send() {
  // A session may read on and answer again on this occasion: that one waits for the next.
  const Sessions answers = std::exchange(answers_, {});
  for (std::size_t i = 0; i < answers.count; ++i) {
    answers.waiting[i]->send_gathered();
  }
}

}  // namespace understudy
