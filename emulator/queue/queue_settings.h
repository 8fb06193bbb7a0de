// QueueSettings: the attributes of a queue that can be set, checked and as SQS writes them.
// A value; pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/queue/queue_error.h"

namespace understudy {

/// Where messages go that were received too often.
struct RedrivePolicy {
  std::string dead_letter_arn;
  std::int64_t receives_max = 0;  ///< 1 to 1000
  [[nodiscard]] std::string json() const;
};

/// Error: InvalidParameterValue. Whether the dead-letter queue is there is not looked at.
QueueResult<RedrivePolicy> parse_redrive_policy(std::string_view json);

class QueueSettings {
 public:
  using Attributes = std::map<std::string, std::string, std::less<>>;

  explicit QueueSettings(bool fifo);

  /// Those of a new queue. Error: InvalidAttributeName, InvalidAttributeValue,
  /// InvalidParameterValue for the policy of redriving.
  static QueueResult<QueueSettings> of_new_queue(bool fifo, const Attributes& attributes);
  /// Changes all of them or, with an error, none.
  QueueResult<void> change(const Attributes& attributes);

  [[nodiscard]] bool fifo() const { return fifo_; }
  /// A number among the attributes, in the unit its name says.
  [[nodiscard]] std::int64_t number(std::string_view name) const;
  [[nodiscard]] bool content_based_deduplication() const;
  [[nodiscard]] bool deduplicates_by_group() const;
  [[nodiscard]] const std::optional<RedrivePolicy>& redrive() const { return redrive_; }
  /// All that are set or have a default.
  [[nodiscard]] const Attributes& values() const { return values_; }

 private:
  QueueResult<void> set(std::string_view name, const std::string& value);

  bool fifo_;
  Attributes values_;
  std::optional<RedrivePolicy> redrive_;
};

/// Whether there is an attribute of that name that can be asked for, be it computed or set.
bool is_queue_attribute(std::string_view name);

}  // namespace understudy
