// Load generator: closed loops over keep-alive connections to a server on loopback, and the CPU
// time the server process spent meanwhile. One JSON line on stdout per scenario.
//
//   understudy_load --port 8000 --pid 4711 --fill                     creates and fills the table
//   understudy_load --port 8000 --pid 4711 --run get,put --connections 16 --seconds 1
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/http/workload.h"

namespace {

using understudy::bench::Operation;
using understudy::bench::Shape;
using Seconds = std::chrono::duration<double>;
using SteadyClock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "understudy_load: %s\n", why.c_str());
  std::exit(2);
}

/// What real SDKs send beside the body: about 640 bytes of headers.
std::string http_request(const Operation& operation, int port, std::size_t answer_bytes = 0) {
  return "POST / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
         "\r\nAccept-Encoding: identity\r\nX-Amz-Target: DynamoDB_20120810." + operation.name +
         "\r\nContent-Type: application/x-amz-json-1.0\r\n"
         "User-Agent: Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux#6.1 md/arch#x86_64 "
         "lang/python#3.11.7 md/pyimpl#CPython m/Z,b cfg/retry-mode#standard Botocore/1.44.5\r\n"
         "X-Amz-Date: 20261121T000000Z\r\n"
         "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/dynamodb/"
         "aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature="
         "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7\r\n"
         "amz-sdk-invocation-id: 0d1b7b8e-6f4e-4b5c-9d55-1f2a3b4c5d6e\r\n"
         "amz-sdk-request: attempt=1\r\n" +
         (answer_bytes == 0 ? "" : "X-Answer-Bytes: " + std::to_string(answer_bytes) + "\r\n") +
         "Content-Length: " + std::to_string(operation.body.size()) + "\r\n\r\n" + operation.body;
}

class Connection {
 public:
  explicit Connection(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      fail("cannot connect to port " + std::to_string(port));
    }
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    input_.resize(64 * 1024);
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        fail("the server closed the connection");
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// Reads what is there; true when the whole answer has come. Drop it before the next is looked
  /// at.
  bool receive() {
    if (used_ == input_.size()) {
      input_.resize(input_.size() * 2);
    }
    const ssize_t got = ::recv(socket_, input_.data() + used_, input_.size() - used_, 0);
    if (got <= 0) {
      fail("the server closed the connection");
    }
    used_ += static_cast<std::size_t>(got);
    return has_answer();
  }

  bool has_answer() {
    if (!wanted_) {
      find_length();
    }
    return wanted_ && used_ >= *wanted_;
  }

  void drop_answer() {
    used_ -= *wanted_;
    std::memmove(input_.data(), input_.data() + *wanted_, used_);
    wanted_.reset();
  }

  /// What has come, from the first answer on.
  [[nodiscard]] std::string_view answer() const { return {input_.data(), used_}; }
  [[nodiscard]] std::size_t body_bytes() const { return body_bytes_; }
  [[nodiscard]] int socket() const { return socket_; }

 private:
  void find_length() {
    const std::string_view text = answer();
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) {
      return;
    }
    // Line by line, without a copy: the client must not be what a fast server waits for.
    constexpr std::string_view kName = "content-length:";
    for (std::size_t line = text.find('\n') + 1; line < end; line = text.find('\n', line) + 1) {
      if (::strncasecmp(text.data() + line, kName.data(), kName.size()) == 0) {
        body_bytes_ = std::strtoul(text.data() + line + kName.size(), nullptr, 10);
        wanted_ = end + 4 + body_bytes_;
        return;
      }
    }
    fail("an answer without Content-Length");
  }

  int socket_;
  std::vector<char> input_;
  std::size_t used_ = 0;
  std::size_t body_bytes_ = 0;
  std::optional<std::size_t> wanted_;
};

/// CPU time of that process; 0: of this one.
double cpu_seconds(int pid) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) {
    fail("no CPU clock for process " + std::to_string(pid));
  }
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void expect_success(std::string_view answer) {
  if (answer.find(" 200 ") != 9 - 1) {
    fail("not a success: " + std::string(answer.substr(0, 600)));
  }
}

/// When a run ends: after that time or, if that is not 0, that number of requests.
struct Limit {
  double seconds = 1;
  std::size_t requests = 0;
};

struct Measurement {
  std::size_t operations = 0;
  std::size_t answer_bytes = 0;  ///< of the bodies of all answers
  double cpu_seconds = 0;
  double client_cpu_seconds = 0;
  double wall_seconds = 0;
};

