// A blocking WebSocket client that does as it is told, also what no client should.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace understudy {

struct SocketFrame {
  int opcode = -1;  // -1: the connection has ended
  std::string payload;
  [[nodiscard]] int close_code() const {
    return payload.size() < 2 ? 0
                              : static_cast<unsigned char>(payload[0]) << 8 |
                                    static_cast<unsigned char>(payload[1]);
  }
};

class SocketClient {
 public:
  explicit SocketClient(std::uint16_t port, int receive_bytes = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{20, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (receive_bytes > 0) {
      setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof(receive_bytes));
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  }
  ~SocketClient() { close(); }
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  // Sends the handshake; returns the answer's status. 101: frames follow.
  int open(const std::string& path) {
    send("GET " + path +
         " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\nUpgrade: websocket\r\n"
         "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Sec-WebSocket-Version: 13\r\n\r\n");
    return read_head();
  }
  // Status of a plain request; its body is in body().
  int request(const std::string& method, const std::string& path, const std::string& body = "") {
    send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body);
    const int status = read_head();
    const std::size_t at = head_.find("Content-Length: ");
    const std::size_t length = at == std::string::npos ? 0 : std::stoul(head_.substr(at + 16));
    while (received_.size() < length && more()) {
    }
    body_ = received_.substr(0, length);
    received_.erase(0, length);
    return status;
  }
  [[nodiscard]] const std::string& head() const { return head_; }
  [[nodiscard]] const std::string& body() const { return body_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  bool send_text(std::string_view text) { return send_frame(0x81, text); }
  bool send_frame(int first, std::string_view payload) {
    std::string bytes(1, static_cast<char>(first));
    if (payload.size() < 126) {
      bytes.push_back(static_cast<char>(0x80 | payload.size()));
    } else {
      bytes.push_back(static_cast<char>(0x80 | (payload.size() <= 0xFFFF ? 126 : 127)));
      for (int shift = payload.size() <= 0xFFFF ? 8 : 56; shift >= 0; shift -= 8) {
        bytes.push_back(static_cast<char>(payload.size() >> shift));
      }
    }
    bytes.append(4, '\0');  // a mask of zeros
    bytes.append(payload);
    return send(bytes);
  }
  // The next frame; waits for it.
  SocketFrame frame() {
    while (received_.size() < 2) {
      if (!more()) {
        return {};
      }
    }
    std::size_t length = static_cast<unsigned char>(received_[1]) & 0x7F;
    const std::size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
    while (received_.size() < 2 + extra) {
      if (!more()) {
        return {};
      }
    }
    if (extra > 0) {
      length = 0;
      for (std::size_t i = 0; i < extra; ++i) {
        length = length << 8 | static_cast<unsigned char>(received_[2 + i]);
      }
    }
    while (received_.size() < 2 + extra + length) {
      if (!more()) {
        return {};
      }
    }
    SocketFrame frame{received_[0] & 0x0F, received_.substr(2 + extra, length)};
    received_.erase(0, 2 + extra + length);
    return frame;
  }
  void close() {
    if (socket_ >= 0) {
      ::close(socket_);
      socket_ = -1;
    }
  }

 private:
  int read_head() {
    std::size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) {
        return 0;
      }
    }
    head_ = received_.substr(0, end + 2);
    received_.erase(0, end + 4);
    return std::stoi(head_.substr(9, 3));
  }
  bool more() {
    char bytes[16384];
    const ssize_t count = recv(socket_, bytes, sizeof(bytes), 0);
    if (count <= 0) {
      return false;
    }
    received_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  int socket_;
  std::string received_;
  std::string head_;
  std::string body_;
};

}  // namespace understudy
