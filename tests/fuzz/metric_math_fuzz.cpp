// Text → expression over two metrics: nothing crashes, results are numbers.
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "emulator/base/check.h"
#include "emulator/cloudwatch/metric_math.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy::cloudwatch;  // NOLINT(google-build-using-namespace)
  using understudy::kMinute;
  const TimeSeries series{"m1", 60, {{0, 1}, {kMinute, 0}, {3 * kMinute, -2.5}}};
  MathContext context;
  context.end = 5 * kMinute;
  context.find = [&](std::string_view id) -> MathResult<MathValue> {
    if (id == "m1" || id == "m2") {
      return MathValue(series);
    }
    return understudy::Unexpected{std::string("undefined")};
  };
  context.metrics = [&] { return SeriesArray{series, series}; };
  const auto value = evaluate_math({reinterpret_cast<const char*>(data), size}, context);
  if (value && std::holds_alternative<TimeSeries>(*value)) {
    for (const auto& [time, each] : std::get<TimeSeries>(*value).points) {
      CHECK(std::isfinite(each));
    }
  }
  return 0;
}
