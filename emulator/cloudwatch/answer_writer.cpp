#include "emulator/cloudwatch/answer_writer.h"

#include <bit>
#include <utility>

#include "emulator/base/decimal_text.h"
#include "emulator/table/date_text.h"

namespace understudy::cloudwatch {
namespace {

constexpr std::string_view kNamespace = "http://monitoring.amazonaws.com/doc/2010-08-01/";

// CBOR's major types, in the upper three bits.
constexpr std::uint8_t kMajorUnsigned = 0;
constexpr std::uint8_t kMajorNegative = 1;
constexpr std::uint8_t kMajorText = 3;
constexpr std::uint8_t kMajorTag = 6;
constexpr char kListOfAnyLength = static_cast<char>(0x9F);
constexpr char kMapOfAnyLength = static_cast<char>(0xBF);
constexpr char kEndOfList = static_cast<char>(0xFF);
constexpr char kFalse = static_cast<char>(0xF4);
constexpr char kTrue = static_cast<char>(0xF5);
constexpr char kDouble = static_cast<char>(0xFB);
constexpr std::uint64_t kEpochTag = 1;

void append_big_endian(Buffer& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out.append(static_cast<char>(value >> shift & 0xFF));
  }
}

}  // namespace

void append_decimal(Buffer& out, double value) {
  out.append(decimal_text(value));
}

std::string xml_time(Microseconds time) {
  std::string text = iso_text(time);
  constexpr std::string_view kNoMilliseconds = ".000";
  if (text.ends_with(kNoMilliseconds)) {
    text.resize(text.size() - kNoMilliseconds.size());
  }
  return text + "Z";
}

void JsonAnswer::decimal(double value) {
  Buffer text;
  append_decimal(text, value);
  out_.raw(text.view());
}

void JsonAnswer::time(Microseconds value) {
  decimal(static_cast<double>(value) / 1e6);
}

void CborAnswer::head(std::uint8_t major, std::uint64_t value) {
  const auto type = static_cast<std::uint8_t>(major << 5);
  constexpr std::uint64_t kInPlace = 24;
  if (value < kInPlace) {
    out_.append(static_cast<char>(type | value));
  } else if (value <= UINT8_MAX) {
    out_.append(static_cast<char>(type | 24));
    append_big_endian(out_, value, 1);
  } else if (value <= UINT16_MAX) {
    out_.append(static_cast<char>(type | 25));
    append_big_endian(out_, value, 2);
  } else if (value <= UINT32_MAX) {
    out_.append(static_cast<char>(type | 26));
    append_big_endian(out_, value, 4);
  } else {
    out_.append(static_cast<char>(type | 27));
    append_big_endian(out_, value, 8);
  }
}

void CborAnswer::begin_structure() {
  out_.append(kMapOfAnyLength);
}
void CborAnswer::end_structure() {
  out_.append(kEndOfList);
}
void CborAnswer::begin_list() {
  out_.append(kListOfAnyLength);
}
void CborAnswer::end_list() {
  out_.append(kEndOfList);
}
void CborAnswer::begin_map() {
  out_.append(kMapOfAnyLength);
}
void CborAnswer::end_map() {
  out_.append(kEndOfList);
}

void CborAnswer::string(std::string_view value) {
  head(kMajorText, value.size());
  out_.append(value);
}

void CborAnswer::integer(std::int64_t value) {
  if (value < 0) {
    head(kMajorNegative, static_cast<std::uint64_t>(-(value + 1)));
  } else {
    head(kMajorUnsigned, static_cast<std::uint64_t>(value));
  }
}

void CborAnswer::decimal(double value) {
  out_.append(kDouble);
  append_big_endian(out_, std::bit_cast<std::uint64_t>(value), 8);
}

void CborAnswer::boolean(bool value) {
  out_.append(value ? kTrue : kFalse);
}

void CborAnswer::time(Microseconds value) {
  head(kMajorTag, kEpochTag);
  decimal(static_cast<double>(value) / 1e6);
}

void append_xml_text(Buffer& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out.append("&amp;");
        break;
      case '<':
        out.append("&lt;");
        break;
      case '>':
        out.append("&gt;");
        break;
      case '"':
        out.append("&quot;");
        break;
      case '\r':
        out.append("&#xD;");
        break;
      default:
        if (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t') {
          out.append("\xEF\xBF\xBD");
        } else {
          out.append(c);
        }
    }
  }
}

void XmlAnswer::begin_response(std::string_view operation) {
  operation_ = operation;
  out_.append("<");
  out_.append(operation);
  out_.append("Response xmlns=\"");
  out_.append(kNamespace);
  out_.append("\">");
  name_ = operation_ + "Result";
}

void XmlAnswer::end_response(std::string_view request_id) {
  out_.append("<ResponseMetadata><RequestId>");
  out_.append(request_id);
  out_.append("</RequestId></ResponseMetadata></");
  out_.append(operation_);
  out_.append("Response>");
}

XmlAnswer::Level XmlAnswer::begin_value() {
  Level level{Kind::kStructure, {}, false};
  const Kind around = levels_.empty() ? Kind::kStructure : levels_.back().kind;
  switch (around) {
    case Kind::kStructure:
      level.tag = std::exchange(name_, {});
      break;
    case Kind::kList:
      level.tag = "member";
      break;
    case Kind::kMap:
      out_.append("<entry><key>");
      append_xml_text(out_, std::exchange(name_, {}));
      out_.append("</key>");
      level.tag = "value";
      level.in_entry = true;
      break;
  }
  out_.append("<");
  out_.append(level.tag);
  out_.append(">");
  return level;
}

void XmlAnswer::end_value(const Level& level) {
  out_.append("</");
  out_.append(level.tag);
  out_.append(level.in_entry ? "></entry>" : ">");
}

void XmlAnswer::open(Kind kind) {
  Level level = begin_value();
  level.kind = kind;
  levels_.push_back(std::move(level));
}

void XmlAnswer::close() {
  end_value(levels_.back());
  levels_.pop_back();
}

void XmlAnswer::scalar(std::string_view text) {
  const Level level = begin_value();
  append_xml_text(out_, text);
  end_value(level);
}

void XmlAnswer::string(std::string_view value) {
  scalar(value);
}
void XmlAnswer::integer(std::int64_t value) {
  scalar(std::to_string(value));
}
void XmlAnswer::decimal(double value) {
  Buffer text;
  append_decimal(text, value);
  scalar(text.view());
}
void XmlAnswer::boolean(bool value) {
  scalar(value ? "true" : "false");
}
void XmlAnswer::time(Microseconds value) {
  scalar(xml_time(value));
}

}  // namespace understudy::cloudwatch
