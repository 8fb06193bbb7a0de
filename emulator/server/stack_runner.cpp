#include "emulator/server/stack_runner.h"

#include <filesystem>
#include <fstream>

#include "emulator/clock/clock.h"
#include "emulator/server/server.h"
#include "emulator/server/text_file.h"
#include "streams/function_host.h"
#include "streams/stack/stack.h"
#include "streams/web/tls_identity.h"

namespace understudy {
namespace {

bool write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.flush();
  return file.good();
}

/// Of several ports the first says whose file it is.
std::string default_ca_file(const Stack& stack) {
  for (const StackWebSocketApi& api : stack.web_socket_apis) {
    if (api.settings.tls_port.has_value()) {
      std::error_code ignored;
      return (std::filesystem::temp_directory_path(ignored) /
              ("understudy-ca-" + std::to_string(*api.settings.tls_port) + ".pem"))
          .string();
    }
  }
  return {};
}

std::vector<std::pair<std::string, std::string>> function_environment(const std::string& url) {
  std::vector<std::pair<std::string, std::string>> variables = {
      {"AWS_ACCESS_KEY_ID", "understudy"},
      {"AWS_SECRET_ACCESS_KEY", "understudy"},
      {"AWS_SESSION_TOKEN", "understudy"},
  };
  for (const char* service : {"DYNAMODB", "DYNAMODB_STREAMS", "LAMBDA", "SQS", "CLOUDWATCH",
                              "APPLICATION_AUTO_SCALING"}) {
    variables.emplace_back(std::string("AWS_ENDPOINT_URL_") + service, url);
  }
  return variables;
}

}  // namespace

StackRunner::StackRunner(std::unique_ptr<Stack> stack) : stack_(std::move(stack)) {}
StackRunner::~StackRunner() = default;

Expected<std::unique_ptr<StackRunner>, std::string> StackRunner::load(const std::string& path) {
  TRY(const std::string text, read_text_file(path));
  const auto document = Document::parse(text, path);
  if (!document) {
    return Unexpected<std::string>{document.error().message()};
  }
  std::error_code ignored;
  const std::filesystem::path absolute = std::filesystem::absolute(path, ignored);
  TRY(Stack read, read_stack(*document, absolute.parent_path().string()));
  for (StackWebSocketApi& api : read.web_socket_apis) {
    if (api.page_file.empty()) {
      continue;
    }
    auto page = read_text_file(api.page_file);
    if (!page) {
      StackPlace place = api.place;
      place.member += ".Page";
      place.text = page.error();
      return Unexpected<std::string>{place.message()};
    }
    api.settings.page = *std::move(page);
  }
  return std::unique_ptr<StackRunner>(new StackRunner(std::make_unique<Stack>(std::move(read))));
}

Expected<void, std::string> StackRunner::run(Server& server, const std::string& certificate_file) {
  FunctionHost& host = *server.instance().functions();
  auto environment = function_environment(server.url());
  std::shared_ptr<const TlsIdentity> identity;
  std::string trusted;
  if (!certificate_file.empty()) {
    TRY(trusted, read_text_file(certificate_file));
  }
  std::string ca_file;
  if (stack_->wants_tls()) {
    TRY(identity, make_tls_identity({}, SystemClock().now()));
    trusted = identity->authority + trusted;
    ca_file = default_ca_file(*stack_);
    for (const StackWebSocketApi& api : stack_->web_socket_apis) {
      ca_file = api.ca_file.empty() ? ca_file : api.ca_file;
    }
    if (!write_file(ca_file, trusted)) {
      return Unexpected<std::string>{cannot_write(ca_file)};
    }
  }
  if (!ca_file.empty() || !certificate_file.empty()) {
    const std::string& bundle = ca_file.empty() ? certificate_file : ca_file;
    for (const char* name : {"AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"}) {
      environment.emplace_back(name, bundle);
    }
  }
  host.functions().add_environment(std::move(environment));
  TRY_VOID(build_stack(*stack_, server.engine(), host, identity));
  for (const WebSocketGateway* gateway : host.gateways()) {
    const WebSocketApiSettings& settings = gateway->settings();
    std::string note = "WebSocket API " + settings.name + ":";
    if (gateway->port() != 0) {
      note += " ws://localhost:" + std::to_string(gateway->port()) + "/" + settings.stage;
    }
    if (gateway->tls_port() != 0) {
      note += " wss://localhost:" + std::to_string(gateway->tls_port()) + "/" + settings.stage +
              " (authority: " + ca_file + ")";
    }
    notes_.push_back(std::move(note));
    if (!settings.page.empty() && gateway->port() != 0) {
      notes_.push_back("  page: http://localhost:" + std::to_string(gateway->port()) + "/");
    }
  }
  return {};
}

}  // namespace understudy
