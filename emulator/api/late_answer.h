// LateAnswer: an answer that is not there yet when its request was handled (a long poll, an
// invocation under way). The connection waits without holding a thread.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "emulator/api/delivery.h"

namespace understudy {

/// Thread-safe. Shared by who will answer and who waits for it.
class LateAnswer {
 public:
  struct Content {
    int status = 200;
    std::string content_type;
    std::string body;
    std::string extra_headers;  ///< lines, each ending in CRLF
    /// Set: a fault rule says how it goes out, or that nothing does; counted from when it is told.
    std::optional<Delivery> delivery;
    bool wrong_crc32 = false;  ///< by a fault rule
  };
  /// What fault rules make of the answer once it is there.
  struct Change {
    std::optional<Content> instead;  ///< this is answered, whatever the service has to say
    std::string extra_headers;       ///< further lines
    std::optional<Delivery> delivery;
    bool wrong_crc32 = false;
  };
  using Told = std::function<void(Content content)>;

  /// Before when_complete(), or before complete(): the later of the two hands the answer on.
  void change(Change change);
  /// The answer, once; later ones are dropped. Returns whether someone still waited or may yet.
  bool complete(Content content);
  /// `told` is called once, from the completing thread, or now. It must only hand the content on:
  /// it runs under this object's lock.
  void when_complete(Told told);
  /// Nobody waits any more: once this returns `told` is not running and never will.
  void abandon();
  [[nodiscard]] bool abandoned() const;

 private:
  [[nodiscard]] Content changed(Content content) const;

  mutable std::mutex mutex_;
  std::optional<Change> change_;
  std::optional<Content> content_;
  Told told_;
  bool completed_ = false;
  bool abandoned_ = false;
};

}  // namespace understudy
