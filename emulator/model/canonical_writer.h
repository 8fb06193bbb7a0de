// Canonical DynamoDB JSON of values, for any sink of bytes. Inside the model room: others call
// append_value() or build an Item.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

#include "emulator/base/base64.h"
#include "emulator/base/json_string.h"
#include "emulator/model/value.h"

namespace understudy {

template <ByteSink Sink>
void write_value(Sink& out, const Value& value);

template <ByteSink Sink>
void write_plain_string(Sink& out, std::string_view text) {
  char* to = out.grow(text.size() + 2);
  to[0] = '"';
  std::memcpy(to + 1, text.data(), text.size());
  to[text.size() + 1] = '"';
  out.commit(text.size() + 2);
}

template <ByteSink Sink>
void write_base64_string(Sink& out, std::string_view raw) {
  const std::size_t bytes = base64_encoded_bytes(raw.size());
  char* to = out.grow(bytes + 2);
  to[0] = '"';
  encode_base64(raw, to + 1);
  to[bytes + 1] = '"';
  out.commit(bytes + 2);
}

template <ByteSink Sink>
void write_number_string(Sink& out, const Number& number) {
  char* to = out.grow(kNumberTextMax + 2);
  to[0] = '"';
  const std::size_t bytes = format_number(number, to + 1);
  to[bytes + 1] = '"';
  out.commit(bytes + 2);
}

/// Writes items between brackets, each by `write_item`.
template <ByteSink Sink, class Item, class WriteItem>
void write_array(Sink& out, std::span<const Item> items, WriteItem write_item) {
  out.append('[');
  bool first = true;
  for (const Item& item : items) {
    if (!first) {
      out.append(',');
    }
    first = false;
    write_item(item);
  }
  out.append(']');
}

template <ByteSink Sink>
void write_entries(Sink& out, std::span<const MapEntry> entries) {
  out.append('{');
  bool first = true;
  for (const MapEntry& entry : entries) {
    if (!first) {
      out.append(',');
    }
    first = false;
    write_json_string(out, entry.name);
    out.append(':');
    write_value(out, entry.value);
  }
  out.append('}');
}

template <ByteSink Sink>
void write_value(Sink& out, const Value& value) {
  switch (value.type) {
    case ValueType::kString:
      out.append(R"({"S":)");
      if (value.plain) {
        write_plain_string(out, value.text());
      } else {
        write_json_string(out, value.text());
      }
      break;
    case ValueType::kNumber:
      out.append(R"({"N":)");
      write_number_string(out, value.number());
      break;
    case ValueType::kBinary:
      out.append(R"({"B":)");
      write_base64_string(out, value.text());
      break;
    case ValueType::kBool:
      out.append(value.boolean ? std::string_view(R"({"BOOL":true)")
                               : std::string_view(R"({"BOOL":false)"));
      break;
    case ValueType::kNull:
      out.append(R"({"NULL":true)");
      break;
    case ValueType::kStringSet:
      out.append(R"({"SS":)");
      write_array(out, value.string_set(), [&out](auto member) { write_json_string(out, member); });
      break;
    case ValueType::kNumberSet:
      out.append(R"({"NS":)");
      write_array(out, value.number_set(),
                  [&out](const Number& member) { write_number_string(out, member); });
      break;
    case ValueType::kBinarySet:
      out.append(R"({"BS":)");
      write_array(out, value.string_set(),
                  [&out](auto member) { write_base64_string(out, member); });
      break;
    case ValueType::kList:
      out.append(R"({"L":)");
      write_array(out, value.list(), [&out](const Value& element) { write_value(out, element); });
      break;
    case ValueType::kMap:
      out.append(R"({"M":)");
      write_entries(out, value.map());
      break;
  }
  out.append('}');
}

}  // namespace understudy
