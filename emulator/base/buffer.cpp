#include "emulator/base/buffer.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "emulator/base/check.h"
#include "emulator/base/json_string.h"

namespace understudy {
namespace {

constexpr std::size_t kFirstCapacity = 512;
}  // namespace

void Buffer::reallocate(std::size_t wanted) {
  const std::size_t capacity = std::max({wanted, capacity_ * 2, kFirstCapacity});
  void* const data = std::realloc(data_, capacity);
  if (data == nullptr) {
    throw std::bad_alloc();  // As every container: it costs the request, not the server.
  }
  data_ = static_cast<char*>(data);
  capacity_ = capacity;
}

void append_json_string(Buffer& out, std::string_view text) {
  write_json_string(out, text);
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
