// What an event source mapping is asked to do: the members of CreateEventSourceMapping, checked.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/buffer.h"
#include "emulator/base/json.h"
#include "emulator/clock/clock.h"
#include "streams/functions/lambda_answer.h"
#include "streams/mappings/filter_pattern.h"

namespace understudy {

/// Source: section C7, the Lambda model.
struct MappingSettings {
  std::string source_arn;
  bool from_queue = false;  ///< the source is a queue of SQS, else a stream
  std::string function_name;
  bool enabled = true;
  bool from_latest = false;  ///< StartingPosition LATEST, else TRIM_HORIZON
  std::int64_t batch_size = 100;
  std::int64_t window_seconds = 0;
  std::int64_t parallelization = 1;
  std::int64_t record_age_seconds_max = -1;  ///< -1: no limit
  std::int64_t retries_max = -1;             ///< -1: no limit
  std::int64_t tumbling_window_seconds = 0;
  std::int64_t concurrency_max = 0;  ///< of queues; 0: kQueuePollers
  bool bisect = false;
  bool report_item_failures = false;
  std::string on_failure;  ///< where batches that are given up go; empty: nowhere
  std::vector<std::shared_ptr<const FilterPattern>> filters;  ///< none: everything passes
};

/// Takes the members that are there out of a request's body. Errors in Lambda's words.
Expected<void, LambdaError> read_mapping_settings(const JsonNode& body, MappingSettings& settings);

/// Whether a record passes.
bool passes_filters(const MappingSettings& settings, std::string_view record_json);

/// The members of EventSourceMappingConfiguration that these settings make.
void write_mapping_settings(const MappingSettings& settings, JsonWriter& out);

}  // namespace understudy
