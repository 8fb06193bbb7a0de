#include "emulator/base/buffer.h"

#include <algorithm>
#include <cmath>

#include "emulator/base/check.h"
#include "emulator/base/text_scan.h"

namespace understudy {
namespace {

constexpr std::size_t kFirstCapacity = 512;
constexpr std::string_view kHexDigits = "0123456789abcdef";

void append_escape(Buffer& out, char c) {
  switch (c) {
    case '"':
      out.append("\\\"");
      return;
    case '\\':
      out.append("\\\\");
      return;
    case '\b':
      out.append("\\b");
      return;
    case '\f':
      out.append("\\f");
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  const char escape[] = {'\\', 'u', '0', '0', kHexDigits[byte >> 4], kHexDigits[byte & 15]};
  out.append({escape, sizeof(escape)});
}

}  // namespace

void Buffer::reallocate(std::size_t wanted) {
  const std::size_t capacity = std::max({wanted, capacity_ * 2, kFirstCapacity});
  data_ = static_cast<char*>(std::realloc(data_, capacity));
  CHECK(data_ != nullptr);
  capacity_ = capacity;
}

void append_json_string(Buffer& out, std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const char* special = find_json_special<NonAscii::kIsPlain>(at, end);
  char* to = out.grow(text.size() + 2);
  if (special == end) {
    to[0] = '"';
    if (!text.empty()) {
      std::memcpy(to + 1, at, text.size());
    }
    to[text.size() + 1] = '"';
    out.commit(text.size() + 2);
    return;
  }
  out.append('"');
  while (special != end) {
    out.append({at, static_cast<std::size_t>(special - at)});
    append_escape(out, *special);
    at = special + 1;
    special = find_json_special<NonAscii::kIsPlain>(at, end);
  }
  out.append({at, static_cast<std::size_t>(end - at)});
  out.append('"');
}

bool is_plain_json(std::string_view text) {
  const char* const end = text.data() + text.size();
  return find_json_special<NonAscii::kIsPlain>(text.data(), end) == end;
}

void JsonWriter::decimal(double value) {
  separate();
  comma_ = true;
  // Thousandths: half units and milliseconds are all that is ever written.
  constexpr double kLargestExact = 9e15;
  const double scaled = value * 1000.0;
  CHECK(std::abs(scaled) < kLargestExact);
  std::int64_t thousandths = std::llround(scaled);
  if (thousandths < 0) {
    out_->append('-');
    thousandths = -thousandths;
  }
  out_->append_integer(thousandths / 1000);
  const auto fraction = static_cast<int>(thousandths % 1000);
  const char digits[] = {'.', static_cast<char>('0' + fraction / 100),
                         static_cast<char>('0' + fraction / 10 % 10),
                         static_cast<char>('0' + fraction % 10)};
  std::size_t length = sizeof(digits);
  while (length > 2 && digits[length - 1] == '0') {
    --length;
  }
  out_->append({digits, length});
}

}  // namespace understudy
