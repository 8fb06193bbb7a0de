// One connection: reads requests, hands them to the engine, writes answers. A small request costs
// three system calls: one wait for readiness, one read, one write. Inside this room only.
//
// Stream is tcp::socket with a concrete executor, or TLS over it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/intrusive_ptr.hpp>
#include <optional>
#include <type_traits>

#include "emulator/api/late_answer.h"
#include "emulator/api/stream_answer.h"
#include "emulator/http/request_parser.h"
#include "emulator/http/socket_states.h"
#include "emulator/http/worker.h"

namespace understudy {

using TlsSocket = boost::asio::ssl::stream<PlainSocket>;

template <class Stream>
class Session final : public SessionBase {
 public:
  using ErrorCode = boost::system::error_code;
  using Ref = boost::intrusive_ptr<Session>;

  /// Begins to serve that connection on its worker's thread; it lives as long as it needs to.
  static void begin(Worker& worker, Stream stream);
  ~Session() override;

  void close() override;
  bool has_input() override;
  void shrink() override;
  void answer_gathered() override;
  void send_gathered() override;

 private:
  static constexpr bool kIsTls = std::is_same_v<Stream, TlsSocket>;
  Session(Worker& worker, Stream stream, char* buffer);
  void destroy() override;
  PlainSocket& socket();

  void start();
  void handshake();
  /// Tells a client that speaks HTTP where TLS is spoken so.
  void refuse_http_without_tls();
  /// Reads on: into the buffer, or what is left of a long body straight into its place.
  void read();
  void on_read(const ErrorCode& error, std::size_t bytes);
  /// Answers every request that is there in full, then reads on.
  void process();
  /// Reads and answers the next request if it is plain and there in full. False: it is not, or the
  /// connection was dealt with (then `busy_`).
  bool answer_plain();
  /// Feeds the parser. False: the connection was dealt with, do not read on.
  bool parse();
  void make_room_for_body();
  [[nodiscard]] bool reads_body_directly() const;
  [[nodiscard]] bool request_complete() const;
  void begin_request();
  void end_request();
  /// Whether other connections are open.
  [[nodiscard]] bool has_neighbours() const;

  // Answers. In session_answer.cpp.
  /// True: the answer is out and the connection goes on.
  bool respond();
  bool answer(const Request& request, bool keep_alive, bool head_only);
  bool send_answer(bool keep_alive, bool head_only);
  void refuse(int status);
  bool send();
  void send_rest(std::size_t sent);
  void on_sent(const ErrorCode& error);
  void send_continue();
  /// After an answer to a request that was not read to its end: lets the client finish sending,
  /// lest the answer be lost in a reset.
  void linger();
  void on_lingered(const ErrorCode& error, std::size_t bytes);

  /// One answer that is not there yet. Shared with whoever tells it; `session` is touched on the
  /// worker's thread only, and empty once nobody waits. In session_late.cpp.
  struct Waiting {
    Ref session;
    std::shared_ptr<LateAnswer> late;
    decltype(Response::request_id) request_id;
    Microseconds arrived;
    bool keep_alive;
    bool head_only;
  };
  void await_answer(bool keep_alive, bool head_only);
  void on_answer(const LateAnswer::Content& content);
  void stop_waiting();

  /// An answer on its way by a fault rule. In session_delivery.cpp.
  struct Delivering;
  void deliver();
  void begin_delivery();
  void deliver_part(std::size_t bytes_max);
  void on_part_delivered(const ErrorCode& error);
  void reset_connection();
  void notice_client_leaving();
  void stop_delivering();
  /// A body that comes in parts; as Waiting. In session_stream.cpp.
  struct Streaming {
    Ref session;
    std::shared_ptr<StreamAnswer> parts;
    bool sending = false;
  };
  void begin_stream();
  void listen_to_stream();
  void send_parts();
  void on_parts_sent(const ErrorCode& error, bool ended);
  void notice_leaving();
  void stop_streaming();

  Worker& worker_;
  Stream stream_;
  char* const buffer_;      ///< kBufferBytes of the connection's block
  std::size_t begin_ = 0;   ///< first byte of the current request
  std::size_t parsed_ = 0;  ///< bytes the parser has taken
  std::size_t filled_ = 0;
  std::size_t asked_ = 0;     ///< bytes that the read under way has room for
  std::size_t longest_ = 0;   ///< bytes of the buffer that were written to since it was last freed
  std::size_t head_end_ = 0;  ///< where the current request's headers end
  std::optional<RequestParser> parser_;
  Request request_;
  Buffer body_;
  Buffer pending_head_;  ///< of an answer that did not go out at once
  Buffer pending_body_;
  std::shared_ptr<Waiting> waiting_;
  std::shared_ptr<Delivering> delivering_;
  std::shared_ptr<Streaming> streaming_;
  std::size_t lingered_bytes_ = 0;
  bool forgetting_ = false;  ///< the read under way was called back, to give back memory
  bool last_ = false;        ///< no further request on this connection
  bool unread_ = false;      ///< the request was refused before it was read to its end
  bool continued_ = false;   ///< "100 Continue" was sent for this request
  bool busy_ = false;        ///< an answer is being written, or the connection was closed
  bool closed_ = false;
};

extern template class Session<PlainSocket>;
extern template class Session<TlsSocket>;

}  // namespace understudy
