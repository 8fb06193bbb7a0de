// Answers are written straight into the response buffer; items as they are stored.
#pragma once

#include <string_view>

#include "emulator/base/buffer.h"
#include "emulator/model/item.h"
#include "emulator/operations/item_write.h"

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

/// The table and item gates and the answer of PutItem, UpdateItem and DeleteItem; they differ only
/// in the attributes they return. `append_attributes(outcome)` writes those members, or none.
template <class WriteRequest, class AppendAttributes>
Result<void> answer_item_write(OperationContext& context, const WriteRequest& request,
                               JsonWriter& out, const AppendAttributes& append_attributes) {
  TRY(const FoundTable found, find_table(context, request.write.table));
  TRY(const BoundItemWrite write, bind_item_write(found, request.write, context.arena));
  TRY(const ItemWriteOutcome outcome, run_item_write(context, write, request.collection_metrics));
  out.begin_object();
  append_attributes(outcome);
  append_consumed_capacity(out, request.write.table, outcome.capacity, *write.settings,
                           request.capacity);
  append_item_collection_metrics(out, write, outcome, request.collection_metrics);
  out.end_object();
  return {};
}

}  // namespace understudy
