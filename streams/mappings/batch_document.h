// The documents of event source mappings: what a function is invoked with, what its answer says
// about single records, what a destination is told. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "streams/mappings/lane.h"

namespace understudy {

/// {"Records":[…]}, with what tumbling windows add.
std::string batch_event(const RecordBatch& batch, const MappingSettings& settings,
                        std::string_view shard_id, std::string_view window_state);

/// What a function that reports single failures has said.
struct ItemReport {
  bool failed = false;
  /// Where to go on; nullopt with `failed`: the whole batch again.
  std::optional<std::string> first_failed;
};
/// Source: section C7 (LS:test_dynamodb_report_batch_item_*).
ItemReport read_item_report(std::string_view payload, const RecordBatch& batch);

/// The "state" of a function's answer, as JSON; empty: none.
std::string state_of(std::string_view payload);

/// What the on-failure destination is told of records that were given up.
std::string failure_document(const GivenUpBatch& batch, const MappingSettings& settings,
                             std::string_view shard_id, std::string_view function_arn,
                             std::string_view request_id, Microseconds now);

}  // namespace understudy
