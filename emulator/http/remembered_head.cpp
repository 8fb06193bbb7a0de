#include "emulator/http/remembered_head.h"

namespace understudy {

void RememberedHead::remember(std::size_t place, std::string_view line, std::string_view name,
                              std::string_view value, KnownHeader known) {
  if (place >= lines_.size()) {
    return;
  }
  Line& remembered = lines_[place];
  if (line.size() > remembered.text.size()) {
    remembered.bytes = 0;
    return;
  }
  remembered.bytes = static_cast<std::uint8_t>(line.size());
  remembered.name_bytes = static_cast<std::uint8_t>(name.size());
  remembered.value_begin = static_cast<std::uint8_t>(value.data() - line.data());
  remembered.value_bytes = static_cast<std::uint8_t>(value.size());
  remembered.known = known;
  std::memcpy(remembered.text.data(), line.data(), line.size());
}

void RememberedHead::forget(std::size_t place) {
  if (place < lines_.size()) {
    lines_[place].bytes = 0;
  }
}

}  // namespace understudy
