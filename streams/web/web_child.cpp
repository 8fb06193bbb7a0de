// A program started by us: its output comes line by line, its end is noticed within a tick.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <optional>

#include "streams/web/web_core.h"

namespace understudy {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kTick{50};
constexpr std::size_t kLineBytesMax = std::size_t{64} * 1024;

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) {
    const char* name = sigabbrev_np(WTERMSIG(status));
    return "signal: " + (WTERMSIG(status) == SIGKILL ? std::string("killed")
                         : name != nullptr           ? "SIG" + std::string(name)
                                                     : std::to_string(WTERMSIG(status)));
  }
  return "exit status " + std::to_string(WEXITSTATUS(status));
}

std::string error_text(int error) {
  return boost::system::error_code(error, boost::system::system_category()).message();
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) {
    pointers.push_back(const_cast<char*>(text.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

/// The program in a process group of its own, with no signal blocked and its output in `output`.
/// Returns an errno.
int spawn_program(const ChildSettings& settings, int output, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  // A program that outlives the server must not hold its ports.
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  if (!settings.directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, settings.directory.c_str());
  }
  sigset_t none;
  sigset_t defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  const std::vector<char*> arguments = pointers_to(settings.command);
  const std::vector<char*> environment = pointers_to(settings.environment);
  const int error =
      posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(), environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

class Running final : public WebActivity, public std::enable_shared_from_this<Running> {
 public:
  Running(WebCore& core, pid_t pid, int output, ChildWatch watch)
      : output_(core.io, output),
        timer_(core.io),
        watch_(std::move(watch)),
        pid_(pid),
        core_(core) {}
  ~Running() override { reap(true); }

  /// On the core's thread, from which on it is one of its activities.
  void start() {
    entry_.emplace(core_, *this);
    read();
    tick();
  }
  void abort() override {
    watch_ = {};
    reap(true);
    error_code ignored;
    output_.close(ignored);
    timer_.cancel();
  }
  void kill_program() {
    if (pid_.has_value()) {
      ::kill(-*pid_, SIGKILL);
    }
  }

 private:
  void read() {
    output_.async_read_some(asio::buffer(into_),
                            [self = shared_from_this()](const error_code& error, std::size_t n) {
                              self->text_.append(self->into_.data(), n);
                              self->tell_lines(false);
                              if (!error) {
                                self->read();
                              } else {
                                self->output_over_ = true;
                              }
                            });
  }
  void tell_lines(bool all) {
    std::size_t begin = 0;
    for (std::size_t end = text_.find('\n'); end != std::string::npos;
         end = text_.find('\n', begin)) {
      tell(std::string_view(text_).substr(begin, end - begin));
      begin = end + 1;
    }
    text_.erase(0, begin);
    if (!text_.empty() && (all || text_.size() > kLineBytesMax)) {
      tell(text_);
      text_.clear();
    }
  }
  void tell(std::string_view line) {
    if (watch_.line) {
      watch_.line(line);
    }
  }
  void tick() {
    reap(false);
    if (!pid_.has_value() && ticks_left_-- > 0 && !output_over_) {
      // Its last words may still be in the pipe; a grandchild may hold it open for ever.
    } else if (!pid_.has_value()) {
      tell_lines(true);
      error_code ignored;
      output_.close(ignored);
      const auto ended = std::move(watch_.ended);
      watch_ = {};
      if (ended) {
        ended(how_);
      }
      return;
    }
    timer_.expires_after(kTick);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) {
        self->tick();
      }
    });
  }
  void reap(bool now) {
    if (!pid_.has_value()) {
      return;
    }
    if (now) {
      ::kill(-*pid_, SIGKILL);
    }
    int status = 0;
    if (waitpid(*pid_, &status, now ? 0 : WNOHANG) == *pid_) {
      ::kill(-*pid_, SIGKILL);  // what it has left behind
      how_ = how_it_ended(status);
      pid_.reset();
    }
  }

  static constexpr int kTicksForLastWords = 10;
  asio::posix::stream_descriptor output_;
  asio::steady_timer timer_;
  ChildWatch watch_;
  std::optional<pid_t> pid_;
  std::array<char, 4096> into_{};
  std::string text_;
  std::string how_;
  int ticks_left_ = kTicksForLastWords;
  bool output_over_ = false;
  WebCore& core_;
  std::optional<WebActivityEntry> entry_;
};

class Child final : public WebChild {
 public:
  Child(std::weak_ptr<WebCore> core, std::weak_ptr<Running> running)
      : core_(std::move(core)), running_(std::move(running)) {}
  ~Child() override {
    try {
      kill();
    } catch (const std::exception&) {
      // Want of memory for a message: the program ends with its server.
    }
  }

  void kill() override {
    const std::shared_ptr<WebCore> core = core_.lock();
    if (core != nullptr && !core->stopping) {
      asio::post(core->io, [weak = running_] {
        if (const auto running = weak.lock()) {
          running->kill_program();
        }
      });
    }
  }

 private:
  std::weak_ptr<WebCore> core_;
  std::weak_ptr<Running> running_;
};

}  // namespace

Expected<std::unique_ptr<WebChild>, std::string> begin_child(const std::shared_ptr<WebCore>& core,
                                                             const ChildSettings& settings,
                                                             ChildWatch watch) {
  if (settings.command.empty()) {
    return Unexpected<std::string>{"no command"};
  }
  // The spawn's error would be told as the program's.
  if (!settings.directory.empty() && ::access(settings.directory.c_str(), X_OK) != 0) {
    return Unexpected<std::string>{"cannot work in '" + settings.directory +
                                   "': " + error_text(errno)};
  }
  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) {
    return Unexpected<std::string>{"cannot make a pipe: " + error_text(errno)};
  }
  pid_t pid = 0;
  const int error = spawn_program(settings, pipe[1], pid);
  ::close(pipe[1]);
  if (error != 0) {
    ::close(pipe[0]);
    return Unexpected<std::string>{"cannot start '" + settings.command.front() +
                                   "': " + error_text(error)};
  }
  auto running = std::make_shared<Running>(*core, pid, pipe[0], std::move(watch));
  std::weak_ptr<Running> weak = running;
  asio::post(core->io, [running = std::move(running)] { running->start(); });
  return std::unique_ptr<WebChild>(std::make_unique<Child>(core, std::move(weak)));
}

}  // namespace understudy
