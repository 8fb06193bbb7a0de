// TableDescription: a table as DescribeTable, CreateTable, UpdateTable and DeleteTable show it.
#pragma once

#include <cstdint>
#include <string_view>

#include "emulator/base/buffer.h"
#include "emulator/table/lifecycle.h"

namespace understudy {

enum class DescriptionKind : std::uint8_t {
  kWhole,
  kCreating,  ///< CreateTable's answer: warm throughput only where it was asked for
  kDeleting,  ///< DeleteTable's answer: without keys, indexes, times
};

/// Writes the description as one JSON object.
void write_table_description(JsonWriter& out, const TableView& view, DescriptionKind kind,
                             Microseconds now);

std::string_view billing_mode_name(BillingMode mode);
std::string_view stream_view_type_name(StreamViewType type);
std::string_view projection_type_name(ProjectionType type);
std::string_view table_class_name(TableClass table_class);

}  // namespace understudy
