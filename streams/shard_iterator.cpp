#include "streams/shard_iterator.h"

#include <cstring>

#include "emulator/base/base64.h"
#include "emulator/base/sha256.h"

namespace understudy {
namespace {

/// Version of the form, between the ARN and the bytes; the service writes "|1|" too.
constexpr std::string_view kInfix = "|1|";
constexpr std::size_t kFieldBytes = 4 + 8 + 8;
constexpr std::size_t kSealBytes = 16;

template <class Number>
void append_number(std::string& to, Number number) {
  for (std::size_t byte = sizeof number; byte-- > 0;) {
    to.push_back(static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * byte)));
  }
}

template <class Number>
Number take_number(std::string_view& from) {
  std::uint64_t number = 0;
  for (std::size_t byte = 0; byte < sizeof(Number); ++byte) {
    number = number << 8U | static_cast<unsigned char>(from[byte]);
  }
  from.remove_prefix(sizeof(Number));
  return static_cast<Number>(number);
}

std::string seal_of(std::string_view key, std::string_view arn, std::string_view fields) {
  const Sha256Digest digest = hmac_sha256(key, std::string(arn).append(fields));
  return std::string(as_bytes(digest).substr(0, kSealBytes));
}

}  // namespace

IteratorSeal::IteratorSeal(Random random) {
  for (int words = 0; words < 4; ++words) {
    append_number(key_, random.next());
  }
}

std::string IteratorSeal::text(const ShardIterator& iterator) const {
  std::string fields;
  append_number(fields, iterator.shard);
  append_number(fields, iterator.position);
  append_number(fields, iterator.issued);
  fields += seal_of(key_, iterator.stream_arn, fields);
  std::string text(iterator.stream_arn);
  text += kInfix;
  const std::size_t start = text.size();
  text.resize(start + base64_encoded_bytes(fields.size()));
  encode_base64(fields, text.data() + start);
  return text;
}

std::optional<ShardIterator> IteratorSeal::read(std::string_view text, Arena& arena) const {
  const std::size_t infix = text.rfind(kInfix);
  if (infix == std::string_view::npos) {
    return std::nullopt;
  }
  const auto decoded = decode_base64(text.substr(infix + kInfix.size()), arena);
  if (!decoded || decoded->size() != kFieldBytes + kSealBytes) {
    return std::nullopt;
  }
  ShardIterator iterator;
  iterator.stream_arn = text.substr(0, infix);
  std::string_view fields = decoded->substr(0, kFieldBytes);
  if (seal_of(key_, iterator.stream_arn, fields) != decoded->substr(kFieldBytes)) {
    return std::nullopt;
  }
  iterator.shard = take_number<ShardNumber>(fields);
  iterator.position = take_number<SequenceNumber>(fields);
  iterator.issued = take_number<Microseconds>(fields);
  return iterator;
}

}  // namespace understudy
