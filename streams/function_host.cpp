#include "streams/function_host.h"

#include "emulator/api/engine.h"
#include "emulator/base/guarded.h"
#include "emulator/clock/scheduler.h"
#include "streams/functions/lambda_service.h"
#include "streams/mappings/stream_source.h"
#include "streams/web/tls_identity.h"
#include "streams/web/web_server.h"

namespace understudy {
namespace {

constexpr std::string_view kHttp = "http://";
constexpr int kGoodStatus = 300;

FunctionRegistryOptions registry_options(const Engine& engine, const FunctionHostOptions& options) {
  FunctionRegistryOptions registry;
  registry.region = engine.options().region;
  registry.account_id = engine.options().account_id;
  registry.threads = options.threads;
  registry.log = options.log;
  return registry;
}

}  // namespace

struct FunctionHost::Impl {
  Impl(Engine& engine, Streams& streams, FunctionHostOptions given)
      : clock(engine.clock()),
        random(Random(engine.options().seed).fork("function-host")),
        options(std::move(given)),
        source(streams, clock),
        web(options.network ? std::make_unique<WebServer>() : nullptr),
        functions(clock, random, registry_options(engine, options), web.get()),
        mappings({clock, engine.scheduler(), functions, source,
                  [this](const std::string& place, std::string body,
                         const std::function<void(bool)>& done) {
                    deliver(place, std::move(body), done);
                  },
                  options.queues},
                 [this](const std::string& place) { return check(place); }),
        lambda(functions, clock, engine.scheduler(), &mappings) {
    engine.add_service(lambda);
  }

  void deliver(const std::string& place, std::string body, const std::function<void(bool)>& done) {
    if (web != nullptr && place.starts_with(kHttp)) {
      WebCall call;
      call.url = place;
      call.headers = {{"Content-Type", "application/json"}};
      call.body = std::move(body);
      web->call(std::move(call), [done](const Expected<WebAnswer, std::string>& answered) {
        done(answered.has_value() && answered->status < kGoodStatus);
      });
    } else if (options.deliver) {
      options.deliver(place, std::move(body), done);
    } else {
      done(true);
    }
  }

  Expected<void, std::string> check(const std::string& place) const {
    if (web != nullptr && place.starts_with(kHttp)) {
      return {};
    }
    if (options.check_destination) {
      return options.check_destination(place);
    }
    if (options.deliver) {
      return {};
    }
    return Unexpected<std::string>{"There is nothing at " + place};
  }

  const Clock& clock;
  const Random random;
  const FunctionHostOptions options;
  StreamSource source;
  std::unique_ptr<WebServer> web;
  FunctionRegistry functions;
  EventSourceMappings mappings;
  LambdaService lambda;
  Guarded<std::vector<std::unique_ptr<WebSocketGateway>>> gateways;
};

FunctionHost::FunctionHost(Engine& engine, Streams& streams, FunctionHostOptions options)
    : impl_(std::make_unique<Impl>(engine, streams, std::move(options))) {}

FunctionHost::~FunctionHost() {
  stop();
}

FunctionRegistry& FunctionHost::functions() {
  return impl_->functions;
}

EventSourceMappings& FunctionHost::mappings() {
  return impl_->mappings;
}

Expected<WebSocketGateway*, std::string> FunctionHost::add_gateway(
    WebSocketApiSettings settings, std::shared_ptr<const TlsIdentity> identity) {
  if (impl_->web == nullptr) {
    return Unexpected<std::string>{"a WebSocket API needs a server's network"};
  }
  auto gateway =
      std::make_unique<WebSocketGateway>(*impl_->web, impl_->functions, impl_->clock, impl_->random,
                                         std::move(settings), std::move(identity));
  auto opened = gateway->open();
  if (!opened) {
    // Its first port may be open already: it stays, so that nothing points to what is gone.
    const auto all = impl_->gateways.lock();
    all->push_back(std::move(gateway));
    return Unexpected{std::move(opened).error()};
  }
  const auto all = impl_->gateways.lock();
  all->push_back(std::move(gateway));
  return all->back().get();
}

std::vector<WebSocketGateway*> FunctionHost::gateways() const {
  std::vector<WebSocketGateway*> found;
  const auto all = impl_->gateways.lock();
  for (const auto& gateway : *all) {
    found.push_back(gateway.get());
  }
  return found;
}

void FunctionHost::stop() {
  impl_->mappings.stop();
  if (impl_->web != nullptr) {
    impl_->web->stop();
  }
  impl_->functions.stop();
}

}  // namespace understudy
