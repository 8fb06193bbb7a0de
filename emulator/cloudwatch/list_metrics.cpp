// ListMetrics: which series there are.
#include <charconv>

#include "emulator/cloudwatch/cloudwatch_input.h"
#include "emulator/cloudwatch/cloudwatch_operations.h"

namespace understudy::cloudwatch {
namespace {

// Source: API reference, ListMetrics.
constexpr std::size_t kMetricsPerPage = 500;

bool has_dimension(const MetricAddress& address, const DimensionFilter& filter) {
  const std::string* part = nullptr;
  if (filter.name == "TableName") {
    part = &address.table;
  } else if (filter.name == "GlobalSecondaryIndexName") {
    part = &address.index;
  } else if (filter.name == "Operation") {
    part = &address.operation;
  }
  return part != nullptr && !part->empty() && (!filter.value || *filter.value == *part);
}

bool matches(const MetricSeries& series, const std::optional<std::string_view>& metric,
             const std::vector<DimensionFilter>& filters) {
  if (metric && *metric != series.name) {
    return false;
  }
  for (const DimensionFilter& filter : filters) {
    if (!has_dimension(series.address, filter)) {
      return false;
    }
  }
  return true;
}

void write_dimension(AnswerWriter& out, std::string_view name, std::string_view value) {
  if (value.empty()) {
    return;
  }
  out.begin_structure();
  out.member("Name");
  out.string(name);
  out.member("Value");
  out.string(value);
  out.end_structure();
}

}  // namespace

void write_dimensions(AnswerWriter& out, const MetricAddress& address) {
  out.member("Dimensions");
  out.begin_list();
  write_dimension(out, "TableName", address.table);
  write_dimension(out, "GlobalSecondaryIndexName", address.index);
  write_dimension(out, "Operation", address.operation);
  out.end_list();
}

CloudwatchResult<std::size_t> read_next_token(const JsonNode& input) {
  TRY(const auto token, read_text(input, "NextToken"));
  if (!token || token->empty()) {
    return std::size_t{0};
  }
  std::size_t position = 0;
  const char* const last = token->data() + token->size();
  const auto [end, error] = std::from_chars(token->data(), last, position);
  if (error != std::errc() || end != last) {
    // Assumed: the sentence.
    return cloudwatch_error(CloudwatchFault::kInvalidNextToken, "The next token is not valid.");
  }
  return position;
}

CloudwatchResult<void> list_metrics(const CloudwatchCall& call, const JsonNode& input,
                                    AnswerWriter& out) {
  TRY(const auto name_space, read_text(input, "Namespace"));
  TRY(const auto metric, read_text(input, "MetricName"));
  TRY(const auto filters, read_dimensions(input));
  TRY(const std::size_t from, read_next_token(input));
  std::vector<MetricSeries> found;
  if (name_space.value_or(kMetricNamespace) == kMetricNamespace) {
    for (MetricSeries& series : call.metrics.series(call.scope.tenant)) {
      if (matches(series, metric, filters)) {
        found.push_back(std::move(series));
      }
    }
  }
  out.begin_structure();
  out.member("Metrics");
  out.begin_list();
  const std::size_t until = std::min(from + kMetricsPerPage, found.size());
  for (std::size_t i = from; i < until; ++i) {
    out.begin_structure();
    out.member("Namespace");
    out.string(kMetricNamespace);
    out.member("MetricName");
    out.string(found[i].name);
    write_dimensions(out, found[i].address);
    out.end_structure();
  }
  out.end_list();
  if (until < found.size()) {
    out.member("NextToken");
    out.string(std::to_string(until));
  }
  out.end_structure();
  return {};
}

}  // namespace understudy::cloudwatch
