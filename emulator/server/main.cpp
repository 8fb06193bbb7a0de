// The program: reads its configuration, serves until it is told to end, and says what happened by
// its exit code: 0 as asked, 1 not healthy, 2 could not begin.
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "emulator/api/journal_fan.h"
#include "emulator/base/heap.h"
#include "emulator/capacity/knob_text.h"
#include "emulator/faults/rule_book.h"
#include "emulator/http/health_client.h"
#include "emulator/server/banner.h"
#include "emulator/server/config.h"
#include "emulator/server/log.h"
#include "emulator/server/ready_file.h"
#include "emulator/server/recorder.h"
#include "emulator/server/replay.h"
#include "emulator/server/server.h"
#include "emulator/server/stack_runner.h"
#include "fixtures/drill/drill_command.h"
#include "fixtures/seed_command.h"
#include "streams/function_host.h"

namespace understudy {
namespace {

constexpr int kCouldNotBegin = 2;

int fail(const std::string& message) {
  std::fprintf(stderr, "understudy: %s\n", message.c_str());
  return kCouldNotBegin;
}

/// As many descriptors as the system allows: a connection is one.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

/// SIGTERM and SIGINT wait until the main thread asks for them; all threads inherit that.
sigset_t block_end_signals() {
  sigset_t signals{};
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

/// What functions print goes to stderr, each line with its function's name.
std::shared_ptr<const FunctionHostOptions> function_options() {
  auto options = std::make_shared<FunctionHostOptions>();
  options->network = true;
  options->log = [](std::string_view function, std::string_view line) {
    std::fprintf(stderr, "[%.*s] %.*s\n", static_cast<int>(function.size()), function.data(),
                 static_cast<int>(line.size()), line.data());
  };
  return options;
}

bool run_stack(StackRunner& stack, Server& server, const Config& config) {
  const auto made = stack.run(server, config.server.tls_certificate_file);
  if (!made) {
    fail(made.error());
    server.instance().functions()->stop();
    return false;
  }
  for (const std::string& note : stack.notes()) {
    std::printf("%s\n", note.c_str());
  }
  std::fflush(stdout);
  return true;
}

int serve(Config config) {
  const sigset_t end_signals = block_end_signals();
  // Who has read the first line may close its end of the pipe; what else is printed is for nobody.
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  let_go_of_memory();
  unlink(config.ready_file.c_str());  // one of an earlier server: who waits must not find its port
  Log log(config.log_level, config.log_format, stderr);
  config.server.engine.journal = &log;
  config.server.limits.owns_process = true;
  std::unique_ptr<StackRunner> stack;
  if (!config.stack_file.empty()) {
    auto loaded = StackRunner::load(config.stack_file);
    if (!loaded) {
      return fail(loaded.error());
    }
    stack = *std::move(loaded);
    config.server.features.functions = function_options();
  }
  std::unique_ptr<Recorder> recorder;
  if (!config.record.empty()) {
    auto opened = Recorder::open(config.record);
    if (!opened) {
      return fail(opened.error());
    }
    recorder = *std::move(opened);
  }
  Server server(config.server);
  if (!config.seed_data.empty()) {
    const auto seeded = fixtures::seed_engine(server.engine(), config.seed_data);
    if (!seeded) {
      return fail(seeded.error().message());
    }
  }
  if (const auto installed = server.instance().faults().install(config.scenario.faults);
      !installed) {
    return fail("--scenario: " + installed.error().text());
  }
  if (recorder != nullptr) {
    recorder->begin({config.server.engine.seed, server.engine().clock().now(), config.arguments});
    server.instance().journals().add(*recorder);
  }
  const auto started = server.start();
  if (!started) {
    return fail(started.error());
  }
  print_banner(config, server, stdout);
  for (const std::string& warning : config.warnings) {
    log.write(LogLevel::kWarn, server.engine().clock().now(), warning);
  }
  if (stack != nullptr && !run_stack(*stack, server, config)) {
    return kCouldNotBegin;
  }
  if (!config.ready_file.empty()) {
    const auto written = write_ready_file(config.ready_file, server.url(), server.port(), getpid(),
                                          server.admin_port());
    if (!written) {
      return fail(written.error());
    }
  }
  int signal = 0;
  sigwait(&end_signals, &signal);
  server.stop();
  if (server.instance().functions() != nullptr) {
    server.instance().functions()->stop();
  }
  const std::vector<std::string> unmet = server.instance().faults().unmet_expectations();
  for (const std::string& sentence : unmet) {
    std::fprintf(stderr, "understudy: %s\n", sentence.c_str());
  }
  std::fflush(stdout);
  // The tables go with the process: taking them apart item by item would only take time.
  _exit(unmet.empty() ? 0 : 1);
}

Expected<void, std::string> seed_replay(Instance& instance, const Config& recorded) {
  if (recorded.seed_data.empty()) {
    return {};
  }
  const auto seeded = fixtures::seed_engine(instance.engine(), recorded.seed_data);
  return seeded ? Expected<void, std::string>()
                : Expected<void, std::string>(Unexpected<std::string>{seeded.error().message()});
}

int healthcheck(const Config& config) {
  const auto ready = check_ready(config.server.host, config.server.port,
                                 !config.server.tls_certificate_file.empty());
  if (!ready) {
    std::fprintf(stderr, "understudy: %s\n", ready.error().c_str());
    return 1;
  }
  return 0;
}

int run_configured(const std::vector<std::string>& arguments) {
  auto config = read_config(arguments, std::thread::hardware_concurrency());
  if (!config) {
    const EarlyExit& exit = config.error();
    std::fprintf(exit.code == 0 ? stdout : stderr, "%s\n", exit.text.c_str());
    return exit.code;
  }
  switch (config->verb) {
    case Verb::kServe:
      return serve(*std::move(config));
    case Verb::kHealthcheck:
      return healthcheck(*config);
    case Verb::kReplay:
      config->replay.prepare = seed_replay;
      config->replay.out = stdout;
      config->replay.err = stderr;
      return replay(config->replay);
    case Verb::kKnobs:
      std::fputs(knob_table(config->server.engine.simulation.knobs).c_str(), stdout);
      return 0;
    case Verb::kVersion:
      std::printf("understudy %s\n", std::string(kProductVersion).c_str());
      return 0;
    case Verb::kSeed:
    case Verb::kImport:
    case Verb::kExport:
    case Verb::kDrill:
      break;  // run() took them.
  }
  return kCouldNotBegin;
}

int run(const std::vector<std::string>& arguments) {
  // These have flags of their own.
  switch (find_verb(arguments.size() > 1 ? arguments[1] : "").value_or(Verb::kServe)) {
    case Verb::kDrill:
      return fixtures::drill_command({arguments.begin() + 2, arguments.end()});
    case Verb::kSeed:
    case Verb::kImport:
    case Verb::kExport:
      return fixtures::run_seed_command(arguments);
    case Verb::kServe:
    case Verb::kReplay:
    case Verb::kKnobs:
    case Verb::kHealthcheck:
    case Verb::kVersion:
      return run_configured(arguments);
  }
  return kCouldNotBegin;
}

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
  try {
    return understudy::run(std::vector<std::string>(argv, argv + argc));
  } catch (const std::exception& error) {  // Want of descriptors, threads or memory.
    return understudy::fail(std::string("cannot begin: ") + error.what());
  }
}
