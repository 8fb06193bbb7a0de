// What streams cost and how soon they are heard of: the lines of issue "Streams" with their goals.
//
//   understudy_streams_bench [ROUNDS]
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "bench/http/workload.h"
#include "bench/streams/frames.h"
#include "emulator/server/server.h"

namespace understudy::bench {
namespace {

using Steady = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "streams_bench: %s\n", what.c_str());
  std::exit(1);  // NOLINT(concurrency-mt-unsafe)
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

double percentile99(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() * 99 / 100];
}

double cpu_us(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

std::string member(const std::string& body, const std::string& name) {
  const std::string before = "\"" + name + "\":\"";
  const std::size_t at = body.find(before);
  if (at == std::string::npos) {
    fail("no " + name + " in " + body);
  }
  const std::size_t start = at + before.size();
  return body.substr(start, body.find('"', start) - start);
}

// A blocking client on one keep-alive connection.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      fail("cannot connect");
    }
  }
  ~Client() { close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  std::string call(std::string_view service, std::string_view operation, std::string_view body) {
    std::string request = "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: ";
    request.append(service).append(".").append(operation);
    request +=
        "\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Date: 20260101T000000Z\r\n"
        "Authorization: AWS4-HMAC-SHA256 "
        "Credential=bench/20260101/us-east-1/dynamodb/aws4_request, "
        "SignedHeaders=host, Signature=00\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n";
    request.append(body);
    if (send(socket_, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      fail("cannot send");
    }
    return read_answer();
  }

 private:
  std::string read_answer() {
    std::string answer;
    std::size_t wanted = std::string::npos;
    std::size_t head = 0;
    while (wanted == std::string::npos || answer.size() < wanted) {
      char bytes[16 * 1024];
      const ssize_t count = recv(socket_, bytes, sizeof(bytes), 0);
      if (count <= 0) {
        fail("the connection has ended");
      }
      answer.append(bytes, static_cast<std::size_t>(count));
      const std::size_t end = answer.find("\r\n\r\n");
      if (wanted == std::string::npos && end != std::string::npos) {
        constexpr std::string_view kLength = "Content-Length: ";
        const std::size_t length = answer.find(kLength);
        head = end + 4;
        wanted = head + std::strtoul(answer.c_str() + length + kLength.size(), nullptr, 10);
      }
    }
    if (answer.compare(0, 12, "HTTP/1.1 200") != 0) {
      fail(answer);
    }
    return answer.substr(head);
  }

  int socket_;
};

constexpr std::string_view kDynamoDb = "DynamoDB_20120810";
constexpr std::string_view kStreams = "DynamoDBStreams_20120810";

// ---- What a stream costs a PutItem

// A server with the bench's table full, and what its PutItem costs the process in CPU time, the
// client's part taken off.
class PutCost {
 public:
  explicit PutCost(bool streamed) {
    if (!server_.start()) {
      fail("the server does not start");
    }
    client_ = std::make_unique<Client>(server_.port());
    client_->call(kDynamoDb, "CreateTable", create_table("bench"));
    for (const Operation& operation : fill(kShape, "bench")) {
      client_->call(kDynamoDb, operation.name, operation.body);
    }
    if (streamed) {
      client_->call(kDynamoDb, "UpdateTable",
                    R"({"TableName":"bench","StreamSpecification":{"StreamEnabled":true,)"
                    R"("StreamViewType":"NEW_AND_OLD_IMAGES"}})");
    }
    // Twice, with another number: a put that changes nothing makes no record.
    puts_ = scenario("put", kShape, "bench");
    for (Operation put : scenario("put", kShape, "bench")) {
      constexpr std::string_view kCount = R"("count":{"N":")";
      put.body[put.body.find(kCount) + kCount.size()] = '0';
      puts_.push_back(std::move(put));
    }
  }

  double round_us(int requests) {
    const double before = cpu_us(CLOCK_PROCESS_CPUTIME_ID) - cpu_us(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < requests; ++i) {
      client_->call(kDynamoDb, "PutItem", puts_[next_++ % puts_.size()].body);
    }
    const double after = cpu_us(CLOCK_PROCESS_CPUTIME_ID) - cpu_us(CLOCK_THREAD_CPUTIME_ID);
    return (after - before) / requests;
  }

 private:
  static constexpr Shape kShape{.items = 10'000};
  Server server_;
  std::unique_ptr<Client> client_;
  std::vector<Operation> puts_;
  std::size_t next_ = 0;
};

// Keeps the process, servers and clients, on one core meanwhile: they take turns, and what waking
// another core costs on a virtual machine varies more than what is measured.
class OnOneCore {
 public:
  OnOneCore() {
    sched_getaffinity(0, sizeof(everywhere_), &everywhere_);
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (CPU_ISSET(core, &everywhere_)) {
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(core, &one);
        sched_setaffinity(0, sizeof(one), &one);
        return;
      }
    }
  }
  ~OnOneCore() { sched_setaffinity(0, sizeof(everywhere_), &everywhere_); }
  OnOneCore(const OnOneCore&) = delete;
  OnOneCore& operator=(const OnOneCore&) = delete;

 private:
  cpu_set_t everywhere_{};
};

