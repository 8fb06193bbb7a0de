#include "streams/functions/function_registry.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <deque>

#include "streams/functions/http_target.h"
#include "streams/functions/runtime_target.h"

namespace understudy {
namespace {

constexpr std::size_t kNameCharactersMax = 64;
/// An account's limit. Source: Lambda quotas, "Concurrent executions".
constexpr unsigned kConcurrencyMax = 1000;
constexpr std::size_t kWaitingMax = 10'000;

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameCharactersMax &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

/// "name" or "name:qualifier" of a name, a partial ARN or an ARN.
std::string_view qualified_name(std::string_view name) {
  constexpr std::string_view kFunction = "function:";
  if (const std::size_t at = name.rfind(kFunction); at != std::string_view::npos) {
    name.remove_prefix(at + kFunction.size());
  } else if (const std::size_t colon = name.find(':');
             colon == 12 && name.find_first_not_of("0123456789") == colon) {
    // Source: Lambda's FunctionName, partial ARN without "function:".
    name.remove_prefix(colon + 1);
  }
  return name;
}

class CallbackTarget final : public FunctionTarget {
 public:
  CallbackTarget(FunctionCallback callback, WorkerThreads& workers)
      : callback_(std::move(callback)), workers_(workers) {}

  void invoke(FunctionInvocation invocation, FunctionDone done) override {
    workers_.run([this, invocation = std::move(invocation), done = std::move(done)] {
      Expected<std::string, std::string> returned = callback_(invocation.payload);
      if (!returned) {
        done(function_failure("Error", returned.error()));
        return;
      }
      FunctionResult result;
      result.payload = *std::move(returned);
      done(std::move(result));
    });
  }

