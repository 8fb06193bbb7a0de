// The same numbers for other readers: Prometheus' text format, and JSON.
// Source: Prometheus documentation, "Exposition formats" and "Metric and label naming".
#pragma once

#include "emulator/api/metric_source.h"
#include "emulator/base/buffer.h"

namespace understudy::cloudwatch {

inline constexpr std::string_view kPrometheusType = "text/plain; version=0.0.4; charset=utf-8";

/// All series of all tenants. Counters count since the table is there; times are in seconds.
void write_prometheus(const MetricSource& metrics, Buffer& out);
/// {"metrics":[{"tenant","table","index","operation","name","unit","total":{…},"minutes":[{"begins",
/// "sum","samples","minimum","maximum"}…]}…]}, those minutes that are kept.
void write_metrics_json(const MetricSource& metrics, Buffer& out);

}  // namespace understudy::cloudwatch
