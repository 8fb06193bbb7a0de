// ScalingError: an error of Application Auto Scaling, as a value. JSON 1.1: a bare `__type`, and
// `Message`.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "emulator/base/expected.h"

namespace understudy::autoscaling {

struct ScalingError {
  std::string_view type;  ///< "ValidationException"; static
  std::string message;
};
template <class T>
using ScalingResult = Expected<T, ScalingError>;

inline Unexpected<ScalingError> invalid_scaling(std::string message) {
  return {ScalingError{"ValidationException", std::move(message)}};
}
inline Unexpected<ScalingError> scaling_object_not_found(std::string message) {
  return {ScalingError{"ObjectNotFoundException", std::move(message)}};
}

}  // namespace understudy::autoscaling
