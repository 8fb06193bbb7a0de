#include "emulator/api/content_coding.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "emulator/base/ascii.h"
#include "emulator/base/check.h"

namespace understudy {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: 15 bits of window, +16 for the gzip wrapper
constexpr int kZlibWindow = 15;
constexpr std::size_t kUnpackStep = std::size_t{64} * 1024;
constexpr std::size_t kCodingsMax = 4;
// Any level will do; this one costs a third of zlib's default.
constexpr int kCompressionLevel = 2;

/// Weight of an entry of Accept-Encoding. The service looks for the first "q=" wherever it stands
/// ("nq=0" counts, "q =0" does not), takes what cannot be read for 1 and more than 1 for 1.
double weight_of(std::string_view parameters) {
  const auto is_q = [](char a, char b) { return lower(a) == b; };
  constexpr std::string_view kMark = "q=";
  const auto* const found =
      std::search(parameters.begin(), parameters.end(), kMark.begin(), kMark.end(), is_q);
  if (found == parameters.end()) {
    return 1.0;
  }
  parameters.remove_prefix(static_cast<std::size_t>(found - parameters.begin()) + kMark.size());
  const std::string_view text = trim(take_until(parameters, ';'));
  double weight = 1.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
  if (error != std::errc() || end != text.data() + text.size()) {
    return 1.0;
  }
  return std::clamp(weight, 0.0, 1.0);
}

struct Weights {
  std::optional<double> gzip;
  std::optional<double> deflate;
  std::optional<double> any;
  bool deflate_first = false;  ///< deflate was listed before gzip
};

Weights read_weights(std::string_view accept) {
  Weights weights;
  const auto raise = [](std::optional<double>& to, double weight) {
    to = std::max(to.value_or(0.0), weight);
  };
  while (!accept.empty()) {
    std::string_view parameters = take_until(accept, ',');
    const std::string_view name = trim(take_until(parameters, ';'));
    const double weight = weight_of(parameters);
    if (equals_ignoring_case(name, "gzip")) {
      raise(weights.gzip, weight);
    } else if (equals_ignoring_case(name, "deflate")) {
      weights.deflate_first = weights.deflate_first || !weights.gzip.has_value();
      raise(weights.deflate, weight);
    } else if (name == "*") {
      raise(weights.any, weight);
    }
  }
  return weights;
}

/// zlib's inflate with its state released.
class Inflater {
 public:
  explicit Inflater(int window) : ready_(inflateInit2(&stream_, window) == Z_OK) {}
  ~Inflater() {
    if (ready_) {
      inflateEnd(&stream_);
    }
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  [[nodiscard]] bool ready() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_;
};

/// Unpacks the member that starts at stream.next_in.
Decoded unpack_member(z_stream& stream, std::size_t bytes_max, Buffer& out) {
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(out.grow(kUnpackStep));
    stream.avail_out = kUnpackStep;
    const int result = inflate(&stream, Z_NO_FLUSH);
    out.commit(kUnpackStep - stream.avail_out);
    if (out.size() > bytes_max) {
      return Decoded::kTooLarge;
    }
    if (result == Z_STREAM_END) {
      return Decoded::kDecoded;
    }
    const bool stuck = stream.avail_in == 0 && stream.avail_out != 0;
    if (result != Z_OK || stuck) {
      return Decoded::kBroken;
    }
  }
}

Decoded unpack(std::string_view packed, Coding coding, std::size_t bytes_max, Buffer& out) {
  Inflater inflater(coding == Coding::kGzip ? kGzipWindow : kZlibWindow);
  if (!inflater.ready() || packed.empty()) {
    return Decoded::kBroken;
  }
  z_stream& stream = inflater.stream();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  const Decoded first = unpack_member(stream, bytes_max, out);
  if (first != Decoded::kDecoded || coding == Coding::kDeflate) {
    return first;
  }
  // gzip allows several members in a row (RFC 1952, 2.2).
  while (stream.avail_in > 2 && stream.next_in[0] == 0x1F && stream.next_in[1] == 0x8B) {
    inflateReset(&stream);
    const Decoded next = unpack_member(stream, bytes_max, out);
    if (next != Decoded::kDecoded) {
      return next;
    }
  }
  return Decoded::kDecoded;
}

}  // namespace

Coding choose_coding(std::string_view accept) {
  if (accept.empty() || equals_ignoring_case(accept, "identity")) {
    return Coding::kIdentity;  // what nearly every SDK sends
  }
  const Weights weights = read_weights(accept);
  // The wildcard stands for the best coding that is not listed.
  const bool any_is_gzip = !weights.gzip.has_value();
  const bool any_is_deflate = !any_is_gzip && !weights.deflate.has_value();
  const double any = any_is_gzip || any_is_deflate ? weights.any.value_or(0.0) : 0.0;
  const double gzip = weights.gzip.value_or(0.0);
  const double deflate = weights.deflate.value_or(0.0);
  const double listed = std::max(gzip, deflate);
  if (any > listed) {
    return any_is_gzip ? Coding::kGzip : Coding::kDeflate;
  }
  if (listed <= 0.0) {
    return Coding::kIdentity;
  }
  const bool deflate_wins = deflate > gzip || (deflate == gzip && weights.deflate_first);
  return deflate_wins ? Coding::kDeflate : Coding::kGzip;
}

std::string_view coding_name(Coding coding) {
  switch (coding) {
    case Coding::kIdentity:
      return {};
    case Coding::kGzip:
      return "gzip";
    case Coding::kDeflate:
      return "deflate";
  }
  return {};
}

void compress(std::string_view body, Coding coding, Buffer& out) {
  z_stream stream{};
  const int window = coding == Coding::kGzip ? kGzipWindow : kZlibWindow;
  CHECK(deflateInit2(&stream, kCompressionLevel, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) ==
        Z_OK);
  const std::size_t room = deflateBound(&stream, body.size());
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.grow(room));
  stream.avail_out = static_cast<uInt>(room);
  const int result = deflate(&stream, Z_FINISH);
  CHECK(result == Z_STREAM_END);
  out.commit(room - stream.avail_out);
  deflateEnd(&stream);
}

Decoded decompress(std::string_view body, std::string_view content_encoding, std::size_t bytes_max,
                   Buffer& out) {
  std::array<Coding, kCodingsMax> codings{};
  std::size_t count = 0;
  while (!content_encoding.empty()) {
    const std::string_view name = trim(take_until(content_encoding, ','));
    if (name.empty() || equals_ignoring_case(name, "identity")) {
      continue;  // Assumed: identity is a coding that does nothing, also for the service.
    }
    if (count == kCodingsMax) {
      return Decoded::kBroken;
    }
    if (equals_ignoring_case(name, "gzip")) {
      codings[count++] = Coding::kGzip;
    } else if (equals_ignoring_case(name, "deflate")) {
      codings[count++] = Coding::kDeflate;
    } else {
      return Decoded::kBroken;
    }
  }
  Buffer previous;
  for (std::size_t i = count; i > 0; --i) {
    out.clear();
    const Decoded result = unpack(body, codings[i - 1], bytes_max, out);
    if (result != Decoded::kDecoded) {
      return result;
    }
    if (i > 1) {
      std::swap(previous, out);
      body = previous.view();
    }
  }
  return count == 0 ? Decoded::kPlain : Decoded::kDecoded;
}

}  // namespace understudy
