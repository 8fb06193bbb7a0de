// The operations of CloudWatch that are served, on whatever protocol they came by.
#pragma once

#include <string_view>

#include "emulator/api/alarm_source.h"
#include "emulator/api/metric_source.h"
#include "emulator/base/json.h"
#include "emulator/cloudwatch/answer_writer.h"
#include "emulator/cloudwatch/cloudwatch_error.h"
#include "emulator/table/scope.h"

namespace understudy::cloudwatch {

struct CloudwatchCall {
  const MetricSource& metrics;
  const AlarmSource* alarms = nullptr;  ///< nullptr: there are none
  const Scope& scope;
  Microseconds now = 0;
};

/// An operation reads all it needs before it writes: an error leaves no half of an answer.
using CloudwatchOperation = CloudwatchResult<void> (*)(const CloudwatchCall& call,
                                                       const JsonNode& input, AnswerWriter& out);

CloudwatchResult<void> get_metric_statistics(const CloudwatchCall& call, const JsonNode& input,
                                             AnswerWriter& out);
CloudwatchResult<void> get_metric_data(const CloudwatchCall& call, const JsonNode& input,
                                       AnswerWriter& out);
CloudwatchResult<void> list_metrics(const CloudwatchCall& call, const JsonNode& input,
                                    AnswerWriter& out);
CloudwatchResult<void> describe_alarms(const CloudwatchCall& call, const JsonNode& input,
                                       AnswerWriter& out);
CloudwatchResult<void> describe_alarms_for_metric(const CloudwatchCall& call, const JsonNode& input,
                                                  AnswerWriter& out);

/// Writes `"Dimensions":[…]` of an address.
void write_dimensions(AnswerWriter& out, const MetricAddress& address);
/// The position that a NextToken names; 0 where there is none.
CloudwatchResult<std::size_t> read_next_token(const JsonNode& input);
/// Error: what the service says of periods that are no multiples of a minute.
CloudwatchResult<void> check_period(std::int64_t seconds);

}  // namespace understudy::cloudwatch
