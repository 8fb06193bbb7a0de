#include "emulator/server/banner.h"

#include <string>

#include "emulator/base/buffer.h"

namespace understudy {
namespace {

/// Keys that the server takes: the first configured ones, else any would do.
Credential shown_credential(const Config& config) {
  const auto& credentials = config.server.engine.credentials;
  return credentials.empty() ? Credential{"understudy", "understudy", ""} : credentials.front();
}

void print_text(const Config& config, const Server& server, std::FILE* stream) {
  const Credential credential = shown_credential(config);
  const std::string& region = config.server.engine.region;
  const std::string url = server.url();
  std::string text = "Understudy " + std::string(kProductVersion) + " listens on " + url + "\n";
  text +=
      "  export AWS_ENDPOINT_URL_DYNAMODB=" + url + " AWS_ACCESS_KEY_ID=" + credential.access_key +
      " AWS_SECRET_ACCESS_KEY=" + credential.secret_key +
      (credential.session_token.empty() ? "" : " AWS_SESSION_TOKEN=" + credential.session_token) +
      " AWS_REGION=" + region + " AWS_DEFAULT_REGION=" + region + "\n";
  if (!config.server.tls_certificate_file.empty()) {
    text += "  export AWS_CA_BUNDLE=" + config.server.tls_certificate_file + "\n";
  }
  if (server.admin_port() != 0) {
    text += "  admin API and page: http://127.0.0.1:" + std::to_string(server.admin_port()) +
            "/_admin/\n";
  }
  text += "Tables are kept in memory: they are gone when the server ends.\n";
  std::fputs(text.c_str(), stream);
}

void print_json(const Config& config, const Server& server, std::FILE* stream) {
  Buffer line;
  JsonWriter out(line);
  out.begin_object();
  out.key("level");
  out.string("info");
  out.key("message");
  out.string("listening; tables are kept in memory: they are gone when the server ends");
  out.key("version");
  out.string(kProductVersion);
  out.key("url");
  out.string(server.url());
  out.key("port");
  out.integer(server.port());
  if (server.admin_port() != 0) {
    out.key("admin_port");
    out.integer(server.admin_port());
  }
  out.key("region");
  out.string(config.server.engine.region);
  out.end_object();
  line.append('\n');
  std::fwrite(line.data(), 1, line.size(), stream);
}

}  // namespace

void print_banner(const Config& config, const Server& server, std::FILE* stream) {
  if (config.log_format == LogFormat::kJson) {
    print_json(config, server, stream);
  } else {
    print_text(config, server, stream);
  }
  std::fflush(stream);
}

}  // namespace understudy
