// GetMetricData: several metrics and expressions over them at once.
#include <algorithm>
#include <set>

#include "emulator/cloudwatch/cloudwatch_input.h"
#include "emulator/cloudwatch/cloudwatch_operations.h"
#include "emulator/cloudwatch/metric_math.h"
#include "emulator/cloudwatch/statistics.h"

namespace understudy::cloudwatch {
namespace {

// Source: API reference, GetMetricData.
constexpr std::size_t kQueriesMax = 500;
constexpr std::size_t kDatapointsMax = 100'800;

struct MetricDataQuery {
  std::string id;
  std::string_view expression;  ///< empty: a metric
  std::string_view label;
  bool returns_data = true;
  std::string_view metric;
  std::optional<MetricAddress> address;
  std::int64_t period_seconds = 60;
  Statistic statistic;
};

struct DataRequest {
  std::vector<MetricDataQuery> queries;
  Microseconds start = 0;
  Microseconds end = 0;
  bool ascending = false;
  std::size_t datapoints_max = kDatapointsMax;
  std::size_t from = 0;
};

Unexpected<CloudwatchError> invalid(std::string message) {
  return cloudwatch_error(CloudwatchFault::kValidation, std::move(message));
}

bool is_valid_id(std::string_view id) {
  const auto word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !id.empty() && id[0] >= 'a' && id[0] <= 'z' && std::ranges::all_of(id, word);
}

CloudwatchResult<void> read_metric_stat(const JsonNode& stat, MetricDataQuery& query) {
  const JsonNode* const metric = stat.find("Metric");
  if (metric == nullptr || !metric->is(JsonKind::kObject)) {
    return cloudwatch_error(CloudwatchFault::kMissingParameter,
                            "The parameter Metric is required.");
  }
  TRY(const auto name_space, read_text(*metric, "Namespace"));
  TRY(query.metric, require_text(*metric, "MetricName"));
  TRY(const auto dimensions, read_dimensions(*metric));
  TRY(const auto period, read_integer(stat, "Period"));
  query.period_seconds = period.value_or(60);
  TRY_VOID(check_period(query.period_seconds));
  TRY(const std::string_view name, require_text(stat, "Stat"));
  const auto statistic = parse_statistic(name);
  if (!statistic) {
    return invalid("The value '" + std::string(name) + "' for parameter Stat is not supported.");
  }
  query.statistic = *statistic;
  TRY(const auto unit, read_text(stat, "Unit"));
  const MetricRow* const row = find_metric_row(query.metric);
  const bool known = name_space.value_or("") == kMetricNamespace && row != nullptr &&
                     (!unit || *unit == row->unit);
  query.address = known ? address_of(dimensions) : std::nullopt;
  return {};
}

CloudwatchResult<MetricDataQuery> read_query(const JsonNode& node) {
  MetricDataQuery query;
  TRY(const std::string_view id, require_text(node, "Id"));
  query.id = id;
  if (!is_valid_id(id)) {
    // Source: quoted by users: the rule and its wording.
    return invalid("The value '" + query.id +
                   "' for parameter Id is not matching the expected pattern "
                   "^[a-z][a-zA-Z0-9_]*$.");
  }
  TRY(const auto expression, read_text(node, "Expression"));
  TRY(const auto label, read_text(node, "Label"));
  TRY(const auto returns_data, read_flag(node, "ReturnData"));
  query.expression = expression.value_or("");
  query.label = label.value_or("");
  query.returns_data = returns_data.value_or(true);
  const JsonNode* const stat = node.find("MetricStat");
  if ((stat != nullptr) == !query.expression.empty()) {
    // Assumed: the sentence.
    return invalid("Exactly one of MetricStat and Expression must be specified for " + query.id +
                   ".");
  }
  if (stat != nullptr) {
    TRY_VOID(read_metric_stat(*stat, query));
  }
  return query;
}

CloudwatchResult<DataRequest> read_request(const JsonNode& input) {
  DataRequest request;
  TRY(const auto queries, read_list(input, "MetricDataQueries"));
  TRY(request.start, require_time(input, "StartTime"));
  TRY(request.end, require_time(input, "EndTime"));
  if (queries.empty()) {
    return cloudwatch_error(CloudwatchFault::kMissingParameter,
                            "The parameter MetricDataQueries is required.");
  }
  if (queries.size() > kQueriesMax) {
    return invalid("The collection MetricDataQueries must not have a size greater than 500.");
  }
  std::set<std::string, std::less<>> ids;
  for (const JsonNode& node : queries) {
    TRY(MetricDataQuery query, read_query(node));
    if (!ids.insert(query.id).second) {
      return invalid(
          "The values for parameter Id in MetricDataQueries must be unique: " + query.id + ".");
    }
    request.queries.push_back(std::move(query));
  }
  if (request.start >= request.end) {
    return invalid("The parameter StartTime must be less than the parameter EndTime.");
  }
  TRY(const auto scan_by, read_text(input, "ScanBy"));
  request.ascending = scan_by.value_or("") == "TimestampAscending";
  TRY(const auto most, read_integer(input, "MaxDatapoints"));
  if (most && *most > 0) {
    request.datapoints_max = std::min(request.datapoints_max, static_cast<std::size_t>(*most));
  }
  TRY(request.from, read_next_token(input));
  return request;
}

/// Works out the queries, each once, expressions after what they look at.
class Answering {
 public:
  Answering(const CloudwatchCall& call, const DataRequest& request)
      : call_(call), request_(request) {
    context_.start = request.start;
    context_.end = request.end;
    context_.find = [this](std::string_view id) { return value_of(id); };
    context_.metrics = [this] { return metrics(); };
  }

