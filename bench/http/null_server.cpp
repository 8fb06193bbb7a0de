// The floor: a server that does nothing but read each request whole and send an answer as long as
// the request's X-Answer-Bytes asks for. What it costs is what the kernel takes of every server
// here for that many bytes and wake-ups; what another server costs beyond it is that server's own.
//
//   understudy_null_server PORT
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

namespace {

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(2);  // NOLINT(concurrency-mt-unsafe)
}

std::size_t number_after(std::string_view head, std::string_view name, std::size_t otherwise) {
  const std::size_t at = head.find(name);
  return at == std::string_view::npos ? otherwise
                                      : std::strtoul(head.data() + at + name.size(), nullptr, 10);
}

class Connection {
 public:
  /// Sends what is left of an answer, or reads and answers a request; false when the client left.
  bool serve(int socket) {
    if (!unsent_.empty()) {
      return send_more(socket);
    }
    const ssize_t got = ::recv(socket, input_.data() + used_, input_.size() - used_, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) {
      return true;
    }
    if (got <= 0) {
      return false;
    }
    used_ += static_cast<std::size_t>(got);
    const std::string_view text(input_.data(), used_);
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos ||
        used_ < end + 4 + number_after(text, "Content-Length: ", 0)) {
      return used_ < input_.size();
    }
    used_ = 0;
    unsent_ = answer_of(number_after(text.substr(0, end + 4), "X-Answer-Bytes: ", 200));
    return send_more(socket);
  }

 private:
  /// Made once for all connections: a long one stays in the cache.
  static const std::string& answer_of(std::size_t bytes) {
    static std::map<std::size_t, std::string> answers;
    std::string& answer = answers[bytes];
    if (answer.empty()) {
      answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n" +
               std::string(bytes, 'x');
    }
    return answer;
  }

  bool send_more(int socket) {
    const ssize_t sent =
        ::send(socket, unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      return errno == EAGAIN;
    }
    unsent_.remove_prefix(static_cast<std::size_t>(sent));
    return true;  // a rest goes when the socket says that it can be written again
  }

  std::string input_ = std::string(std::size_t{1} << 20, '\0');
  std::size_t used_ = 0;
  std::string_view unsent_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: understudy_null_server PORT\n", stderr);
    return 2;
  }
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // As the server does on a loopback address.
  ::setsockopt(listener, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(listener, 64) != 0) {
    fail("understudy_null_server: cannot listen");
  }
  const int poll = ::epoll_create1(0);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listener;
  ::epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  std::map<int, Connection> connections;
  epoll_event ready[64];
  for (;;) {
    const int count = ::epoll_wait(poll, ready, 64, -1);
    for (int i = 0; i < count; ++i) {
      const int socket = ready[i].data.fd;
      if (socket != listener) {
        if (!connections[socket].serve(socket)) {
          connections.erase(socket);
          ::close(socket);
        }
        continue;
      }
      const int accepted = ::accept(listener, nullptr, nullptr);
      ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      event.events = EPOLLIN | EPOLLOUT | EPOLLET;
      event.data.fd = accepted;
      ::epoll_ctl(poll, EPOLL_CTL_ADD, accepted, &event);
    }
  }
}
