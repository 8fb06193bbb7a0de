#include "emulator/table/table_settings.h"

#include <algorithm>
#include <initializer_list>

namespace understudy {

bool IndexSettings::projects(std::string_view attribute) const {
  return projection == ProjectionType::kAll ||
         std::binary_search(projected.begin(), projected.end(), attribute, std::less<>());
}

const IndexSettings* TableSettings::find_index(std::string_view index) const {
  const auto found = std::ranges::find(indexes, index, &IndexSettings::name);
  return found == indexes.end() ? nullptr : &*found;
}

bool TableSettings::has_local_indexes() const {
  return !indexes.empty() && !indexes.front().global;
}

void set_projected(IndexSettings& index, const KeySchema& table_keys) {
  index.projected.clear();
  if (index.projection == ProjectionType::kAll) {
    return;
  }
  for (const KeySchema* schema :
       std::initializer_list<const KeySchema*>{&index.keys, &table_keys}) {
    for (const auto* part : {&schema->partition, &schema->sort}) {
      for (const KeyAttribute& attribute : *part) {
        index.projected.push_back(attribute.name);
      }
    }
  }
  if (index.projection == ProjectionType::kInclude) {
    index.projected.insert(index.projected.end(), index.non_key_attributes.begin(),
                           index.non_key_attributes.end());
  }
  std::ranges::sort(index.projected);
  // Not std::ranges::unique: clang 14 cannot read libstdc++'s subrange.
  index.projected.erase(std::unique(index.projected.begin(), index.projected.end()),
                        index.projected.end());
}

}  // namespace understudy
