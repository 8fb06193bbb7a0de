// DescribeAlarms, DescribeAlarmsForMetric: the alarms that auto scaling keeps. There are no others.
#include <algorithm>

#include "emulator/cloudwatch/cloudwatch_input.h"
#include "emulator/cloudwatch/cloudwatch_operations.h"

namespace understudy::cloudwatch {
namespace {

constexpr std::int64_t kAlarmsPerPage = 100;

std::string_view state_text(AlarmState state) {
  switch (state) {
    case AlarmState::kInsufficientData:
      return "INSUFFICIENT_DATA";
    case AlarmState::kOk:
      return "OK";
    case AlarmState::kAlarm:
      return "ALARM";
  }
  return {};
}

void write_list(AnswerWriter& out, std::string_view member, std::string_view only) {
  out.member(member);
  out.begin_list();
  if (!only.empty()) {
    out.string(only);
  }
  out.end_list();
}

void write_text(AnswerWriter& out, std::string_view member, std::string_view value) {
  out.member(member);
  out.string(value);
}

void write_alarm(AnswerWriter& out, const AlarmView& alarm) {
  out.begin_structure();
  write_text(out, "AlarmName", alarm.name);
  write_text(out, "AlarmArn", alarm.arn);
  write_text(out, "AlarmDescription", alarm.description);
  out.member("AlarmConfigurationUpdatedTimestamp");
  out.time(alarm.configured);
  out.member("ActionsEnabled");
  out.boolean(true);
  write_list(out, "OKActions", {});
  write_list(out, "AlarmActions", alarm.action);
  write_list(out, "InsufficientDataActions", {});
  write_text(out, "StateValue", state_text(alarm.state));
  write_text(out, "StateReason", alarm.state_reason);
  out.member("StateUpdatedTimestamp");
  out.time(alarm.state_since);
  write_text(out, "MetricName", alarm.metric);
  write_text(out, "Namespace", kMetricNamespace);
  write_text(out, "Statistic", alarm.statistic);
  write_dimensions(out, alarm.address);
  out.member("Period");
  out.integer(alarm.period_seconds);
  out.member("EvaluationPeriods");
  out.integer(alarm.evaluation_periods);
  out.member("Threshold");
  out.decimal(alarm.threshold);
  write_text(out, "ComparisonOperator", alarm.comparison);
  write_text(out, "TreatMissingData", "missing");
  out.member("StateTransitionedTimestamp");
  out.time(alarm.state_since);
  out.end_structure();
}

std::vector<AlarmView> alarms_of(const CloudwatchCall& call) {
  return call.alarms == nullptr ? std::vector<AlarmView>() : call.alarms->alarms(call.scope.tenant);
}

}  // namespace

CloudwatchResult<void> describe_alarms(const CloudwatchCall& call, const JsonNode& input,
                                       AnswerWriter& out) {
  TRY(const auto names, read_texts(input, "AlarmNames"));
  TRY(const auto prefix, read_text(input, "AlarmNamePrefix"));
  TRY(const auto action, read_text(input, "ActionPrefix"));
  TRY(const auto state, read_text(input, "StateValue"));
  TRY(const auto types, read_texts(input, "AlarmTypes"));
  TRY(const auto most, read_integer(input, "MaxRecords"));
  TRY(const std::size_t from, read_next_token(input));
  const bool metric_alarms =
      types.empty() || std::ranges::find(types, "MetricAlarm") != types.end();
  std::vector<AlarmView> found;
  for (AlarmView& alarm : alarms_of(call)) {
    const bool named = names.empty() || std::ranges::find(names, alarm.name) != names.end();
    if (metric_alarms && named && alarm.name.starts_with(prefix.value_or("")) &&
        alarm.action.starts_with(action.value_or("")) &&
        state.value_or(state_text(alarm.state)) == state_text(alarm.state)) {
      found.push_back(std::move(alarm));
    }
  }
  const auto count = static_cast<std::size_t>(
      std::clamp<std::int64_t>(most.value_or(kAlarmsPerPage), 1, kAlarmsPerPage));
  const std::size_t until = std::min(from + count, found.size());
  out.begin_structure();
  out.member("MetricAlarms");
  out.begin_list();
  for (std::size_t i = from; i < until; ++i) {
    write_alarm(out, found[i]);
  }
  out.end_list();
  out.member("CompositeAlarms");
  out.begin_list();
  out.end_list();
  if (until < found.size()) {
    write_text(out, "NextToken", std::to_string(until));
  }
  out.end_structure();
  return {};
}

CloudwatchResult<void> describe_alarms_for_metric(const CloudwatchCall& call, const JsonNode& input,
                                                  AnswerWriter& out) {
  TRY(const std::string_view metric, require_text(input, "MetricName"));
  TRY(const std::string_view name_space, require_text(input, "Namespace"));
  TRY(const auto dimensions, read_dimensions(input));
  const auto address = address_of(dimensions);
  out.begin_structure();
  out.member("MetricAlarms");
  out.begin_list();
  for (const AlarmView& alarm : alarms_of(call)) {
    if (name_space == kMetricNamespace && alarm.metric == metric && address == alarm.address) {
      write_alarm(out, alarm);
    }
  }
  out.end_list();
  out.end_structure();
  return {};
}

}  // namespace understudy::cloudwatch
