#include "emulator/table/table_remains.h"

#include <new>
#include <utility>

#include "emulator/table/table.h"

namespace understudy {

void RemainsTaker::set(Take take) {
  *take_.lock() = std::move(take);
}

void RemainsTaker::leave(TableState& state) noexcept {
  std::size_t entries = state.items.item_count();
  for (const Collection& index : state.indexes) {
    entries += index.item_count();
  }
  const auto take = take_.lock();
  if (entries < kRemainsMin || !*take) {
    return;
  }
  try {
    state.indexes.push_back(std::move(state.items));
    (*take)(std::move(state.indexes));
  } catch (const std::bad_alloc&) {  // No room to put them down: they are freed here.
  }
}

}  // namespace understudy
