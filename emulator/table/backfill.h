// Filling a new index from the items of its table.
#pragma once

#include "emulator/storage/collection.h"
#include "emulator/table/table_settings.h"

namespace understudy {

/// The entries of the index over those items. Items that lack an index key attribute, or have it
/// with another type, empty or too long, are left out: the service does not refuse them. Source:
/// Developer Guide, "Managing global secondary indexes"; Alternator's
/// test_gsi_backfill_oversized_key and test_gsi_backfill_empty_string.
Collection backfill(const IndexSettings& index, const KeySchema& table_keys,
                    const Collection& items);

}  // namespace understudy
