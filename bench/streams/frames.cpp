#include "bench/streams/frames.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/server/server.h"
#include "streams/function_host.h"

namespace understudy::bench {
namespace {

using Steady = std::chrono::steady_clock;
using Answer = Expected<std::string, std::string>;

constexpr const char* kTable =
    R"({"TableName":"toggles","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST",
        "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}})";

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "streams_bench: %s\n", what);
  std::exit(1);  // NOLINT(concurrency-mt-unsafe)
}

int connect_client(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    fail("cannot connect");
  }
  const std::string hello =
      "GET /prod HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  if (send(socket, hello.data(), hello.size(), MSG_NOSIGNAL) < 0) {
    fail("cannot send");
  }
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    char byte = 0;
    if (recv(socket, &byte, 1, 0) != 1) {
      fail("no handshake");
    }
    head.push_back(byte);
  }
  return socket;
}

// Until each client has read a frame with that text, which comes in one piece on loopback.
void read_all(std::vector<pollfd>& clients, const std::string& text) {
  std::size_t left = clients.size();
  for (pollfd& client : clients) {
    client.events = POLLIN;
  }
  while (left > 0) {
    if (poll(clients.data(), clients.size(), 10'000) <= 0) {
      fail("a frame did not come");
    }
    for (pollfd& client : clients) {
      if ((client.revents & POLLIN) != 0 && client.events != 0) {
        char bytes[4096];
        const ssize_t count = recv(client.fd, bytes, sizeof(bytes), 0);
        if (count <= 0) {
          fail("a connection has ended");
        }
        if (std::string_view(bytes, static_cast<std::size_t>(count)).find(text) ==
            std::string_view::npos) {
          fail("another frame came");
        }
        client.events = 0;
        --left;
      }
    }
  }
}

}  // namespace

std::vector<double> frame_latencies_ms(std::size_t clients_wanted, int rounds) {
  std::mutex mutex;
  std::vector<std::string> connections;
  ServerOptions options;
  auto functions = std::make_shared<FunctionHostOptions>();
  functions->network = true;
  functions->threads = 2;
  options.features.functions = functions;
  Server server(options);
  if (!server.start()) {
    fail("the server does not start");
  }
  FunctionHost& host = *server.instance().functions();
  FunctionSettings manager;
  manager.name = "manager";
  manager.callback = [&](std::string_view event) {
    constexpr std::string_view kId = R"("connectionId":")";
    const std::size_t at = event.find(kId) + kId.size();
    const std::lock_guard lock(mutex);
    connections.emplace_back(event.substr(at, event.find('"', at) - at));
    return Answer(R"({"statusCode":200})");
  };
  if (!host.functions().add(std::move(manager))) {
    fail("no manager");
  }
  WebSocketApiSettings api;
  api.port = 0;
  api.routes = {{"$connect", "manager"}};
  const auto gateway = host.add_gateway(std::move(api));
  if (!gateway) {
    fail(gateway.error().c_str());
  }
  FunctionSettings push;
  push.name = "push";
  push.callback = [&, to = *gateway](std::string_view event) {
    const std::lock_guard lock(mutex);
    for (const std::string& connection : connections) {
      to->post(connection, event, [](PostOutcome) {});
    }
    return Answer("null");
  };
  if (!host.functions().add(std::move(push))) {
    fail("no function");
  }
  const std::string created = server.engine().call("CreateTable", kTable).body;
  constexpr std::string_view kArn = R"("LatestStreamArn":")";
  const std::size_t at = created.find(kArn) + kArn.size();
  const std::string stream = created.substr(at, created.find('"', at) - at);
  if (!host.mappings().create(R"({"FunctionName":"push","StartingPosition":"LATEST",)"
                              R"("EventSourceArn":")" +
                              stream + "\"}")) {
    fail("no mapping");
  }
  std::vector<pollfd> clients;
  for (std::size_t i = 0; i < clients_wanted; ++i) {
    clients.push_back({connect_client((*gateway)->port()), POLLIN, 0});
  }
  std::vector<double> milliseconds;
  for (int round = 0; round < rounds; ++round) {
    const std::string put = R"({"TableName":"toggles","Item":{"id":{"S":"dark-mode"},"n":{"N":")" +
                            std::to_string(round) + "\"}}}";
    const auto begin = Steady::now();
    server.engine().call("PutItem", put);
    read_all(clients, R"("n":{"N":")" + std::to_string(round) + "\"}");
    milliseconds.push_back(
        std::chrono::duration<double, std::milli>(Steady::now() - begin).count());
  }
  for (const pollfd& client : clients) {
    close(client.fd);
  }
  server.stop();
  host.stop();
  return milliseconds;
}

}  // namespace understudy::bench
