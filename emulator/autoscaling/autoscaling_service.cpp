#include "emulator/autoscaling/autoscaling_service.h"

#include <algorithm>
#include <array>

#include "emulator/api/metric_source.h"
#include "emulator/api/tenant.h"
#include "emulator/autoscaling/scaling_book.h"
#include "emulator/autoscaling/target_tracking.h"
#include "emulator/base/arena.h"
#include "emulator/base/guarded.h"
#include "emulator/base/json.h"
#include "emulator/clock/scheduler.h"

namespace understudy {

using autoscaling::kMetricDelay;
using autoscaling::kScalingMinute;
using autoscaling::PolicyAlarm;
using autoscaling::ScalableKey;
using autoscaling::ScalableTarget;
using autoscaling::ScalingActivity;
using autoscaling::ScalingBook;
using autoscaling::ScalingCall;
using autoscaling::ScalingError;
using autoscaling::ScalingInput;
using autoscaling::ScalingResult;
using autoscaling::ScheduledAction;
using autoscaling::TenantScaling;

namespace {

constexpr std::string_view kTargetPrefix = "AnyScaleFrontendService.";
constexpr std::string_view kJson11 = "application/x-amz-json-1.1";
/// How often a change that takes its time is looked at.
constexpr Microseconds kSettleEvery = 1'000'000;

struct OperationRow {
  std::string_view name;
  autoscaling::ScalingOperation run;
};
constexpr std::array<OperationRow, 13> kOperations = {{
    {"DeleteScalingPolicy", autoscaling::delete_scaling_policy},
    {"DeleteScheduledAction", autoscaling::delete_scheduled_action},
    {"DeregisterScalableTarget", autoscaling::deregister_scalable_target},
    {"DescribeScalableTargets", autoscaling::describe_scalable_targets},
    {"DescribeScalingActivities", autoscaling::describe_scaling_activities},
    {"DescribeScalingPolicies", autoscaling::describe_scaling_policies},
    {"DescribeScheduledActions", autoscaling::describe_scheduled_actions},
    {"ListTagsForResource", autoscaling::list_tags_for_resource},
    {"PutScalingPolicy", autoscaling::put_scaling_policy},
    {"PutScheduledAction", autoscaling::put_scheduled_action},
    {"RegisterScalableTarget", autoscaling::register_scalable_target},
    {"TagResource", autoscaling::tag_resource},
    {"UntagResource", autoscaling::untag_resource},
}};

void write_error(const ScalingError& error, Buffer& body) {
  body.clear();
  JsonWriter out(body);
  out.begin_object();
  out.key("__type");
  out.string(error.type);
  if (!error.message.empty()) {
    out.key("Message");
    out.string(error.message);
  }
  out.end_object();
}

using SavedScaling = std::map<std::string, TenantScaling, std::less<>>;

/// The one place that copies it.
std::unique_ptr<SavedScaling> copy_of(const SavedScaling& scaling) {
  return std::make_unique<SavedScaling>(scaling);
}

/// "Setting min capacity to 15 and max capacity to 20" and what follows it when it is done.
std::string bounds_text(std::string_view verb, const ScheduledAction& action) {
  std::string text(verb);
  if (action.min_capacity) {
    text += " min capacity to " + std::to_string(*action.min_capacity);
  }
  if (action.max_capacity) {
    text.append(action.min_capacity ? " and" : "")
        .append(" max capacity to ")
        .append(std::to_string(*action.max_capacity));
  }
  return text;
}

}  // namespace

struct AutoscalingService::Impl {
  Impl(Engine& given, const MetricSource& metrics)
      : engine(given),
        book(autoscaling::Scaler(given, metrics,
                                 Random(given.options().seed).fork("autoscaling"))) {}

  int run(std::string_view operation, std::string_view json_body, const Scope& scope,
          Microseconds now, Arena& arena, Buffer& body);
  ScalingResult<void> serve(std::string_view operation, std::string_view json_body,
                            const Scope& scope, Microseconds now, Arena& arena, Buffer& body);
  void schedule_tick(ScalingBook& open, Microseconds now);
  void schedule_settling(ScalingBook& open, Microseconds now);
  void schedule_action(const TenantScaling& tenant, const ScalableKey& key,
                       const ScheduledAction& action);
  void tick(Microseconds due);
  void settle(Microseconds due);
  void run_action(const std::string& tenant, const ScalableKey& key, const std::string& name,
                  Microseconds due);

