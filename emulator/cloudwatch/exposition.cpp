#include "emulator/cloudwatch/exposition.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/cloudwatch/answer_writer.h"
#include "emulator/cloudwatch/statistics.h"

namespace understudy::cloudwatch {
namespace {

constexpr std::string_view kPrefix = "dynamodb_";

struct TenantSeries {
  std::string tenant;
  MetricAddress address;
};

/// Label values escape backslashes, quotes and line ends.
void append_label(Buffer& out, std::string_view name, std::string_view value, bool& first) {
  if (value.empty()) {
    return;
  }
  out.append(first ? "{" : ",");
  first = false;
  out.append(name);
  out.append("=\"");
  for (const char c : value) {
    if (c == '\n') {
      out.append("\\n");
      continue;
    }
    if (c == '\\' || c == '"') {
      out.append('\\');
    }
    out.append(c);
  }
  out.append('"');
}

void append_sample(Buffer& out, std::string_view name, std::string_view suffix,
                   const TenantSeries& series, double value) {
  out.append(kPrefix);
  out.append(name);
  out.append(suffix);
  bool first = true;
  append_label(out, "tenant", series.tenant, first);
  append_label(out, "table", series.address.table, first);
  append_label(out, "index", series.address.index, first);
  append_label(out, "operation", series.address.operation, first);
  out.append(first ? " " : "} ");
  append_decimal(out, value);
  out.append('\n');
}

void append_head(Buffer& out, const MetricRow& row, std::string_view suffix) {
  constexpr std::string_view kTypes[] = {"counter", "summary", "gauge"};
  const std::string name = std::string(kPrefix).append(row.exposition_name).append(suffix);
  out.append("# HELP " + name + " " + std::string(row.name) + " of AWS/DynamoDB.\n");
  out.append("# TYPE " + name + " " + std::string(kTypes[static_cast<std::size_t>(row.kind)]));
  out.append('\n');
}

/// Base units: seconds, ratios of one.
double in_base_unit(const MetricRow& row, std::int64_t thousandths) {
  const double value = static_cast<double>(thousandths) / 1000.0;
  if (row.unit == "Milliseconds") {
    return value / 1000.0;
  }
  return row.name == "OnlineIndexPercentageProgress" ? value / 100.0 : value;
}

void write_row(const MetricSource& metrics, const MetricRow& row,
               const std::vector<TenantSeries>& series, Buffer& out) {
  const std::string_view suffix = row.kind == MetricKind::kCounter ? "_total" : "";
  append_head(out, row, suffix);
  for (const TenantSeries& each : series) {
    const MetricPoint total = metrics.total(each.tenant, each.address, row.name);
    if (row.kind == MetricKind::kSummary) {
      append_sample(out, row.exposition_name, "_sum", each, in_base_unit(row, total.sum));
      append_sample(out, row.exposition_name, "_count", each, static_cast<double>(total.samples));
    } else {
      const std::int64_t value = row.kind == MetricKind::kGauge ? total.largest : total.sum;
      append_sample(out, row.exposition_name, suffix, each, in_base_unit(row, value));
    }
  }
}

std::map<std::string_view, std::vector<TenantSeries>> by_name(const MetricSource& metrics) {
  std::map<std::string_view, std::vector<TenantSeries>> all;
  for (const std::string& tenant : metrics.tenants()) {
    for (MetricSeries& series : metrics.series(tenant)) {
      all[series.name].push_back({tenant, std::move(series.address)});
    }
  }
  return all;
}

void write_point(AnswerWriter& out, const MetricPoint& point) {
  const auto member = [&](std::string_view name, std::int64_t thousandths) {
    out.member(name);
    out.decimal(static_cast<double>(thousandths) / 1000.0);
  };
  member("sum", point.sum);
  out.member("samples");
  out.integer(point.samples);
  member("minimum", point.smallest);
  member("maximum", point.largest);
}

void write_series(const MetricSource& metrics, const TenantSeries& series, const MetricRow& row,
                  AnswerWriter& out) {
  const auto text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) {
      out.member(name);
      out.string(value);
    }
  };
  out.begin_structure();
  text("tenant", series.tenant);
  text("table", series.address.table);
  text("index", series.address.index);
  text("operation", series.address.operation);
  text("name", row.name);
  text("unit", row.unit);
  out.member("total");
  out.begin_structure();
  write_point(out, metrics.total(series.tenant, series.address, row.name));
  out.end_structure();
  out.member("minutes");
  out.begin_list();
  for (const MetricMinute& minute :
       metrics.minutes(series.tenant, series.address, row.name, 0, INT64_MAX)) {
    out.begin_structure();
    out.member("begins");
    out.time(minute.begins);
    write_point(out, minute.point);
    out.end_structure();
  }
  out.end_list();
  out.end_structure();
}

}  // namespace

void write_prometheus(const MetricSource& metrics, Buffer& out) {
  if (!metrics.metered()) {
    out.append("# nothing is metered: start with --metrics, or --throttle\n");
  }
  for (const auto& [name, series] : by_name(metrics)) {
    if (const MetricRow* const row = find_metric_row(name)) {
      write_row(metrics, *row, series, out);
    }
  }
}

void write_metrics_json(const MetricSource& metrics, Buffer& out) {
  JsonAnswer answer(out);
  answer.begin_structure();
  answer.member("metrics");
  answer.begin_list();
  for (const auto& [name, all] : by_name(metrics)) {
    for (const TenantSeries& series : all) {
      if (const MetricRow* const row = find_metric_row(name)) {
        write_series(metrics, series, *row, answer);
      }
    }
  }
  answer.end_list();
  answer.end_structure();
}

}  // namespace understudy::cloudwatch
