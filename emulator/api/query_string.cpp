#include "emulator/api/query_string.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace understudy {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string_view take_parameter(std::string_view& query) {
  const std::size_t end = query.find('&');
  const std::string_view parameter = query.substr(0, end);
  query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
  return parameter;
}

}  // namespace

std::string_view percent_decode(std::string_view text, Arena& arena) {
  if (text.find('%') == std::string_view::npos) {
    return text;
  }
  char* const decoded = arena.make_array<char>(text.size());
  std::size_t length = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                        hex_value(text[i + 2]) >= 0;
    if (escape) {
      decoded[length++] = static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      decoded[length++] = text[i];
    }
  }
  return {decoded, length};
}

std::optional<std::string_view> find_query_parameter(std::string_view query, std::string_view name,
                                                     Arena& arena) {
  while (!query.empty()) {
    const std::string_view parameter = take_parameter(query);
    const std::size_t equals = parameter.find('=');
    if (percent_decode(parameter.substr(0, equals), arena) == name) {
      return equals == std::string_view::npos ? std::string_view("")
                                              : percent_decode(parameter.substr(equals + 1), arena);
    }
  }
  return std::nullopt;
}

void append_percent_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view kHexDigits = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHexDigits[byte >> 4];
      out += kHexDigits[byte & 15];
    }
  }
}

std::string canonical_query(std::string_view query, Arena& arena) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const std::string_view parameter = take_parameter(query);
    const std::size_t equals = parameter.find('=');
    const std::string_view name = percent_decode(parameter.substr(0, equals), arena);
    if (parameter.empty() || name == "X-Amz-Signature") {
      continue;
    }
    auto& [encoded_name, encoded_value] = parameters.emplace_back();
    append_percent_encoded(encoded_name, name);
    if (equals != std::string_view::npos) {
      append_percent_encoded(encoded_value, percent_decode(parameter.substr(equals + 1), arena));
    }
  }
  std::ranges::sort(parameters);
  std::string text;
  for (const auto& [name, value] : parameters) {
    if (!text.empty()) {
      text += '&';
    }
    text.append(name).append("=").append(value);
  }
  return text;
}

}  // namespace understudy
