// ScalingInput: typed reading of a request's members, with the violations of the service's model
// collected: all of them in one message, as the service tells them.
// Source: service model application-autoscaling 2016-02-06.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/autoscaling/scaling_error.h"
#include "emulator/autoscaling/scaling_model.h"
#include "emulator/base/json.h"

namespace understudy::autoscaling {

class ScalingInput {
 public:
  explicit ScalingInput(const JsonNode& input) : input_(&input) {}

  enum class Presence : std::uint8_t { kRequired, kOptional };
  struct Length {
    std::size_t least = 0;
    std::size_t most = 1600;
  };

  /// Members of the request itself. A value of another type counts as absent and is a violation.
  std::string_view text(std::string_view member, Presence presence, Length length = {1, 1600});
  std::string_view one_of(std::string_view member, Presence presence,
                          std::span<const std::string_view> values);
  std::optional<std::int64_t> integer(std::string_view member);
  std::optional<double> decimal(std::string_view member, Presence presence = Presence::kOptional);
  std::optional<bool> boolean(std::string_view member);
  /// Seconds since 1970, with fractions.
  std::optional<Microseconds> time(std::string_view member);
  std::vector<std::string_view> texts(std::string_view member, std::size_t count_max);
  /// A structure's members, or nullptr; what is read of it is named below `member`.
  const JsonNode* structure(std::string_view member);
  [[nodiscard]] bool has(std::string_view member) const;
  [[nodiscard]] const JsonNode& node() const { return *input_; }

  void violate(std::string violation) { violations_.push_back(std::move(violation)); }
  /// Reads the members of a structure, as `path` below the request.
  ScalingInput below(const JsonNode& node, std::string_view path) const;
  void take_violations(ScalingInput&& inner);

  /// "2 validation errors detected: …; …", or nothing.
  [[nodiscard]] ScalingResult<void> check() const;

 private:
  [[nodiscard]] std::string path(std::string_view member) const;
  void missing(std::string_view member);
  void wrong_type(std::string_view member, std::string_view wanted);

  const JsonNode* input_;
  std::string prefix_;
  std::vector<std::string> violations_;
};

/// ServiceNamespace, ResourceId and ScalableDimension, which together name a target.
struct TargetName {
  std::string_view service;
  std::string_view resource_id;
  std::string_view dimension;
};
TargetName read_target_name(ScalingInput& input);
/// Error: ValidationException where they name nothing that is scaled here.
ScalingResult<ScalableKey> key_of(const TargetName& name);

/// What the Describe operations select by.
struct Selection {
  bool nothing = false;  ///< of another service: there is nothing
  std::vector<std::string_view> resource_ids;
  std::string_view dimension;
  std::int64_t count_max = 0;
  std::size_t from = 0;  ///< position, out of NextToken

  [[nodiscard]] bool takes(const ScalableKey& key) const;
};
/// `count_max`: the most that a page has. Error: ValidationException, InvalidNextTokenException.
ScalingResult<Selection> read_selection(ScalingInput& input, std::int64_t count_max);

}  // namespace understudy::autoscaling
