// JSON strings as they are written, for any sink of bytes: append_json_string() is this for a
// Buffer.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>

#include "emulator/base/text_scan.h"

namespace understudy {

/// Where text is written to: grow(n) gives room for n more bytes, commit(n) keeps n of them.
template <class T>
concept ByteSink = requires(T& sink, std::size_t bytes, std::string_view text) {
  { sink.grow(bytes) } -> std::same_as<char*>;
  sink.commit(bytes);
  sink.append(text);
  sink.append('c');
};

/// Writes the escape of `c`, a byte that may not stand as it is, and returns its length, at most
/// kEscapeMax.
inline constexpr std::size_t kEscapeMax = 6;
std::size_t write_json_escape(char c, char* to);

/// Appends `text` with its quotes and canonical escapes.
template <ByteSink Sink>
void write_json_string(Sink& out, std::string_view text) {
  char* to = out.grow(text.size() + 2);
  if (copy_plain_json(text, to + 1)) [[likely]] {
    to[0] = '"';
    to[text.size() + 1] = '"';
    out.commit(text.size() + 2);
    return;
  }
  const char* at = text.data();
  const char* const end = at + text.size();
  const char* special = find_json_special<NonAscii::kIsPlain>(at, end);
  out.append('"');
  while (special != end) {
    out.append(std::string_view(at, static_cast<std::size_t>(special - at)));
    out.commit(write_json_escape(*special, out.grow(kEscapeMax)));
    at = special + 1;
    special = find_json_special<NonAscii::kIsPlain>(at, end);
  }
  out.append(std::string_view(at, static_cast<std::size_t>(end - at)));
  out.append('"');
}

}  // namespace understudy
