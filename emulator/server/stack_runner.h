// Runs a stack file on a server: reads it and the files it names, tells functions where everything
// is, makes what it declares.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "emulator/base/expected.h"

namespace understudy {

class Server;
struct Stack;

class StackRunner {
 public:
  /// Reads the file; nothing is made yet. Error: all that is wrong, a line each.
  static Expected<std::unique_ptr<StackRunner>, std::string> load(const std::string& path);
  ~StackRunner();
  StackRunner(const StackRunner&) = delete;
  StackRunner& operator=(const StackRunner&) = delete;

  /// Makes it on a server that has started and has functions. Error: the first that could not be
  /// made. `certificate_file`: the server's own, which functions are to trust too; empty: none.
  Expected<void, std::string> run(Server& server, const std::string& certificate_file);
  /// What runs now, for people: a line per WebSocket API.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  explicit StackRunner(std::unique_ptr<Stack> stack);

  std::unique_ptr<Stack> stack_;
  std::vector<std::string> notes_;
};

}  // namespace understudy
