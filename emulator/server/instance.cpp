#include "emulator/server/instance.h"

#include <optional>
#include <utility>

#include "emulator/admin/admin_service.h"
#include "emulator/admin/chaos.h"
#include "emulator/admin/event_hub.h"
#include "emulator/admin/journal_ring.h"
#include "emulator/admin/scenarios.h"
#include "emulator/api/catalog_metrics.h"
#include "emulator/api/journal_fan.h"
#include "emulator/autoscaling/autoscaling_service.h"
#include "emulator/base/check.h"
#include "emulator/clock/scheduler.h"
#include "emulator/clock/steerable_clock.h"
#include "emulator/clock/timeline.h"
#include "emulator/cloudwatch/cloudwatch_service.h"
#include "emulator/queue/queue_service.h"
#include "emulator/server/failure_places.h"
#include "emulator/server/queue_messages.h"
#include "emulator/server/sent_to_kinesis.h"
#include "streams/function_host.h"

namespace understudy {

namespace {

/// What nobody set otherwise is as the knobs say.
StreamOptions timed(StreamOptions streams, const CapacityKnobs& knobs) {
  const StreamOptions usual;
  if (streams.shard_life == usual.shard_life) {
    streams.shard_life = knobs.stream_shard_seconds * kSecond;
  }
  if (streams.retention == usual.retention) {
    streams.retention = knobs.stream_retention_seconds * kSecond;
  }
  return streams;
}

}  // namespace

struct Instance::Impl {
  Impl(EngineOptions options, const Features& features)
      : clock(system_clock),
        ring(features.admin.journal_size, [this] { journals.refresh(); }),
        events([this] { journals.refresh(); }),
        engine(with_journals(with_clock(std::move(options), features.clock))),
        streams(engine, timed(features.streams, engine.options().simulation.knobs)),
        sent_to_kinesis(streams.kinesis()),
        queues(engine, {.https = features.https}),
        metrics(engine.catalog()),
        autoscaling(engine, metrics),
        cloudwatch(engine.options(), metrics, &autoscaling),
        queue_messages(queues, engine.options().region) {
    engine.add_service(queues);
    engine.add_service(autoscaling);
    engine.add_service(cloudwatch);
    if (features.functions != nullptr) {
      FunctionHostOptions host = *features.functions;
      host.deliver = failure_destination(queues);
      host.check_destination = failure_place_check(queues);
      host.queues = &queue_messages;
      functions.emplace(engine, streams, std::move(host));
    }
    if (auto* const movable = dynamic_cast<MovableClock*>(&engine.clock())) {
      timeline.emplace(*movable, engine.scheduler());
    }
    if (features.admin.enabled) {
      add_admin(features.admin);
    }
  }

  /// The options, with one journal for the one they name and for our own.
  EngineOptions with_journals(EngineOptions options) {
    if (options.journal != nullptr) {
      journals.add(*options.journal);
    }
    journals.add(ring);
    journals.add(events);
    options.journal = &journals;
    return options;
  }

  void add_admin(const AdminFeatures& features) {
    AdminParts parts{engine};
    parts.timeline = timeline.has_value() ? &*timeline : nullptr;
    parts.clock = &engine.clock() == &clock ? &clock : nullptr;
    parts.journal = &ring;
    parts.events = &events;
    parts.chaos = &chaos;
    parts.scenarios = &scenarios;
    parts.kinesis = &sent_to_kinesis;
    admin.emplace(parts, AdminAccess{features.open, features.token});
    own_port_admin.emplace(parts, AdminAccess{true, features.token});
    engine.add_service(*admin);
  }

  /// The options, with the instance's own clock where they name none.
  EngineOptions with_clock(EngineOptions options, const ClockMode& mode) {
    if (options.clock == nullptr) {
      options.clock = &clock;
      options.signature_clock = &system_clock;
      if (mode.rate != 1) {
        clock.set_rate(mode.rate);
      }
      if (mode.start.has_value()) {
        clock.set(*mode.start);
      }
    }
    return options;
  }

  SystemClock system_clock;
  SteerableClock clock;
  JournalFan journals;
  JournalRing ring;
  EventHub events;
  LocalStackChaos chaos;
  Scenarios scenarios;
  Engine engine;
  Streams streams;
  SentToKinesis sent_to_kinesis;
  QueueService queues;
  CatalogMetrics metrics;
  AutoscalingService autoscaling;
  CloudwatchService cloudwatch;
  QueueMessages queue_messages;
  std::optional<FunctionHost> functions;
  std::optional<Timeline> timeline;
  std::optional<AdminService> admin;
  std::optional<AdminService> own_port_admin;
};

Instance::Instance(EngineOptions options, const Features& features)
    : impl_(std::make_unique<Impl>(std::move(options), features)) {}
Instance::~Instance() = default;

Engine& Instance::engine() {
  return impl_->engine;
}

QueueService& Instance::queues() {
  return impl_->queues;
}

RuleBook& Instance::faults() {
  return impl_->engine.faults();
}

Streams& Instance::streams() {
  return impl_->streams;
}

AutoscalingService& Instance::autoscaling() {
  return impl_->autoscaling;
}

const MetricSource& Instance::metrics() {
  return impl_->metrics;
}

FunctionHost* Instance::functions() {
  return impl_->functions.has_value() ? &*impl_->functions : nullptr;
}

Microseconds Instance::advance(Microseconds by) {
  return timeline().advance(by);
}

bool Instance::set_time(Microseconds to) {
  return timeline().set(to);
}

Timeline& Instance::timeline() {
  CHECK(impl_->timeline.has_value());
  return *impl_->timeline;
}

JournalFan& Instance::journals() {
  return impl_->journals;
}

AdminService* Instance::admin() {
  return impl_->admin.has_value() ? &*impl_->admin : nullptr;
}

AdminService* Instance::own_port_admin() {
  return impl_->own_port_admin.has_value() ? &*impl_->own_port_admin : nullptr;
}

SteerableClock* Instance::steerable_clock() {
  return &impl_->engine.clock() == &impl_->clock ? &impl_->clock : nullptr;
}

}  // namespace understudy