  Engine& engine;
  Guarded<ScalingBook> book;
};

/// Alarms are looked at once a minute, when the minute's numbers have arrived.
void AutoscalingService::Impl::schedule_tick(ScalingBook& open, Microseconds now) {
  if (open.ticking || !open.has_policies()) {
    return;
  }
  open.ticking = true;
  const Microseconds due = now - now % kScalingMinute + kScalingMinute;
  engine.scheduler().at(due, [this](Microseconds at) { tick(at); });
}

void AutoscalingService::Impl::tick(Microseconds due) {
  const auto open = book.lock();
  open->ticking = false;
  const Microseconds minute_end = due - kMetricDelay;
  for (auto& [name, tenant] : open->tenants) {
    for (auto& [key, target] : tenant.targets) {
      for (auto& [policy_name, policy] : target.policies) {
        open->scaler.evaluate(tenant, target, policy, minute_end, due);
      }
    }
  }
  schedule_tick(*open, due);
  schedule_settling(*open, due);
}

void AutoscalingService::Impl::schedule_settling(ScalingBook& open, Microseconds now) {
  const bool waiting = std::ranges::any_of(open.tenants, [](const auto& tenant) {
    return std::ranges::any_of(tenant.second.activities, [](const ScalingActivity& activity) {
      return activity.status == autoscaling::ActivityStatus::kInProgress;
    });
  });
  if (open.settling || !waiting) {
    return;
  }
  open.settling = true;
  engine.scheduler().at(now + kSettleEvery, [this](Microseconds at) { settle(at); });
}

void AutoscalingService::Impl::settle(Microseconds due) {
  const auto open = book.lock();
  open->settling = false;
  for (auto& [name, tenant] : open->tenants) {
    open->scaler.settle(tenant, due);
  }
  schedule_settling(*open, due);
}

void AutoscalingService::Impl::schedule_action(const TenantScaling& tenant, const ScalableKey& key,
                                               const ScheduledAction& action) {
  if (action.next) {
    engine.scheduler().at(
        *action.next, [this, owner = tenant.scope.tenant, key,
                       name = action.name](Microseconds at) { run_action(owner, key, name, at); });
  }
}

void AutoscalingService::Impl::run_action(const std::string& tenant_name, const ScalableKey& key,
                                          const std::string& name, Microseconds due) {
  const auto open = book.lock();
  const auto tenant = open->tenants.find(tenant_name);
  if (tenant == open->tenants.end() || !tenant->second.targets.contains(key)) {
    return;
  }
  ScalableTarget& target = tenant->second.targets.at(key);
  const auto found = target.actions.find(name);
  // Changed since, or put twice for the same moment: the work that counts is another.
  if (found == target.actions.end() || found->second.next != due) {
    return;
  }
  ScheduledAction& action = found->second;
  action.next = autoscaling::next_run(action, due);
  schedule_action(tenant->second, key, action);
  if (target.suspended.scheduled) {
    return;
  }
  target.min_capacity = action.min_capacity.value_or(target.min_capacity);
  target.max_capacity = action.max_capacity.value_or(target.max_capacity);
  // Assumed: an action that names one bound moves the other where they would cross.
  if (target.max_capacity < target.min_capacity) {
    (action.min_capacity ? target.max_capacity : target.min_capacity) =
        action.min_capacity ? target.min_capacity : target.max_capacity;
  }
  // Source: user guide, "Tutorial: Getting started with scheduled scaling", its output.
  open->scaler.note(tenant->second, key, bounds_text("Setting", action),
                    "scheduled action name " + name + " was triggered",
                    bounds_text("Successfully set", action), due);
  open->scaler.enforce_bounds(tenant->second, target, due);
  schedule_settling(*open, due);
}

ScalingResult<void> AutoscalingService::Impl::serve(std::string_view operation,
                                                    std::string_view json_body, const Scope& scope,
                                                    Microseconds now, Arena& arena, Buffer& body) {
  const auto row = std::ranges::find(kOperations, operation, &OperationRow::name);
  if (row == kOperations.end()) {
    return Unexpected{ScalingError{"UnknownOperationException", {}}};
  }
  const auto parsed = parse_json(json_body.empty() ? "{}" : json_body, arena);
  if (!parsed || !parsed->is(JsonKind::kObject)) {
    return Unexpected{ScalingError{"SerializationException", {}}};
  }
  const auto open = book.lock();
  const auto tenant = open->tenants.find(scope.tenant);
  ScalingCall call{*open,   scope, now, tenant == open->tenants.end() ? nullptr : &tenant->second,
                   nullptr, {}};
  ScalingInput input(*parsed);
  JsonWriter out(body);
  TRY_VOID(row->run(call, input, out));
  schedule_tick(*open, now);
  schedule_settling(*open, now);
  if (call.put_action != nullptr) {
    schedule_action(*call.tenant, call.put_action_key, *call.put_action);
  }
  return {};
}

int AutoscalingService::Impl::run(std::string_view operation, std::string_view json_body,
                                  const Scope& scope, Microseconds now, Arena& arena,
                                  Buffer& body) {
  const auto done = serve(operation, json_body, scope, now, arena, body);
  if (done) {
    return 200;
  }
  write_error(done.error(), body);
  return 400;
}

AutoscalingService::AutoscalingService(Engine& engine, const MetricSource& metrics)
    : impl_(std::make_unique<Impl>(engine, metrics)) {}
AutoscalingService::~AutoscalingService() = default;

bool AutoscalingService::claims(const Request& request) const {
  return request.header(KnownHeader::kTarget).starts_with(kTargetPrefix);
}

std::optional<SideSigning> AutoscalingService::signing_of(const Request& /*request*/) const {
  return SideSigning{"application-autoscaling"};
}

const ModelOperation* AutoscalingService::operation_of(const Request& request) const {
  return find_side_operation(Service::kApplicationAutoScaling,
                             request.header(KnownHeader::kTarget).substr(kTargetPrefix.size()));
}

void AutoscalingService::handle(const Request& request, Microseconds now, Response& response) {
  Arena arena;
  const Scope scope = scope_of_request(impl_->engine.options(), request, arena);
  const std::string_view operation =
      request.header(KnownHeader::kTarget).substr(kTargetPrefix.size());
  response.content_type = kJson11;
  response.status = impl_->run(operation, request.body, scope, now, arena, response.body);
}

Engine::Answer AutoscalingService::call(std::string_view operation, std::string_view json_body,
                                        std::string_view access_key) {
  Arena arena;
  const Microseconds now = impl_->engine.clock().now();
  impl_->engine.scheduler().run_due(now);
  const EngineOptions& options = impl_->engine.options();
  const Scope scope = scope_of(options, access_key, options.region, {}, arena);
  Buffer body;
  const int status = impl_->run(operation, json_body, scope, now, arena, body);
  return {status, std::string(body.view())};
}

std::vector<AlarmView> AutoscalingService::alarms(std::string_view tenant) const {
  std::vector<AlarmView> views;
  const auto open = impl_->book.lock();
  const auto found = open->tenants.find(tenant);
  if (found == open->tenants.end()) {
    return views;
  }
  for (const auto& [key, target] : found->second.targets) {
    for (const auto& [name, policy] : target.policies) {
      for (std::size_t i = 0; i < autoscaling::kPolicyAlarms; ++i) {
        views.push_back(autoscaling::describe_alarm(found->second, target, policy,
                                                    static_cast<PolicyAlarm>(i)));
      }
    }
  }
  std::ranges::sort(views, {}, &AlarmView::name);
  return views;
}

std::shared_ptr<const void> AutoscalingService::save_tables(
    std::optional<std::string_view> tenant) const {
  const auto open = impl_->book.lock();
  auto saved = copy_of(open->tenants);
  if (tenant) {
    std::erase_if(*saved, [&](const auto& each) { return each.first != *tenant; });
  }
  return saved;
}

void AutoscalingService::restore_tables(std::optional<std::string_view> tenant,
                                        const std::shared_ptr<const void>& saved,
                                        Microseconds now) {
  forget_tables(tenant);
  const auto open = impl_->book.lock();
  const auto copy = copy_of(*static_cast<const SavedScaling*>(saved.get()));
  for (auto& [name, restored] : *copy) {
    for (auto& [key, target] : restored.targets) {
      for (auto& [action_name, action] : target.actions) {
        if (action.next && *action.next <= now) {
          action.next = autoscaling::next_run(action, now);
        }
        impl_->schedule_action(restored, key, action);
      }
    }
  }
  open->tenants.merge(*copy);
  impl_->schedule_tick(*open, now);
  impl_->schedule_settling(*open, now);
}

void AutoscalingService::forget_tables(std::optional<std::string_view> tenant) {
  const auto open = impl_->book.lock();
  if (!tenant) {
    open->tenants.clear();
  } else if (const auto found = open->tenants.find(*tenant); found != open->tenants.end()) {
    open->tenants.erase(found);
  }
}

}  // namespace understudy
