// HttpClient: one connection to a server, one request at a time, blocking. For our own program
// (replay); tests have clients of their own.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "emulator/api/request.h"
#include "emulator/base/expected.h"

namespace understudy {

class HttpClient {
 public:
  /// `url`: "http://127.0.0.1:8000"; https is not spoken. Error: one sentence for a person.
  static Expected<HttpClient, std::string> to(const std::string& url);
  ~HttpClient();
  HttpClient(HttpClient&& other) noexcept;
  HttpClient& operator=(HttpClient&& other) noexcept;

  struct Answer {
    int status = 0;
    std::string body;
  };
  /// Connects where it is not. Content-Length is added; an answer that does not come in 60 s is an
  /// error.
  Expected<Answer, std::string> ask(const Request& request);
  /// "127.0.0.1:8000"
  [[nodiscard]] const std::string& host() const;

 private:
  struct Impl;
  explicit HttpClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