void put_item_with_a_stream(int rounds) {
  constexpr int kRequests = 200;
  const OnOneCore one_core;
  PutCost plain(false);
  PutCost streamed(true);
  std::vector<double> without;
  std::vector<double> with;
  for (int round = 0; round < rounds; ++round) {  // in turn: a noisy neighbour hits both
    without.push_back(plain.round_us(kRequests));
    with.push_back(streamed.round_us(kRequests));
  }
  const double a = median(without);
  const double b = median(with);
  std::printf(
      "PutItem over HTTP, server's CPU: %.2f us plain, %.2f us with NEW_AND_OLD_IMAGES: "
      "%.1f %% of throughput (goal 15)\n",
      a, b, 100 * (1 - a / b));
}

// ---- How soon a record is read

void commit_to_get_records(int rounds) {
  Server server;
  if (!server.start()) {
    fail("the server does not start");
  }
  Client writer(server.port());
  Client reader(server.port());
  writer.call(kDynamoDb, "CreateTable",
              R"({"TableName":"one","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],)"
              R"("AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],)"
              R"("ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5},)"
              R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}})");
  const std::string arn = member(reader.call(kStreams, "ListStreams", "{}"), "StreamArn");
  const std::string shard = member(
      reader.call(kStreams, "DescribeStream", R"({"StreamArn":")" + arn + R"("})"), "ShardId");
  std::string iterator = member(reader.call(kStreams, "GetShardIterator",
                                            R"({"StreamArn":")" + arn + R"(","ShardId":")" + shard +
                                                R"(","ShardIteratorType":"LATEST"})"),
                                "ShardIterator");
  std::vector<double> milliseconds;
  for (int round = 0; round < rounds; ++round) {
    const std::string key = "k" + std::to_string(round);
    writer.call(kDynamoDb, "PutItem",
                R"({"TableName":"one","Item":{"pk":{"S":")" + key + R"("}}})");
    const auto committed = Steady::now();
    for (bool found = false; !found;) {
      const std::string page =
          reader.call(kStreams, "GetRecords", R"({"ShardIterator":")" + iterator + R"("})");
      found = page.find("\"" + key + "\"") != std::string::npos;
      iterator = member(page, "NextShardIterator");
    }
    milliseconds.push_back(
        std::chrono::duration<double, std::milli>(Steady::now() - committed).count());
  }
  std::printf(
      "PutItem answered to record read by GetRecords, over HTTP: median %.3f ms, 99th percentile "
      "%.3f ms (goal: median 1)\n",
      median(milliseconds), percentile99(milliseconds));
}

// ---- How soon a frame is there

void commit_to_frame(std::size_t clients, int rounds, double goal_ms) {
  const std::vector<double> milliseconds = frame_latencies_ms(clients, rounds);
  std::printf(
      "PutItem to WebSocket frame of %zu client(s), in-process function: median %.2f ms, 99th "
      "percentile %.2f ms, worst %.2f ms (goal %.0f)\n",
      clients, median(milliseconds), percentile99(milliseconds), std::ranges::max(milliseconds),
      goal_ms);
}

}  // namespace
}  // namespace understudy::bench

int main(int argc, char** argv) {
  using namespace understudy::bench;  // NOLINT(google-build-using-namespace)
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 500;
  put_item_with_a_stream(rounds);
  commit_to_get_records(rounds);
  commit_to_frame(1, rounds, 5);
  commit_to_frame(1000, std::max(1, rounds / 10), 250);
  return 0;
}