  MathResult<MathValue> value_of(std::string_view id) {
    const auto query = std::ranges::find(request_.queries, id, &MetricDataQuery::id);
    if (query == request_.queries.end()) {
      return Unexpected{"Undefined variable " + std::string(id)};
    }
    if (query->expression.empty()) {
      return MathValue(series_of(*query));
    }
    if (!under_way_.insert(query->id).second) {
      return Unexpected{"The expression depends on itself: " + query->id};
    }
    MathResult<MathValue> value = evaluate_math(query->expression, context_);
    under_way_.erase(query->id);
    return value;
  }

 private:
  [[nodiscard]] TimeSeries series_of(const MetricDataQuery& query) const {
    TimeSeries series;
    series.label = query.label.empty() ? query.metric : query.label;
    series.period_seconds = query.period_seconds;
    if (!query.address) {
      return series;
    }
    const Microseconds period = query.period_seconds * kSecond;
    // Periods begin at multiples of themselves. Source: API reference, on aligned start times.
    const Microseconds start = request_.start - request_.start % period;
    const auto minutes = call_.metrics.minutes(call_.scope.tenant, *query.address, query.metric,
                                               start, request_.end);
    for (const MetricPeriod& each : put_together(minutes, start, period)) {
      if (const auto value = statistic_value(query.statistic, each.point)) {
        series.points.emplace(each.begins, *value);
      }
    }
    return series;
  }

  [[nodiscard]] SeriesArray metrics() const {
    SeriesArray all;
    for (const MetricDataQuery& query : request_.queries) {
      if (query.expression.empty()) {
        all.push_back(series_of(query));
      }
    }
    return all;
  }

  const CloudwatchCall& call_;
  const DataRequest& request_;
  MathContext context_;
  std::set<std::string, std::less<>> under_way_;
};

struct DataResult {
  std::string_view id;
  std::string label;
  std::vector<std::pair<Microseconds, double>> points;
};

void add_result(const MetricDataQuery& query, TimeSeries series, bool ascending,
                std::vector<DataResult>& results) {
  DataResult result{query.id, std::move(series.label), {}};
  if (!query.label.empty()) {
    result.label = query.label;
  } else if (!query.expression.empty() || result.label.empty()) {
    result.label = query.id;
  }
  result.points.assign(series.points.begin(), series.points.end());
  if (!ascending) {
    std::ranges::reverse(result.points);
  }
  results.push_back(std::move(result));
}

CloudwatchResult<std::vector<DataResult>> answer(const CloudwatchCall& call,
                                                 const DataRequest& request) {
  Answering answering(call, request);
  std::vector<DataResult> results;
  for (const MetricDataQuery& query : request.queries) {
    // Expressions that return nothing are looked at too: a mistake in one is told.
    auto value = answering.value_of(query.id);
    if (!value) {
      return invalid("Error in expression '" + query.id + "': " + value.error());
    }
    if (!query.returns_data) {
      continue;
    }
    if (std::holds_alternative<double>(*value)) {
      // Source: user guide, "Using metric math": a result is a time series or an array of such.
      return invalid("Error in expression '" + query.id +
                     "': The expression must return a time series");
    }
    if (TimeSeries* const series = std::get_if<TimeSeries>(&*value)) {
      add_result(query, std::move(*series), request.ascending, results);
      continue;
    }
    for (TimeSeries& series : std::get<SeriesArray>(*value)) {
      add_result(query, std::move(series), request.ascending, results);
    }
  }
  return results;
}

/// The part [from, to) of a result's points.
void write_result(AnswerWriter& out, const DataResult& result, std::size_t from, std::size_t to) {
  out.begin_structure();
  out.member("Id");
  out.string(result.id);
  out.member("Label");
  out.string(result.label);
  out.member("Timestamps");
  out.begin_list();
  for (std::size_t i = from; i < to; ++i) {
    out.time(result.points[i].first);
  }
  out.end_list();
  out.member("Values");
  out.begin_list();
  for (std::size_t i = from; i < to; ++i) {
    out.decimal(result.points[i].second);
  }
  out.end_list();
  out.member("StatusCode");
  out.string(to < result.points.size() ? "PartialData" : "Complete");
  out.end_structure();
}

}  // namespace

CloudwatchResult<void> get_metric_data(const CloudwatchCall& call, const JsonNode& input,
                                       AnswerWriter& out) {
  TRY(const DataRequest request, read_request(input));
  TRY(const std::vector<DataResult> results, answer(call, request));
  out.begin_structure();
  out.member("MetricDataResults");
  out.begin_list();
  // Pages count points over all results.
  const std::size_t until = request.from + request.datapoints_max;
  std::size_t passed = 0;
  for (const DataResult& result : results) {
    const std::size_t size = result.points.size();
    const std::size_t from = std::clamp(request.from, passed, passed + size) - passed;
    const std::size_t to = std::clamp(until, passed, passed + size) - passed;
    if (from < to || (size == 0 && request.from == 0)) {
      write_result(out, result, from, to);
    }
    passed += size;
  }
  out.end_list();
  if (passed > until) {
    out.member("NextToken");
    out.string(std::to_string(until));
  }
  out.member("Messages");
  out.begin_list();
  out.end_list();
  out.end_structure();
  return {};
}

}  // namespace understudy::cloudwatch
