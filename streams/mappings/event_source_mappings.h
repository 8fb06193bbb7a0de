// EventSourceMappings: all mappings there are, and Lambda's API for them:
// /2015-03-31/event-source-mappings/.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "streams/functions/lambda_service.h"
#include "streams/mappings/mapping.h"

namespace understudy {

/// Thread-safe.
class EventSourceMappings final : public LambdaResource {
 public:
  /// Whether batches can be delivered there. Error: a sentence that says why not.
  using CheckDestination = std::function<Expected<void, std::string>(const std::string& place)>;

  explicit EventSourceMappings(const MappingContext& context, CheckDestination check = {});
  ~EventSourceMappings() override;

  LambdaResult answer(const Call& call) override;
  /// CreateEventSourceMapping without HTTP: the request's JSON to the answer's.
  LambdaResult create(std::string_view body);

  struct Row {
    std::string id;
    MappingSettings settings;
    MappingCounters counters;
    std::string last_result;
  };
  [[nodiscard]] std::vector<Row> list() const;
  /// Ends all of them.
  void stop();

 private:
  struct Entry {
    std::shared_ptr<Mapping> mapping;
    Microseconds modified = 0;
  };
  Expected<void, LambdaError> read_source(const JsonNode& body, MappingSettings& settings) const;
  Expected<void, LambdaError> check_unique(const MappingSettings& settings) const;
  LambdaResult list_page(std::string_view query) const;
  LambdaResult describe(std::string_view id) const;
  LambdaResult update(std::string_view id, std::string_view body);
  LambdaResult remove(std::string_view id);
  Expected<void, LambdaError> check_function(const JsonNode& body, bool required,
                                             MappingSettings& settings) const;
  Expected<void, LambdaError> check_destination(const MappingSettings& settings) const;
  void write(const Entry& entry, std::string_view state, JsonWriter& out) const;
  [[nodiscard]] LambdaAnswer one(const Entry& entry, std::string_view state, int status) const;

  const MappingContext context_;
  const CheckDestination check_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> mappings_;
};

}  // namespace understudy
