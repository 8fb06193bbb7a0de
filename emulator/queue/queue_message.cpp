#include "emulator/queue/queue_message.h"

#include <algorithm>

#include "emulator/base/md5.h"

namespace understudy {
namespace {

/// Four bytes of length, the most significant first, then the bytes.
void append_counted(std::string& out, std::string_view bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((size >> shift) & 0xFF));
  }
  out.append(bytes);
}

}  // namespace

std::string md5_of_text(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const std::uint8_t byte : md5(text)) {
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

std::string md5_of_attributes(std::vector<MessageAttribute> attributes) {
  if (attributes.empty()) {
    return {};
  }
  std::ranges::sort(attributes, {}, &MessageAttribute::name);
  std::string bytes;
  for (const MessageAttribute& attribute : attributes) {
    append_counted(bytes, attribute.name);
    append_counted(bytes, attribute.data_type);
    bytes.push_back(attribute.is_binary() ? '\2' : '\1');
    append_counted(bytes, attribute.value);
  }
  return md5_of_text(bytes);
}

std::size_t message_size_bytes(const OutgoingMessage& message) {
  std::size_t bytes = message.body.size();
  for (const MessageAttribute& attribute : message.attributes) {
    bytes += attribute.name.size() + attribute.data_type.size() + attribute.value.size();
  }
  return bytes;
}

}  // namespace understudy
