#include "emulator/model/key_codec.h"

#include <array>
#include <cstring>

#include "emulator/base/check.h"

namespace understudy {
namespace {

// The service's storage form of a number: a byte of sign and base-100 exponent, then base-100
// digits, aligned at the decimal point. Each digit is stored one higher, or for negative numbers as
// its complement to 101; a negative number that could be a prefix of another ends with 102. Source:
// DLT:db/index.js, checked there against production scan orders.
constexpr int kDigitPairsMax = 20;
constexpr int kExponentBias = 64;
constexpr char kZeroByte = static_cast<char>(0x80);
constexpr char kNegativeEnd = 102;

std::string_view encode_number(const Number& number, Arena& arena) {
  if (number.digits == 0) {
    char* zero = arena.make<char>(kZeroByte);
    return {zero, 1};
  }
  std::array<char, 40> digits;
  int count = count_digits(number.digits);
  unsigned __int128 rest = number.digits;
  for (int i = count - 1; i >= 0; --i) {
    digits[static_cast<std::size_t>(i)] = static_cast<char>(rest % 10);
    rest /= 10;
  }
  // Digits in front of the decimal point; an odd number of them begins with half a pair.
  const int whole_digits = number.exponent + count;
  const int half = whole_digits % 2 != 0 ? 1 : 0;
  const int pairs = (count + half + 1) / 2;
  const auto digit = [&](int i) {
    return i >= 0 && i < count ? digits[static_cast<std::size_t>(i)] : 0;
  };

  const bool ends = number.negative && pairs < kDigitPairsMax;
  const std::size_t bytes = 1 + static_cast<std::size_t>(pairs) + (ends ? 1 : 0);
  char* const start = static_cast<char*>(arena.allocate(bytes, 1));
  const int exponent = (whole_digits + half) / 2 - kExponentBias;
  start[0] = static_cast<char>(number.negative ? ~exponent : exponent);
  for (int i = 0; i < pairs; ++i) {
    const int pair = digit(2 * i - half) * 10 + digit(2 * i - half + 1);
    start[1 + i] = static_cast<char>(number.negative ? 101 - pair : pair + 1);
  }
  if (ends) {
    start[1 + pairs] = kNegativeEnd;
  }
  return {start, bytes};
}

/// The value of a key attribute, or nullptr where it is absent or of another type.
const Value* key_value(const KeyAttribute& key, std::span<const MapEntry> attributes) {
  const Value* value = find(attributes, key.name);
  return value != nullptr && value->is(key.type) ? value : nullptr;
}

/// Appends the values of `keys` in self-delimiting form; false where `value_of` has none.
template <class ValueOf>
bool append_parts(ArenaVector<char>& to, const std::vector<KeyAttribute>& keys, ValueOf value_of,
                  Arena& arena) {
  for (const KeyAttribute& key : keys) {
    const std::optional<Value> value = value_of(key);
    if (!value) {
      return false;
    }
    append_key_part(to, encode_key_value(*value, arena));
  }
  return true;
}

template <class ValueOf>
std::optional<std::string_view> encode_partition(const std::vector<KeyAttribute>& keys,
                                                 ValueOf value_of, Arena& arena) {
  if (keys.size() == 1) {
    const std::optional<Value> value = value_of(keys[0]);
    if (!value) {
      return std::nullopt;
    }
    return encode_key_value(*value, arena);
  }
  ArenaVector<char> parts(arena);
  if (!append_parts(parts, keys, value_of, arena)) {
    return std::nullopt;
  }
  return std::string_view(parts.data(), parts.size());
}

template <class ValueOf>
std::optional<EncodedKey> encode_entry_key(const KeySchema& index, const KeySchema& table,
                                           ValueOf value_of, Arena& arena) {
  const auto partition = encode_partition(index.partition, value_of, arena);
  if (!partition) {
    return std::nullopt;
  }
  ArenaVector<char> sort(arena);
  if (!append_parts(sort, index.sort, value_of, arena)) {
    return std::nullopt;
  }
  CHECK(append_parts(sort, table.partition, value_of, arena) &&
        append_parts(sort, table.sort, value_of, arena));
  return EncodedKey{*partition, {sort.data(), sort.size()}, hash_partition_key(*partition)};
}

}  // namespace

std::string_view encode_key_value(const Value& value, Arena& arena) {
  if (value.is(ValueType::kNumber)) {
    return encode_number(value.number(), arena);
  }
  CHECK(value.is(ValueType::kString) || value.is(ValueType::kBinary));
  return value.text();
}

void append_key_part(ArenaVector<char>& to, std::string_view encoded_value) {
  constexpr std::string_view kEscapedZero("\0\xFF", 2);
  constexpr std::string_view kEnd("\0\1", 2);
  for (;;) {
    const std::size_t zero = encoded_value.find('\0');
    to.append(encoded_value.substr(0, zero));
    if (zero == std::string_view::npos) {
      break;
    }
    to.append(kEscapedZero);
    encoded_value.remove_prefix(zero + 1);
  }
  to.append(kEnd);
}

std::optional<std::string_view> after_prefix(std::string_view prefix, Arena& arena) {
  const std::size_t last = prefix.find_last_not_of('\xFF');
  if (last == std::string_view::npos) {
    return std::nullopt;
  }
  char* const start = static_cast<char*>(arena.allocate(last + 1, 1));
  std::memcpy(start, prefix.data(), last + 1);
  start[last] = static_cast<char>(static_cast<unsigned char>(start[last]) + 1);
  return std::string_view(start, last + 1);
}

EncodedKey encode_table_key(const KeySchema& schema, std::span<const MapEntry> attributes,
                            Arena& arena, Hashing hashing) {
  CHECK(schema.partition.size() == 1 && schema.sort.size() <= 1);
  const Value* partition = key_value(schema.partition[0], attributes);
  CHECK(partition != nullptr);
  if (schema.sort.empty()) {
    return encode_table_key(*partition, nullptr, arena, hashing);
  }
  const Value* sort = key_value(schema.sort[0], attributes);
  CHECK(sort != nullptr);
  return encode_table_key(*partition, sort, arena, hashing);
}

EncodedKey encode_table_key(const Value& partition, const Value* sort, Arena& arena,
                            Hashing hashing) {
  EncodedKey key;
  key.partition = encode_key_value(partition, arena);
  if (sort != nullptr) {
    key.sort = encode_key_value(*sort, arena);
  }
  if (hashing == Hashing::kNow) {
    key.hash = hash_partition_key(key.partition);
  }
  return key;
}

std::optional<EncodedKey> encode_index_key(const KeySchema& index, const KeySchema& table,
                                           const Item& item, Arena& arena) {
  const auto value_of = [&](const KeyAttribute& key) {
    std::optional<Value> value = item.value(key.name, arena);
    return value && value->is(key.type) ? value : std::nullopt;
  };
  return encode_entry_key(index, table, value_of, arena);
}

std::optional<EncodedKey> encode_index_key(const KeySchema& index, const KeySchema& table,
                                           std::span<const MapEntry> attributes, Arena& arena) {
  const auto value_of = [&](const KeyAttribute& key) {
    const Value* value = key_value(key, attributes);
    return value != nullptr ? std::optional<Value>(*value) : std::nullopt;
  };
  return encode_entry_key(index, table, value_of, arena);
}

}  // namespace understudy
