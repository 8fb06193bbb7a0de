// Answers are written straight into the response buffer; items as they are stored.
#pragma once

#include <string_view>

#include "emulator/base/buffer.h"
#include "emulator/model/item.h"

namespace understudy {

/// The buffer for one value that the caller appends itself (an item's text, a projection): commas
/// before and after it are the writer's.
inline Buffer& begin_raw_value(JsonWriter& out) {
  out.raw({});
  return out.buffer();
}

/// `"Item":{…}` with the item's stored text.
inline void append_item(JsonWriter& out, std::string_view member, const Item& item) {
  out.key(member);
  out.raw(item.text());
}

}  // namespace understudy
