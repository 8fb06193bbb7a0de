// Runs conformance cases and prints what differs; last line "N passed, N failed, N skipped".
//   conformance_runner [--http | --endpoint URL] [--filter TEXT] [--jobs N] [--list] [--cases DIR]
//   conformance_runner coverage
// Exit codes: 0 all passed, 1 something failed, 2 wrong usage.
#include <atomic>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <mutex>
#include <optional>
#include <thread>

#include "conformance/case_instance.h"
#include "conformance/case_run.h"
#include "emulator/service/shape.h"

namespace understudy::conformance {
namespace {

struct Options {
  std::string cases = UNDERSTUDY_SOURCE_DIR "/conformance/cases";
  std::string filter;
  std::string endpoint;
  bool http = false;
  bool list = false;
  bool coverage = false;
  bool verbose = false;
  unsigned jobs = std::thread::hardware_concurrency();
};

constexpr const char* kUsage =
    "Usage: conformance_runner [--http | --endpoint URL] [--filter TEXT] [--jobs N] [--list] "
    "[--verbose] [--cases DIR]\n"
    "       conformance_runner coverage\n"
    "  --http          over a socket to a server in this process, instead of calling the engine\n"
    "  --endpoint URL  any endpoint; signs with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, "
    "AWS_REGION\n"
    "  --filter TEXT   only cases with TEXT in their name (put_item/size.json) or sentence\n";

std::optional<Options> parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    const bool has_value = i + 1 < argc;
    if (flag == "--http") {
      options.http = true;
    } else if (flag == "--list") {
      options.list = true;
    } else if (flag == "--verbose") {
      options.verbose = true;
    } else if (flag == "coverage") {
      options.coverage = true;
    } else if (flag == "--filter" && has_value) {
      options.filter = argv[++i];
    } else if (flag == "--endpoint" && has_value) {
      options.endpoint = argv[++i];
    } else if (flag == "--cases" && has_value) {
      options.cases = argv[++i];
    } else if (flag == "--jobs" && has_value) {
      options.jobs = static_cast<unsigned>(std::strtoul(argv[++i], nullptr, 10));
    } else {
      std::cerr << "conformance_runner: cannot make sense of " << flag << "\n" << kUsage;
      return std::nullopt;
    }
  }
  return options;
}

/// Asks the emulator itself: its streams add operations to those of the engine.
int print_coverage() {
  VirtualClock clock(0);
  CaseInstance emulator(Case{}, clock);
  std::size_t served = 0;
  for (const ModelOperation& operation : model_operations()) {
    const auto answer = emulator.instance().engine().call(operation.name, "{}");
    const bool is_served = answer.body.find("UnknownOperationException") == std::string::npos;
    served += is_served ? 1 : 0;
    std::cout << (is_served ? "  served      " : "  not served  ") << operation.name << "\n";
  }
  std::cout << served << " served, " << model_operations().size() - served << " not served, of "
            << model_operations().size() << "\n";
  return 0;
}

std::string env(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread.
  return value == nullptr ? otherwise : value;
}

class Run {
 public:
  Run(const Options& options, std::vector<Case> cases)
      : options_(options),
        cases_(std::move(cases)),
        tables_(load_tables(options.cases)),
        outcomes_(cases_.size()),
        signer_{env("AWS_ACCESS_KEY_ID", "fake"), env("AWS_SECRET_ACCESS_KEY", "fake"),
                env("AWS_SESSION_TOKEN", ""), env("AWS_REGION", "us-east-1")} {}

  int run() {
    // Another endpoint has one set of tables for all cases: one at a time there.
    const unsigned jobs = options_.endpoint.empty() ? std::max(1U, options_.jobs) : 1;
    std::vector<std::thread> workers;
    for (unsigned n = 0; n < jobs; ++n) {
      workers.emplace_back([this] { work(); });
    }
    for (std::thread& worker : workers) {
      worker.join();
    }
    return report();
  }

 private:
  [[nodiscard]] std::unique_ptr<Endpoint> make_endpoint() const {
    if (!options_.endpoint.empty()) {
      return make_url_endpoint(options_.endpoint);
    }
    return options_.http ? make_server_endpoint() : make_in_process_endpoint();
  }

  void work() {
    const std::unique_ptr<Endpoint> endpoint = make_endpoint();
    for (std::size_t n = next_++; n < cases_.size(); n = next_++) {
      if (!endpoint) {
        outcomes_[n] = {Verdict::kFailed, "  no endpoint\n"};
        continue;
      }
      const bool over_http = options_.http || !options_.endpoint.empty();
      if (cases_[n].problem.empty() && cases_[n].needs_http() && !over_http) {
        outcomes_[n] = {Verdict::kSkipped, "speaks of HTTP"};
        continue;
      }
      if (cases_[n].needs_virtual_time() && !options_.endpoint.empty()) {
        outcomes_[n] = {Verdict::kSkipped, "needs virtual time"};
        continue;
      }
      Signer signer = signer_;
      if (endpoint->is_ours()) {
        signer.access_key = std::to_string(100'000'000'000 + n);  // A tenant of its own.
      }
      outcomes_[n] = run_case(cases_[n], tables_, *endpoint, signer);
      if (options_.verbose) {
        const std::lock_guard lock(output_);
        std::cout << cases_[n].name << "\n" << std::flush;
      }
    }
  }

  int report() {
    std::size_t counts[3] = {};
    for (std::size_t n = 0; n < cases_.size(); ++n) {
      ++counts[static_cast<std::size_t>(outcomes_[n].verdict)];
      if (outcomes_[n].verdict == Verdict::kFailed) {
        std::cout << "FAILED " << cases_[n].name << ": " << cases_[n].about << "\n"
                  << outcomes_[n].report;
      }
    }
    std::cout << counts[0] << " passed, " << counts[1] << " failed, " << counts[2] << " skipped\n";
    return counts[1] == 0 ? 0 : 1;
  }

  const Options& options_;
  std::vector<Case> cases_;
  std::map<std::string, Json> tables_;
  std::vector<Outcome> outcomes_;
  Signer signer_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex output_;
};

int run(int argc, char** argv) {
  const std::optional<Options> options = parse_options(argc, argv);
  if (!options) {
    return 2;
  }
  if (options->coverage) {
    return print_coverage();
  }
  if (!options->endpoint.empty() && !make_url_endpoint(options->endpoint)) {
    std::cerr << "conformance_runner: not a URL: " << options->endpoint << "\n";
    return 2;
  }
  std::vector<Case> cases = load_cases(options->cases);
  std::erase_if(cases, [&](const Case& one) {
    return one.name.find(options->filter) == std::string::npos &&
           one.about.find(options->filter) == std::string::npos;
  });
  if (options->list) {
    for (const Case& one : cases) {
      std::cout << one.name << ": " << one.about << "\n";
    }
    std::cout << cases.size() << " cases\n";
    return 0;
  }
  return Run(*options, std::move(cases)).run();
}

}  // namespace
}  // namespace understudy::conformance

int main(int argc, char** argv) {
  return understudy::conformance::run(argc, argv);
}
