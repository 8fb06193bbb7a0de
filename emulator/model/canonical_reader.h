// Reads canonical DynamoDB JSON back. The text was written by us: nothing is checked but what
// memory safety needs. Inside the model room: others call decode_canonical() or Item.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/check.h"
#include "emulator/base/text_scan.h"
#include "emulator/model/value.h"

namespace understudy {

class CanonicalReader {
 public:
  explicit CanonicalReader(std::string_view text)
      : at_(text.data()), end_(text.data() + text.size()) {}

  /// The text between the quotes of the string that starts here, escapes as they are.
  std::string_view read_raw_string();
  /// The string that starts here, in `arena` where it has escapes.
  std::string_view read_string(Arena& arena);
  Value read_value(Arena& arena);
  std::span<const MapEntry> read_entries(Arena& arena);

  /// Bytes of the string that starts here, unescaped.
  std::size_t skip_string();
  /// Billed bytes of the value that starts here.
  std::size_t skip_value();

  /// Moves past `c`, which must stand here.
  void expect(char c) {
    CHECK(at_ < end_ && *at_ == c);
    ++at_;
  }
  /// Moves past `c` if it stands here.
  bool take(char c) {
    if (at_ < end_ && *at_ == c) {
      ++at_;
      return true;
    }
    return false;
  }
  [[nodiscard]] const char* at() const { return at_; }

 private:
  ValueType read_type();
  bool skip_boolean();
  void skip_null() { skip(4); }
  void skip(std::ptrdiff_t bytes) {
    CHECK(end_ - at_ >= bytes);
    at_ += bytes;
  }
  std::size_t base64_size_bytes();
  std::size_t number_size();

  const char* at_;
  const char* end_;
};

}  // namespace understudy
