#include "emulator/table/write_history.h"

#include <set>
#include <utility>

#include "emulator/table/table.h"

namespace understudy {

void WriteHistory::add(std::string_view index, const EncodedKey& key, ItemRef before,
                       Microseconds now) {
  if (images_.size() >= kImagesMax) {
    images_.pop_front();
  }
  images_.push_back({std::string(index), std::string(key.partition), std::string(key.sort),
                     key.hash, std::move(before), now});
}

void WriteHistory::note(const TableState& state, const PlannedWrite& write, Microseconds now) {
  add({}, write.key, write.before, now);
  for (const IndexChange& change : write.index_changes) {
    const Collection& entries = state.indexes[change.index];
    for (const std::optional<EncodedKey>* key : {&change.erased, &change.stored}) {
      if (*key) {
        add(state.settings->indexes[change.index].name, **key, entries.find(**key), now);
      }
    }
  }
}

ItemRef WriteHistory::find(std::string_view index, const EncodedKey& key, ItemRef current, Age age,
                           Microseconds now, Microseconds& behind) const {
  for (auto image = images_.rbegin(); image != images_.rend(); ++image) {
    if (age && image->written <= now - *age) {
      break;
    }
    if (image->hash == key.hash && image->sort == key.sort && image->partition == key.partition &&
        image->index == index) {
      current = image->before;
      behind = now - image->written;
      if (!age) {
        break;
      }
    }
  }
  return current;
}

Collection WriteHistory::view(std::string_view index, const Collection& current,
                              std::optional<std::string_view> partition, Age age, Microseconds now,
                              Microseconds& behind) const {
  Collection seen = current;
  std::set<std::pair<std::string_view, std::string_view>> undone;
  for (auto image = images_.rbegin(); image != images_.rend(); ++image) {
    if (age && image->written <= now - *age) {
      break;
    }
    if (image->index != index || (partition && image->partition != *partition) ||
        (!age && !undone.emplace(image->partition, image->sort).second)) {
      continue;
    }
    behind = now - image->written;
    if (image->before) {
      seen.put(image->key(), image->before);
    } else {
      seen.erase(image->key());
    }
  }
  return seen;
}

}  // namespace understudy
