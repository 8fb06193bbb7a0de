// A client that sends any bytes at all and reads answers as they come: what the tests of the socket
// need and no HTTP library offers. Blocking, with a time-out that only a broken server meets.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace understudy {

struct WireAnswer {
  int status = 0;  ///< 0: the connection ended before a whole answer came
  std::string head;
  std::string body;

  [[nodiscard]] bool has_line(std::string_view line) const {
    return head.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
  }
};

class WireClient {
 public:
  /// `receive_buffer_bytes`: what the system keeps of what was not read yet; 0: as much as it
  /// likes.
  explicit WireClient(std::uint16_t port, int receive_buffer_bytes = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer_bytes > 0) {
      setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                 sizeof(receive_buffer_bytes));
    }
    const timeval patience{20, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~WireClient() { close(); }
  WireClient(WireClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        connected_(other.connected_),
        received_(std::move(other.received_)) {}
  WireClient& operator=(WireClient&& other) noexcept {
    close();
    socket_ = std::exchange(other.socket_, -1);
    connected_ = other.connected_;
    received_ = std::move(other.received_);
    return *this;
  }

  [[nodiscard]] bool connected() const { return connected_; }

  /// False: the server has closed the connection.
  bool send(std::string_view bytes, int flags = 0) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | flags);
      if (sent <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// Sends less than fits a segment, and the end of sending within the same one.
  bool send_last(std::string_view bytes) {
    const bool sent = send(bytes, MSG_MORE);
    finish_sending();
    return sent;
  }
  void finish_sending() { shutdown(socket_, SHUT_WR); }
  void close() {
    if (socket_ >= 0) {
      ::close(std::exchange(socket_, -1));
    }
  }

  /// The next answer in full. `of_head_request`: it has no body whatever it announces.
  WireAnswer receive(bool of_head_request = false) {
    WireAnswer answer;
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive_some()) {
        return answer;
      }
    }
    answer.head = received_.substr(0, end + 2);
    received_.erase(0, end + 4);
    const std::optional<std::size_t> length = header_number(answer.head, "Content-Length: ");
    const bool chunked = answer.head.find("Transfer-Encoding: chunked") != std::string::npos;
    const std::size_t wanted = of_head_request ? 0 : chunked ? 5 : length.value_or(0);
    while (received_.size() < wanted) {
      if (!receive_some()) {
        return answer;
      }
    }
    answer.body = chunked ? "" : received_.substr(0, wanted);
    received_.erase(0, wanted);
    answer.status = static_cast<int>(header_number(answer.head, "HTTP/1.1 ").value_or(0));
    return answer;
  }

  /// What comes up to and with `end`; all that came before the connection ended where it does not.
  std::string receive_until(std::string_view end) {
    std::size_t at = 0;
    while ((at = received_.find(end)) == std::string::npos) {
      if (!receive_some()) {
        return std::exchange(received_, {});
      }
    }
    std::string taken = received_.substr(0, at + end.size());
    received_.erase(0, taken.size());
    return taken;
  }
  /// True: nothing more comes; the server has closed the connection.
  bool ended() { return received_.empty() && !receive_some(); }

 private:
  bool receive_some() {
    char bytes[65536];
    const ssize_t count = recv(socket_, bytes, sizeof(bytes), 0);
    if (count <= 0) {
      return false;
    }
    received_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }
  static std::optional<std::size_t> header_number(std::string_view head, std::string_view before) {
    const std::size_t at = head.find(before);
    if (at == std::string_view::npos) {
      return std::nullopt;
    }
    std::size_t number = 0;
    head.remove_prefix(at + before.size());
    std::from_chars(head.data(), head.data() + head.size(), number);
    return number;
  }

  int socket_;
  bool connected_ = false;
  std::string received_;
};

inline std::string call_head(std::string_view operation, std::string_view more_lines = "") {
  return "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810." +
         std::string(operation) +
         "\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Date: 20260115T120000Z\r\n"
         "Authorization: AWS4-HMAC-SHA256 Credential=key/20260115/us-east-1/dynamodb/aws4_request, "
         "SignedHeaders=host, Signature=00\r\n" +
         std::string(more_lines);
}

/// A whole request for an operation.
inline std::string call(std::string_view operation, std::string_view body,
                        std::string_view more_lines = "") {
  return call_head(operation, more_lines) + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

}  // namespace understudy
