#include "emulator/operations/typed.h"

#include "emulator/operations/item_read.h"
#include "emulator/operations/item_write.h"

namespace understudy::typed {
namespace {

Result<ItemRef> write(OperationContext& context, ItemWriteRequest request) {
  request.size_bytes = attributes_size_bytes(request.attributes);
  if (request.kind == WriteKind::kPut) {
    TRY_VOID(check_put_size(request));
  }
  TRY(const FoundTable found, find_table(context, request.table));
  TRY(const BoundItemWrite bound, bind_item_write(found, request, context.arena));
  TRY(ItemWriteOutcome outcome, run_item_write(context, bound, false));
  return std::move(outcome.before);
}

}  // namespace

Result<ItemRef> get_item(OperationContext& context, std::string_view table,
                         std::span<const MapEntry> key, ReadConsistency consistency) {
  TRY(const FoundTable found, find_table(context, table));
  TRY(const EncodedKey encoded, read_key(*found.settings, key, context.arena));
  TRY(ItemRef item, read_item(context, *found.table, encoded, consistency));
  context.trace.key_hash = encoded.hash.high;
  context.trace.read_units += item_read_units(item, consistency);
  context.trace.items += item ? 1 : 0;
  return item;
}

Result<ItemRef> put_item(OperationContext& context, std::string_view table,
                         std::span<const MapEntry> item) {
  return write(context, {.kind = WriteKind::kPut, .table = table, .attributes = item});
}

Result<ItemRef> delete_item(OperationContext& context, std::string_view table,
                            std::span<const MapEntry> key) {
  return write(context, {.kind = WriteKind::kDelete, .table = table, .attributes = key});
}

}  // namespace understudy::typed
