#include "emulator/table/backfill.h"

#include "emulator/table/table.h"

namespace understudy {
namespace {

constexpr KeyHash kFirstHash{};
constexpr KeyHash kLastHash{UINT64_MAX, UINT64_MAX};
// Keys and projected items pass through an arena that is emptied now and then.
constexpr std::size_t kItemsPerArena = 256;

}  // namespace

Collection backfill(const IndexSettings& index, const KeySchema& table_keys,
                    const Collection& items) {
  Collection entries;
  Arena arena;
  std::size_t done = 0;
  for (auto cursor = Collection::Cursor::scan(items, kFirstHash, kLastHash, nullptr);
       !cursor.done(); cursor.next()) {
    const ItemRef item(cursor.entry().item);
    if (const auto key = index_entry_key(index, table_keys, *item, arena)) {
      entries.put(*key, index_entry(index, *key, item, arena));
    }
    if (++done % kItemsPerArena == 0) {
      arena.reset();
    }
  }
  return entries;
}

}  // namespace understudy