/// `ahead`: requests under way on each connection. More than one make a client that takes less of
/// the cores it shares with the server: what it sends and reads at once costs it one call.
Measurement run(const std::vector<std::string>& requests, int port, int pid,
                std::size_t connection_count, std::size_t ahead, const Limit& limit) {
  std::vector<Connection> connections;
  const int poll = ::epoll_create1(0);
  for (std::size_t i = 0; i < connection_count; ++i) {
    connections.emplace_back(port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    if (::epoll_ctl(poll, EPOLL_CTL_ADD, connections.back().socket(), &event) != 0) {
      fail("cannot watch a socket");
    }
  }
  std::vector<epoll_event> ready(connection_count);  // all of the first one, to begin with
  std::size_t next = 0;
  Measurement result;
  const double cpu_before = cpu_seconds(pid);
  const double client_cpu_before = cpu_seconds(0);
  const auto begin = SteadyClock::now();
  std::string batch;
  const auto send = [&](Connection& connection, std::size_t count) {
    if (count == 1) {
      connection.send(requests[next++ % requests.size()]);
      return;
    }
    batch.clear();
    for (std::size_t i = 0; i < count; ++i) {
      batch += requests[next++ % requests.size()];
    }
    connection.send(batch);
  };
  for (Connection& connection : connections) {
    send(connection, ahead);
  }
  std::size_t outstanding = connection_count * ahead;
  bool stopping = false;
  while (outstanding > 0) {
    // A single connection is waited for by reading it.
    const int count = connection_count == 1
                          ? 1
                          : ::epoll_wait(poll, ready.data(), static_cast<int>(ready.size()), -1);
    for (int event = 0; event < count; ++event) {
      Connection& connection = connections[ready[static_cast<std::size_t>(event)].data.u64];
      std::size_t wanted = 0;
      for (bool more = connection.receive(); more; more = connection.has_answer()) {
        expect_success(connection.answer());
        ++result.operations;
        result.answer_bytes += connection.body_bytes();
        connection.drop_answer();
        stopping = stopping || (limit.requests > 0
                                    ? result.operations + outstanding > limit.requests
                                    : Seconds(SteadyClock::now() - begin).count() >= limit.seconds);
        if (stopping) {
          --outstanding;
        } else {
          ++wanted;
        }
      }
      if (wanted > 0) {
        send(connection, wanted);
      }
    }
  }
  result.wall_seconds = Seconds(SteadyClock::now() - begin).count();
  result.cpu_seconds = cpu_seconds(pid) - cpu_before;
  result.client_cpu_seconds = cpu_seconds(0) - client_cpu_before;
  for (Connection& connection : connections) {
    ::close(connection.socket());
  }
  ::close(poll);
  return result;
}

struct Options {
  int port = 0;
  int pid = 0;
  bool fill = false;
  std::string scenarios;
  std::size_t connections = 1;
  std::size_t ahead = 1;  ///< requests under way on each
  Limit limit;
  std::string table = "bench";
  std::size_t answer_bytes = 0;  ///< asked of understudy_null_server; 0: not sent
  Shape shape;
};

Options parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--fill") {
      options.fill = true;
      continue;
    }
    if (i + 1 == argc) {
      fail("no value for " + std::string(flag));
    }
    const char* value = argv[++i];
    if (flag == "--port") {
      options.port = std::atoi(value);
    } else if (flag == "--pid") {
      options.pid = std::atoi(value);
    } else if (flag == "--run") {
      options.scenarios = value;
    } else if (flag == "--connections") {
      options.connections = std::strtoul(value, nullptr, 10);
    } else if (flag == "--ahead") {
      options.ahead = std::strtoul(value, nullptr, 10);
    } else if (flag == "--seconds") {
      options.limit.seconds = std::atof(value);
    } else if (flag == "--requests") {
      options.limit.requests = std::strtoul(value, nullptr, 10);
    } else if (flag == "--table") {
      options.table = value;
    } else if (flag == "--answer-bytes") {
      options.answer_bytes = std::strtoul(value, nullptr, 10);
    } else if (flag == "--items") {
      options.shape.items = std::strtoul(value, nullptr, 10);
    } else if (flag == "--partition-items") {
      options.shape.partition_items = std::strtoul(value, nullptr, 10);
    } else if (flag == "--item-bytes") {
      options.shape.item_bytes = std::strtoul(value, nullptr, 10);
    } else {
      fail("unknown flag " + std::string(flag));
    }
  }
  return options;
}

void fill_table(const Options& options) {
  Connection connection(options.port);
  const auto answer = [&](const Operation& operation) {
    connection.send(http_request(operation, options.port));
    while (!connection.receive()) {
    }
    std::string text(connection.answer());
    connection.drop_answer();
    return text;
  };
  expect_success(answer({"CreateTable", understudy::bench::create_table(options.table)}));
  const Operation describe{"DescribeTable", R"({"TableName":")" + options.table + R"("})"};
  while (answer(describe).find(R"("ACTIVE")") == std::string_view::npos) {
    ::usleep(50'000);
  }
  for (const Operation& operation : understudy::bench::fill(options.shape, options.table)) {
    expect_success(answer(operation));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse_options(argc, argv);
  if (options.fill) {
    fill_table(options);
  }
  std::string_view names = options.scenarios;
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    std::vector<std::string> requests;
    for (const Operation& operation :
         understudy::bench::scenario(name, options.shape, options.table)) {
      requests.push_back(http_request(operation, options.port, options.answer_bytes));
    }
    if (requests.empty()) {
      fail("unknown scenario " + std::string(name));
    }
    const Measurement m =
        run(requests, options.port, options.pid, options.connections, options.ahead, options.limit);
    const auto operations = static_cast<double>(m.operations);
    std::printf(
        "{\"scenario\":\"%.*s\",\"connections\":%zu,\"operations\":%zu,"
        "\"cpu_us\":%.3f,\"client_us\":%.3f,\"per_second\":%.0f,\"answer_bytes\":%zu}\n",
        static_cast<int>(name.size()), name.data(), options.connections, m.operations,
        m.cpu_seconds * 1e6 / operations, m.client_cpu_seconds * 1e6 / operations,
        operations / m.wall_seconds, m.answer_bytes / m.operations);
    std::fflush(stdout);
  }
  return 0;
}
