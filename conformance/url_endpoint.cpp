// A small blocking HTTP/1.1 client on OpenSSL's BIO, for http and https alike. Keeps its
// connection.
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>

#include "conformance/endpoint.h"

namespace understudy::conformance {

namespace {

struct BioFree {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
struct ContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

class Connection {
 public:
  Connection(const std::string& host_and_port, SSL_CTX* tls) {
    if (tls == nullptr) {
      bio_.reset(BIO_new_connect(host_and_port.c_str()));
      return;
    }
    bio_.reset(BIO_new_ssl_connect(tls));
    SSL* ssl = nullptr;
    BIO_get_ssl(bio_.get(), &ssl);
    const std::string host = host_and_port.substr(0, host_and_port.rfind(':'));
    SSL_set_tlsext_host_name(ssl, host.c_str());
    SSL_set1_host(ssl, host.c_str());
    BIO_set_conn_hostname(bio_.get(), host_and_port.c_str());
  }
  bool open() { return BIO_do_connect(bio_.get()) == 1; }

  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const int sent = BIO_write(bio_.get(), bytes.data(),
                                 static_cast<int>(std::min<std::size_t>(bytes.size(), 1U << 20U)));
      if (sent <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Reads one answer; `head_only` for HEAD requests.
  HttpAnswer read_answer() {
    HttpAnswer answer;
    std::string line;
    if (!read_line(line)) {
      answer.failure = "connection closed without an answer";
      return answer;
    }
    std::from_chars(line.data() + std::min<std::size_t>(9, line.size()), line.data() + line.size(),
                    answer.status);
    while (read_line(line) && !line.empty()) {
      const std::size_t colon = line.find(':');
      const std::size_t value = line.find_first_not_of(' ', colon + 1);
      answer.headers.emplace_back(line.substr(0, colon),
                                  value == std::string::npos ? "" : line.substr(value));
    }
    const std::string* length = answer.header("content-length");
    const std::string* encoding = answer.header("transfer-encoding");
    bool whole = true;
    if (encoding != nullptr && same_header_name(*encoding, "chunked")) {
      whole = read_chunks(answer.body);
    } else if (length != nullptr) {
      std::size_t size = 0;
      std::from_chars(length->data(), length->data() + length->size(), size);
      whole = read_bytes(answer.body, size);
    }
    if (!whole) {
      answer.failure = "connection closed in the middle of an answer";
    }
    const std::string* connection = answer.header("connection");
    closes_ = connection != nullptr && same_header_name(*connection, "close");
    return answer;
  }
  [[nodiscard]] bool closes() const { return closes_; }

 private:
  bool fill() {
    char block[16384];
    const int got = BIO_read(bio_.get(), block, sizeof block);
    if (got <= 0) {
      return false;
    }
    pending_.append(block, static_cast<std::size_t>(got));
    return true;
  }
  bool read_line(std::string& line) {
    std::size_t end = 0;
    while ((end = pending_.find('\n')) == std::string::npos) {
      if (!fill()) {
        return false;
      }
    }
    line = pending_.substr(0, end > 0 && pending_[end - 1] == '\r' ? end - 1 : end);
    pending_.erase(0, end + 1);
    return true;
  }
  bool read_bytes(std::string& to, std::size_t size) {
    while (pending_.size() < size) {
      if (!fill()) {
        return false;
      }
    }
    to.append(pending_, 0, size);
    pending_.erase(0, size);
    return true;
  }
  bool read_chunks(std::string& to) {
    std::string line;
    while (read_line(line)) {
      std::size_t size = 0;
      std::from_chars(line.data(), line.data() + line.size(), size, 16);
      if (size == 0) {
        return read_line(line);
      }
      if (!read_bytes(to, size) || !read_line(line)) {
        return false;
      }
    }
    return false;
  }

  std::unique_ptr<BIO, BioFree> bio_;
  std::string pending_;
  bool closes_ = false;
};

class UrlEndpoint : public Endpoint {
 public:
  UrlEndpoint(std::string host, std::string port, bool secure)
      : host_(std::move(host)), port_(std::move(port)) {
    if (secure) {
      tls_.reset(SSL_CTX_new(TLS_client_method()));
      SSL_CTX_set_default_verify_paths(tls_.get());
      SSL_CTX_set_verify(tls_.get(), SSL_VERIFY_PEER, nullptr);
    }
  }

  void begin_case(const Case&) override {}

  HttpAnswer send(const HttpRequest& request) override {
    std::string bytes = request.method + " " + request.path + " HTTP/1.1\r\n";
    bool has_length = false;
    for (const auto& [name, value] : request.headers) {
      bytes += name + ": " + value + "\r\n";
      has_length = has_length || same_header_name(name, "content-length") ||
                   same_header_name(name, "transfer-encoding");
    }
    if (!has_length && (!request.body.empty() || request.method == "POST")) {
      bytes += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    }
    bytes += "\r\n" + request.body;
    // A kept connection may have been closed by the server meanwhile: one more try on a new one.
    const bool kept = connection_ != nullptr;
    HttpAnswer answer = exchange(bytes);
    if (!answer.failure.empty() && kept) {
      answer = exchange(bytes);
    }
    return answer;
  }

  HttpAnswer send_wire(const std::string& bytes) override {
    Connection connection(host_ + ":" + port_, tls_.get());
    if (!connection.open()) {
      return failed("cannot connect");
    }
    connection.write(bytes);
    return connection.read_answer();
  }

  bool advance(std::int64_t) override { return false; }
  std::int64_t now_s() override {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  std::string host() override {
    return port_ == (tls_ ? "443" : "80") ? host_ : host_ + ":" + port_;
  }
  [[nodiscard]] bool is_ours() const override { return false; }

 private:
  static HttpAnswer failed(std::string why) {
    HttpAnswer answer;
    answer.failure = std::move(why);
    return answer;
  }
  HttpAnswer exchange(const std::string& bytes) {
    if (!connection_) {
      connection_ = std::make_unique<Connection>(host_ + ":" + port_, tls_.get());
      if (!connection_->open()) {
        connection_.reset();
        return failed("cannot connect to " + host_ + ":" + port_);
      }
    }
    // An answer may come before all is sent (413): a failed write is no reason not to read.
    connection_->write(bytes);
    HttpAnswer answer = connection_->read_answer();
    if (!answer.failure.empty() || connection_->closes()) {
      connection_.reset();
    }
    return answer;
  }

  std::string host_;
  std::string port_;
  std::unique_ptr<SSL_CTX, ContextFree> tls_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace

bool same_header_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

const std::string* HttpAnswer::header(std::string_view name) const {
  const auto found = std::ranges::find_if(
      headers, [&](const auto& header) { return same_header_name(header.first, name); });
  return found == headers.end() ? nullptr : &found->second;
}

std::unique_ptr<Endpoint> make_url_endpoint(const std::string& url) {
  const bool secure = url.starts_with("https://");
  if (!secure && !url.starts_with("http://")) {
    return nullptr;
  }
  std::string host = url.substr(secure ? 8 : 7);
  host = host.substr(0, host.find('/'));
  std::string port = secure ? "443" : "80";
  if (const std::size_t colon = host.rfind(':'); colon != std::string::npos) {
    port = host.substr(colon + 1);
    host.resize(colon);
  }
  return host.empty() ? nullptr : std::make_unique<UrlEndpoint>(host, port, secure);
}

}  // namespace understudy::conformance
