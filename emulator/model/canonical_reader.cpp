#include "emulator/model/canonical_reader.h"

#include <cstring>

#include "emulator/base/base64.h"
#include "emulator/base/json.h"

namespace understudy {
namespace {

bool has_escapes(std::string_view raw) {
  return !raw.empty() && std::memchr(raw.data(), '\\', raw.size()) != nullptr;
}

Number trusted_number(std::string_view text) {
  const auto number = parse_number(text);
  CHECK(number.has_value());
  return *number;
}

std::string_view trusted_base64(std::string_view text, Arena& arena) {
  const auto raw = decode_base64(text, arena);
  CHECK(raw.has_value());
  return *raw;
}

}  // namespace

std::string_view CanonicalReader::read_raw_string() {
  expect('"');
  const char* const start = at_;
  for (;;) {
    at_ = find_json_special<NonAscii::kIsPlain>(at_, end_);
    CHECK(at_ < end_);
    if (*at_ == '"') {
      ++at_;
      return {start, static_cast<std::size_t>(at_ - start - 1)};
    }
    CHECK(end_ - at_ >= 2);
    at_ += 2;  // A backslash and what it escapes, or its first letter.
  }
}

std::string_view CanonicalReader::read_string(Arena& arena) {
  const std::string_view raw = read_raw_string();
  return has_escapes(raw) ? unescape_json(raw, arena) : raw;
}

bool CanonicalReader::skip_boolean() {
  const bool value = take('t');
  skip(value ? 3 : 5);
  return value;
}

ValueType CanonicalReader::read_type() {
  expect('{');
  const std::string_view tag = read_raw_string();
  expect(':');
  CHECK(!tag.empty());
  switch (tag[0]) {
    case 'S':
      return tag.size() == 1 ? ValueType::kString : ValueType::kStringSet;
    case 'N':
      return tag.size() == 1   ? ValueType::kNumber
             : tag.size() == 2 ? ValueType::kNumberSet
                               : ValueType::kNull;
    case 'B':
      return tag.size() == 1   ? ValueType::kBinary
             : tag.size() == 2 ? ValueType::kBinarySet
                               : ValueType::kBool;
    case 'L':
      return ValueType::kList;
    default:
      CHECK(tag[0] == 'M');
      return ValueType::kMap;
  }
}

Value CanonicalReader::read_value(Arena& arena) {
  Value value;
  const ValueType type = read_type();
  switch (type) {
    case ValueType::kString: {
      const std::string_view raw = read_raw_string();
      const bool plain = !has_escapes(raw);
      value = Value::string(plain ? raw : unescape_json(raw, arena));
      value.plain = plain;
      break;
    }
    case ValueType::kNumber:
      value = Value::number(arena.make<Number>(trusted_number(read_raw_string())));
      break;
    case ValueType::kBinary:
      value = Value::binary(trusted_base64(read_raw_string(), arena));
      break;
    case ValueType::kBool:
      value = Value::boolean_of(skip_boolean());
      break;
    case ValueType::kNull:
      skip_null();
      break;
    case ValueType::kStringSet:
    case ValueType::kBinarySet: {
      ArenaVector<std::string_view> members(arena);
      expect('[');
      do {
        members.push_back(type == ValueType::kStringSet ? read_string(arena)
                                                        : trusted_base64(read_raw_string(), arena));
      } while (take(','));
      expect(']');
      value = Value::string_set_of(type, members.span());
      break;
    }
    case ValueType::kNumberSet: {
      ArenaVector<Number> members(arena);
      expect('[');
      do {
        members.push_back(trusted_number(read_raw_string()));
      } while (take(','));
      expect(']');
      value = Value::number_set_of(members.span());
      break;
    }
    case ValueType::kList: {
      ArenaVector<Value> elements(arena);
      expect('[');
      if (!take(']')) {
        do {
          elements.push_back(read_value(arena));
        } while (take(','));
        expect(']');
      }
      value = Value::list_of(elements.span());
      break;
    }
    case ValueType::kMap:
      value = Value::map_of(read_entries(arena));
      break;
  }
  expect('}');
  return value;
}

std::span<const MapEntry> CanonicalReader::read_entries(Arena& arena) {
  ArenaVector<MapEntry> entries(arena);
  expect('{');
  if (!take('}')) {
    do {
      const std::string_view name = read_string(arena);
      expect(':');
      entries.push_back({name, read_value(arena)});
    } while (take(','));
    expect('}');
  }
  return entries.span();
}

std::size_t CanonicalReader::skip_string() {
  const std::string_view raw = read_raw_string();
  std::size_t size = raw.size();
  if (!has_escapes(raw)) {
    return size;
  }
  // Canonical escapes stand for one byte each: two characters, or six for \u00xx.
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\\') {
      const std::size_t length = raw[i + 1] == 'u' ? 6 : 2;
      size -= length - 1;
      i += length - 1;
    }
  }
  return size;
}

std::size_t CanonicalReader::base64_size_bytes() {
  const std::string_view text = read_raw_string();
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  return text.size() / 4 * 3 - padding;
}

std::size_t CanonicalReader::number_size() {
  return number_size_bytes(trusted_number(read_raw_string()));
}

std::size_t CanonicalReader::skip_value() {
  std::size_t size = 0;
  const ValueType type = read_type();
  const auto add_members = [&](auto member_size) {
    expect('[');
    if (!take(']')) {
      do {
        size += member_size();
      } while (take(','));
      expect(']');
    }
  };
  switch (type) {
    case ValueType::kString:
      size = skip_string();
      break;
    case ValueType::kNumber:
      size = number_size();
      break;
    case ValueType::kBinary:
      size = base64_size_bytes();
      break;
    case ValueType::kBool:
      skip_boolean();
      size = 1;
      break;
    case ValueType::kNull:
      skip_null();
      size = 1;
      break;
    case ValueType::kStringSet:
      add_members([this] { return skip_string(); });
      break;
    case ValueType::kNumberSet:
      add_members([this] { return number_size(); });
      break;
    case ValueType::kBinarySet:
      add_members([this] { return base64_size_bytes(); });
      break;
    case ValueType::kList:
      size = kContainerSizeBytes;
      add_members([this] { return kElementSizeBytes + skip_value(); });
      break;
    case ValueType::kMap:
      size = kContainerSizeBytes;
      expect('{');
      if (!take('}')) {
        do {
          const std::size_t name_size = skip_string();
          expect(':');
          size += kElementSizeBytes + name_size + skip_value();
        } while (take(','));
        expect('}');
      }
      break;
  }
  expect('}');
  return size;
}

}  // namespace understudy
