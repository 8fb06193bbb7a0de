// The steps that Query and Scan share: one page of entries of a table or index, evaluated in order,
// filtered, projected and written straight into the answer, up to Limit or 1 MB.
//
// The table's lock is held only to copy the collections (which costs nothing); the walk happens
// outside, on nodes that no writer changes any more.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "emulator/base/json.h"
#include "emulator/capacity/admission.h"
#include "emulator/capacity/units.h"
#include "emulator/expression/expression.h"
#include "emulator/operations/consumed_capacity.h"
#include "emulator/operations/item_write.h"
#include "emulator/operations/operation.h"
#include "emulator/operations/read_meter.h"
#include "emulator/operations/wording.h"
#include "emulator/storage/collection.h"

namespace understudy {

/// What Query and Scan requests have in common.
struct PageRequest {
  std::string_view table;
  std::string_view index;  ///< empty: the table itself
  const Condition* filter = nullptr;
  const Projection* projection = nullptr;
  bool count_only = false;      ///< Select is COUNT
  bool all_attributes = false;  ///< Select is ALL_ATTRIBUTES
  std::optional<std::int64_t> limit;
  std::optional<std::span<const MapEntry>> start_key;
  ReadConsistency consistency = ReadConsistency::kEventual;
  ReturnCapacity capacity = ReturnCapacity::kNone;
};

/// The members that both operations read the same way and that can no longer be wrong.
void read_page_members(const JsonNode& input, PageRequest& request);

/// Select against ProjectionExpression, AttributesToGet and IndexName.
Result<void> check_select(const JsonNode& input, const Wording& wording);

/// A page request held against its table.
struct BoundPage {
  FoundTable found;
  const IndexSettings* index = nullptr;  ///< nullptr: the table itself
  std::size_t index_position = 0;
  /// A local index asked for attributes it does not hold: the table's items are read as well.
  bool fetches_items = false;
  bool scan = false;  ///< more than one partition is walked
  /// Nothing can ever lie behind an entry of this sort key: a page that ends there is the last one.
  std::optional<std::string_view> final_sort_key;

  [[nodiscard]] const TableSettings& settings() const { return *found.settings; }
  [[nodiscard]] const KeySchema& keys() const {
    return index != nullptr ? index->keys : found.settings->keys;
  }
};

/// Error: ResourceNotFoundException; "The table does not have the specified index: …",
/// "Consistent reads are not supported on global secondary indexes".
Result<BoundPage> bind_page(OperationContext& context, const PageRequest& request);

/// Whether the index can give what is asked for; settles fetches_items. Error: "…Select type
/// ALL_ATTRIBUTES is not supported for global secondary index…", "…does not project […]".
Result<void> check_index_projection(const PageRequest& request, BoundPage& page);

/// Copies of what the walk reads, taken together under the table's lock.
struct PageSource {
  Collection entries;
  Collection items;  ///< only where fetches_items
  PagePass pass;     ///< partitions that the walk passes; no cuts: capacity is not simulated
};
/// Also asks the capacity of what is walked; the page begins at `first`. Error: a throttling
/// exception; InternalServerError where no replica can answer.
Result<PageSource> copy_page_source(OperationContext& context, const BoundPage& page,
                                    const EncodedKey& first, ReadConsistency consistency);

/// Walks and writes the whole answer.
/// `first`: where the page begins, as copy_page_source was told.
void write_page(OperationContext& context, const PageRequest& request, const BoundPage& page,
                const PageSource& source, const EncodedKey& first, Collection::Cursor cursor,
                ReadMeter meter, JsonWriter& out);

}  // namespace understudy
