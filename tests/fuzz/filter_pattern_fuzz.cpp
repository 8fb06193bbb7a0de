// A pattern, a zero byte, an event: neither reading nor matching may fail, whatever they are.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "streams/mappings/filter_pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\0'), input.size());
  const auto pattern = understudy::FilterPattern::parse(input.substr(0, end));
  if (!pattern) {
    return 0;
  }
  understudy::Arena arena;
  const auto event = understudy::parse_json(input.substr(std::min(end + 1, input.size())), arena);
  if (event) {
    static_cast<void>((*pattern)->matches(*event));
  }
  return 0;
}