 private:
  FunctionCallback callback_;
  WorkerThreads& workers_;
};

}  // namespace

struct FunctionRegistry::Entry {
  struct Waiting {
    FunctionInvocation invocation;
    FunctionDone done;
  };
  FunctionDescription description;
  std::shared_ptr<FunctionTarget> target;
  unsigned concurrency = 1;
  // Under the registry's mutex:
  unsigned running = 0;
  std::deque<Waiting> waiting;
};

FunctionRegistry::FunctionRegistry(const Clock& clock, const Random& random,
                                   FunctionRegistryOptions options, WebServer* web)
    : clock_(clock),
      options_(std::move(options)),
      web_(web),
      workers_(options_.threads),
      random_(random.fork("functions")) {}

FunctionRegistry::~FunctionRegistry() {
  stop();
}

void FunctionRegistry::stop() {
  workers_.stop();
}

void FunctionRegistry::add_environment(
    std::vector<std::pair<std::string, std::string>> environment) {
  const std::lock_guard lock(mutex_);
  std::ranges::move(environment, std::back_inserter(options_.environment));
}

Expected<void, std::string> FunctionRegistry::add(FunctionSettings settings) {
  if (!is_name(settings.name)) {
    return Unexpected<std::string>{"'" + settings.name +
                                   "' is no name of a function: 1 to 64 of A-Z a-z 0-9 - _"};
  }
  const int places =
      static_cast<int>(!settings.command.empty()) + static_cast<int>(!settings.url.empty()) +
      static_cast<int>(settings.callback != nullptr) + static_cast<int>(settings.external_runtime);
  if (places != 1) {
    return Unexpected<std::string>{"function " + settings.name +
                                   " needs exactly one of command, URL, runtime and callback"};
  }
  auto entry = std::make_shared<Entry>();
  const bool by_runtime = !settings.command.empty() || settings.external_runtime;
  entry->concurrency = settings.concurrency != 0 ? std::min(settings.concurrency, kConcurrencyMax)
                       : by_runtime              ? 1
                                                 : kConcurrencyMax;
  settings.concurrency = entry->concurrency;
  {
    const std::lock_guard lock(mutex_);
    if (functions_.contains(settings.name)) {
      return Unexpected<std::string>{"there is a function " + settings.name + " already"};
    }
  }
  entry->description.arn = arn_of(settings.name);
  entry->description.modified = clock_.now();
  if (settings.callback != nullptr) {
    entry->target = std::make_shared<CallbackTarget>(settings.callback, workers_);
  } else if (web_ == nullptr) {
    return Unexpected<std::string>{"function " + settings.name + " needs a server's network"};
  } else if (by_runtime) {
    TRY(std::shared_ptr<RuntimeTarget> target,
        RuntimeTarget::open(*web_, clock_, settings, options_));
    entry->description.runtime_port = target->port();
    entry->target = std::move(target);
  } else {
    entry->target = std::make_shared<HttpTarget>(*web_, settings);
  }
  entry->description.settings = std::move(settings);
  const std::lock_guard lock(mutex_);
  std::string name = entry->description.settings.name;
  functions_.emplace(std::move(name), std::move(entry));
  return {};
}

bool FunctionRegistry::remove(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto at = functions_.find(name);
  if (at == functions_.end()) {
    return false;
  }
  removed_.push_back(std::move(at->second));
  functions_.erase(at);
  return true;
}

void FunctionRegistry::invoke(std::string_view name, FunctionInvocation invocation,
                              FunctionDone done) {
  invocation.request_id = make_id();
  std::shared_ptr<Entry> entry;
  const char* refusal = nullptr;
  {
    const std::lock_guard lock(mutex_);
    const auto at = functions_.find(name);
    if (at == functions_.end()) {
      refusal = "Function not found";
    } else if (at->second->running < at->second->concurrency) {
      entry = at->second;
      ++entry->running;
    } else if (at->second->waiting.size() < kWaitingMax) {
      at->second->waiting.push_back({std::move(invocation), std::move(done)});
      return;
    } else {
      refusal = "Rate Exceeded.";
    }
  }
  if (refusal != nullptr) {
    FunctionResult result = function_unreachable(refusal);
    result.request_id = invocation.request_id;
    done(std::move(result));
    return;
  }
  run(entry, std::move(invocation), std::move(done));
}

void FunctionRegistry::run(const std::shared_ptr<Entry>& entry, FunctionInvocation invocation,
                           FunctionDone done) {
  invocation.function_arn = entry->description.arn;
  const std::string request_id = invocation.request_id;
  entry->target->invoke(std::move(invocation),
                        [this, entry, request_id, done = std::move(done)](FunctionResult result) {
                          result.request_id = request_id;
                          done(std::move(result));
                          finished(entry);
                        });
}

void FunctionRegistry::finished(const std::shared_ptr<Entry>& entry) {
  Entry::Waiting next;
  {
    const std::lock_guard lock(mutex_);
    if (entry->waiting.empty()) {
      --entry->running;
      return;
    }
    next = std::move(entry->waiting.front());
    entry->waiting.pop_front();
  }
  run(entry, std::move(next.invocation), std::move(next.done));
}

std::string_view function_qualifier(std::string_view name_or_arn) {
  const std::string_view name = qualified_name(name_or_arn);
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view() : name.substr(colon + 1);
}

std::optional<std::string> FunctionRegistry::resolve(std::string_view name_or_arn) const {
  const std::string_view qualifier = function_qualifier(name_or_arn);
  if (!qualifier.empty() && qualifier != kLatestVersion) {
    return std::nullopt;
  }
  std::string_view name = qualified_name(name_or_arn);
  name = name.substr(0, name.find(':'));
  const std::lock_guard lock(mutex_);
  const auto at = functions_.find(name);
  return at == functions_.end() ? std::nullopt : std::optional(at->first);
}

std::string FunctionRegistry::arn_of(std::string_view name) const {
  if (name.starts_with("arn:")) {
    return std::string(name);
  }
  return "arn:aws:lambda:" + options_.region + ":" + options_.account_id +
         ":function:" + std::string(qualified_name(name));
}

std::optional<FunctionDescription> FunctionRegistry::describe(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto at = functions_.find(name);
  return at == functions_.end() ? std::nullopt : std::optional(at->second->description);
}

std::vector<FunctionDescription> FunctionRegistry::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<FunctionDescription> all;
  all.reserve(functions_.size());
  for (const auto& [name, entry] : functions_) {
    all.push_back(entry->description);
  }
  return all;
}

std::string FunctionRegistry::make_id() {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  {
    const std::lock_guard lock(mutex_);
    high = random_.next();
    low = random_.next();
  }
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-4%03x-%04x-%012llx",
                static_cast<unsigned>(high >> 32), static_cast<unsigned>(high >> 16 & 0xFFFF),
                static_cast<unsigned>(high & 0xFFF),
                static_cast<unsigned>(0x8000 | (low >> 48 & 0x3FFF)),
                static_cast<unsigned long long>(low & 0xFFFFFFFFFFFF));
  return text.data();
}

}  // namespace understudy
