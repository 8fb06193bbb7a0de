// LateAnswer: an answer that is not there yet when its request was handled (a long poll, an
// invocation under way). The connection waits without holding a thread.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace understudy {

/// Thread-safe. Shared by who will answer and who waits for it.
class LateAnswer {
 public:
  struct Content {
    int status = 200;
    std::string content_type;
    std::string body;
    std::string extra_headers;  ///< lines, each ending in CRLF
  };
  using Told = std::function<void(Content content)>;

  /// The answer, once; later ones are dropped. Returns whether someone still waited or may yet.
  bool complete(Content content);
  /// `told` is called once, from the completing thread, or now. It must only hand the content on:
  /// it runs under this object's lock.
  void when_complete(Told told);
  /// Nobody waits any more: once this returns `told` is not running and never will.
  void abandon();
  [[nodiscard]] bool abandoned() const;

 private:
  mutable std::mutex mutex_;
  std::optional<Content> content_;
  Told told_;
  bool completed_ = false;
  bool abandoned_ = false;
};

}  // namespace understudy
