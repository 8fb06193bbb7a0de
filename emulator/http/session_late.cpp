// Answers that are not there yet: the session waits for them without a thread.
#include <boost/asio/post.hpp>

#include "emulator/api/late_answer.h"
#include "emulator/base/crc32.h"
#include "emulator/http/session.h"

namespace understudy {
namespace asio = boost::asio;

/// The answer comes later, told from any thread. Until then the session keeps itself alive, and may
/// be closed like an idle one.
template <class Stream>
void Session<Stream>::await_answer(bool keep_alive, bool head_only) {
  Response& response = worker_.response;
  waiting_ =
      std::make_shared<Waiting>(Waiting{Ref(this), std::move(response.late), response.request_id,
                                        response.arrived, keep_alive, head_only});
  idle = true;
  deadline = UINT64_MAX;
  const auto told = [&io = worker_.io, waiting = waiting_](LateAnswer::Content content) {
    asio::post(io, [waiting, content = std::move(content)] {
      if (waiting->session != nullptr) {
        waiting->session->on_answer(content);
      }
    });
  };
  waiting_->late->when_complete(told);
}

template <class Stream>
void Session<Stream>::on_answer(const LateAnswer::Content& content) {
  const std::shared_ptr<Waiting> waited = std::move(waiting_);
  const Ref self = std::move(waited->session);
  idle = false;
  Response& response = worker_.response;
  response.clear();
  response.status = content.status;
  response.content_type = content.content_type;
  response.body.append(content.body);
  response.extra_headers = content.extra_headers;
  response.request_id = waited->request_id;
  response.arrived = waited->arrived;
  response.crc32 = content.wrong_crc32 ? ~crc32(content.body) : crc32(content.body);
  if (content.delivery.has_value()) {
    response.delivery = std::make_unique<Delivery>(*content.delivery);
  }
  busy_ = true;
  if (send_answer(waited->keep_alive, waited->head_only)) {
    busy_ = false;
    end_request();
    process();
  }
}

template <class Stream>
void Session<Stream>::stop_waiting() {
  if (waiting_ != nullptr) {
    waiting_->late->abandon();
    const std::shared_ptr<Waiting> waited = std::move(waiting_);
    waited->session.reset();
  }
}

template void Session<PlainSocket>::await_answer(bool keep_alive, bool head_only);
template void Session<PlainSocket>::on_answer(const LateAnswer::Content& content);
template void Session<PlainSocket>::stop_waiting();
template void Session<TlsSocket>::await_answer(bool keep_alive, bool head_only);
template void Session<TlsSocket>::on_answer(const LateAnswer::Content& content);
template void Session<TlsSocket>::stop_waiting();

}  // namespace understudy
