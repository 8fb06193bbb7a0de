#include "emulator/cloudwatch/cbor_reader.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "emulator/base/decimal_text.h"
#include "emulator/base/utf8.h"

namespace understudy::cloudwatch {
namespace {

using Parsed = Expected<JsonNode, std::string_view>;

constexpr std::string_view kCutOff = "the document ends too early";
constexpr std::string_view kReserved = "a head of a reserved kind";
constexpr std::string_view kTooDeep = "too deeply nested";
constexpr std::string_view kNotUtf8 = "text that is not UTF-8";
constexpr std::string_view kNotFinite = "a number that is not finite";
constexpr std::string_view kMapKey = "a map's key that is not text";
constexpr std::string_view kBreakOutside = "a break outside of anything";
constexpr std::string_view kTrailing = "something after the document";

constexpr std::uint8_t kBreak = 0xFF;
constexpr std::uint8_t kIndefinite = 31;

enum Major : std::uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };

struct Head {
  std::uint8_t major = 0;
  std::uint8_t info = 0;    ///< lower five bits
  std::uint64_t value = 0;  ///< the argument; 0 where indefinite
  [[nodiscard]] bool indefinite() const { return info == kIndefinite; }
};

JsonNode text_node(JsonKind kind, std::string_view text) {
  JsonNode node;
  node.kind = kind;
  node.size = static_cast<std::uint32_t>(text.size());
  node.bytes = text.data();
  return node;
}

double half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int mantissa = bits & 1023;
  double value = 0;
  if (exponent == 0) {
    value = std::ldexp(mantissa, -24);
  } else if (exponent == 31) {
    value = INFINITY;
  } else {
    value = std::ldexp(mantissa + 1024, exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -value : value;
}

class Reader {
 public:
  Reader(std::string_view document, Arena& arena) : rest_(document), arena_(arena) {}

  Parsed value(int depth);
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  Expected<Head, std::string_view> head();
  [[nodiscard]] bool at_break() const {
    return !rest_.empty() && static_cast<std::uint8_t>(rest_[0]) == kBreak;
  }
  Expected<std::string_view, std::string_view> bytes(const Head& head);
  Parsed text(const Head& head);
  Parsed array(const Head& head, int depth);
  Parsed map(const Head& head, int depth);
  Parsed simple(const Head& head);
  Parsed decimal(double value);
  Parsed negative(std::uint64_t argument);
  template <class Append>
  Expected<bool, std::string_view> each(const Head& head, const Append& append);

  JsonNode number(JsonKind kind, const std::string& text) {
    return text_node(kind, arena_.copy(text));
  }

  std::string_view rest_;
  Arena& arena_;
};

Expected<Head, std::string_view> Reader::head() {
  if (rest_.empty()) {
    return Unexpected{kCutOff};
  }
  const auto first = static_cast<std::uint8_t>(rest_[0]);
  rest_.remove_prefix(1);
  Head head{static_cast<std::uint8_t>(first >> 5), static_cast<std::uint8_t>(first & 31), 0};
  constexpr std::uint8_t kInPlace = 24;
  if (head.info < kInPlace) {
    head.value = head.info;
    return head;
  }
  if (head.indefinite()) {
    const bool may = head.major == kBytes || head.major == kText || head.major == kArray ||
                     head.major == kMap || head.major == kSimple;
    return may ? Expected<Head, std::string_view>(head) : Unexpected{kReserved};
  }
  if (head.info > 27) {
    return Unexpected{kReserved};
  }
  const std::size_t length = std::size_t{1} << (head.info - kInPlace);
  if (rest_.size() < length) {
    return Unexpected{kCutOff};
  }
  for (std::size_t i = 0; i < length; ++i) {
    head.value = head.value << 8 | static_cast<std::uint8_t>(rest_[i]);
  }
  rest_.remove_prefix(length);
  return head;
}

/// A byte or text string, its chunks put together.
Expected<std::string_view, std::string_view> Reader::bytes(const Head& head) {
  if (!head.indefinite()) {
    if (head.value > rest_.size()) {
      return Unexpected{kCutOff};
    }
    const std::string_view taken = rest_.substr(0, head.value);
    rest_.remove_prefix(head.value);
    return taken;
  }
  ArenaVector<char> joined(arena_);
  while (!at_break()) {
    TRY(const Head chunk, this->head());
    if (chunk.major != head.major || chunk.indefinite()) {
      return Unexpected{kReserved};
    }
    TRY(const std::string_view part, bytes(chunk));
    joined.append(part);
  }
  rest_.remove_prefix(1);
  return std::string_view(joined.data(), joined.size());
}

Parsed Reader::text(const Head& head) {
  TRY(const std::string_view taken, bytes(head));
  if (head.major == kText && !is_valid_utf8(taken)) {
    return Unexpected{kNotUtf8};
  }
  return text_node(JsonKind::kString, taken);
}

/// Calls `append` as often as the head says there are elements.
template <class Append>
Expected<bool, std::string_view> Reader::each(const Head& head, const Append& append) {
  for (std::uint64_t i = 0; head.indefinite() ? !at_break() : i < head.value; ++i) {
    TRY(const bool more, append());
    if (!more) {
      break;
    }
  }
  if (head.indefinite()) {
    rest_.remove_prefix(1);
  }
  return true;
}

Parsed Reader::array(const Head& head, int depth) {
  ArenaVector<JsonNode> elements(arena_);
  TRY_VOID(each(head, [&]() -> Expected<bool, std::string_view> {
    TRY(const JsonNode element, value(depth + 1));
    elements.push_back(element);
    return true;
  }));
  JsonNode node;
  node.kind = JsonKind::kArray;
  node.size = static_cast<std::uint32_t>(elements.size());
  node.first_element = elements.data();
  return node;
}

Parsed Reader::map(const Head& head, int depth) {
  ArenaVector<JsonMember> members(arena_);
  TRY_VOID(each(head, [&]() -> Expected<bool, std::string_view> {
    TRY(const Head key, this->head());
    if (key.major != kText) {
      return Unexpected{kMapKey};
    }
    TRY(const JsonNode name, text(key));
    TRY(const JsonNode element, value(depth + 1));
    members.push_back({name.text(), element});
    return true;
  }));
  JsonNode node;
  node.kind = JsonKind::kObject;
  node.size = static_cast<std::uint32_t>(members.size());
  node.first_member = members.data();
  return node;
}

Parsed Reader::decimal(double value) {
  if (!std::isfinite(value)) {
    return Unexpected{kNotFinite};
  }
  return number(JsonKind::kDecimal, decimal_text(value));
}

Parsed Reader::negative(std::uint64_t argument) {
  if (argument <= INT64_MAX) {
    return number(JsonKind::kInteger, std::to_string(-1 - static_cast<std::int64_t>(argument)));
  }
  return decimal(-1.0 - static_cast<double>(argument));
}

Parsed Reader::simple(const Head& head) {
  JsonNode node;
  switch (head.info) {
    case 20:
      node.kind = JsonKind::kFalse;
      return node;
    case 21:
      node.kind = JsonKind::kTrue;
      return node;
    case 22:
    case 23:
      return node;
    case 25:
      return decimal(half(static_cast<std::uint16_t>(head.value)));
    case 26:
      return decimal(std::bit_cast<float>(static_cast<std::uint32_t>(head.value)));
    case 27:
      return decimal(std::bit_cast<double>(head.value));
    case kIndefinite:
      return Unexpected{kBreakOutside};
    default:
      return Unexpected{kReserved};
  }
}

Parsed Reader::value(int depth) {
  if (depth > kCborDepthMax) {
    return Unexpected{kTooDeep};
  }
  TRY(const Head head, this->head());
  switch (head.major) {
    case kUnsigned:
      return number(JsonKind::kInteger, std::to_string(head.value));
    case kNegative:
      return negative(head.value);
    case kBytes:
    case kText:
      return text(head);
    case kArray:
      return array(head, depth);
    case kMap:
      return map(head, depth);
    case kTag:
      return value(depth + 1);
    default:
      return simple(head);
  }
}

}  // namespace

Expected<JsonNode, std::string_view> parse_cbor(std::string_view document, Arena& arena) {
  Reader reader(document, arena);
  TRY(const JsonNode root, reader.value(0));
  if (!reader.at_end()) {
    return Unexpected{kTrailing};
  }
  return root;
}

}  // namespace understudy::cloudwatch
