#include "emulator/operations/page.h"

#include <string>

#include "emulator/operations/capacity_gate.h"
#include "emulator/operations/item_read.h"
#include "emulator/operations/replica_read.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/response_writer.h"
#include "emulator/operations/start_key.h"
#include "emulator/service/limits.h"
#include "emulator/table/simulation.h"

namespace understudy {
namespace {

std::string_view select_words(std::string_view select) {
  return select == "COUNT" ? "only the Count" : select;
}

/// How a walk went.
struct PageEnd {
  std::int64_t evaluated = 0;
  std::int64_t matched = 0;
  const Item* last = nullptr;   ///< last entry evaluated, where the page was cut; else nullptr
  CapacityUnits fetched_units;  ///< of items read from the table for a local index
};

/// The item an index entry stands for.
ItemRef fetch_item(const BoundPage& page, const PageSource& source, const Item& entry,
                   Arena& arena) {
  const KeySchema& keys = page.settings().keys;
  ArenaVector<MapEntry> key(arena);
  for (const auto* part : {&keys.partition, &keys.sort}) {
    for (const KeyAttribute& attribute : *part) {
      key.push_back({attribute.name, *entry.value(attribute.name, arena)});
    }
  }
  return source.items.find(encode_table_key(keys, key.span(), arena));
}

class PageWalk {
 public:
  PageWalk(const PageRequest& request, const BoundPage& page, const PageSource& source,
           JsonWriter& out)
      : request_(request), page_(page), source_(source), out_(out) {}

  PageEnd run(Collection::Cursor& cursor, ReadMeter& meter) {
    const Item* previous = nullptr;
    for (; !cursor.done(); cursor.next()) {
      const EntryView& entry = cursor.entry();
      if (previous != nullptr && is_refused(entry)) {
        end_.last = previous;
        break;
      }
      previous = entry.item;
      const std::size_t item_bytes = entry.item->size_bytes();
      meter.add(entry, item_bytes);
      bytes_ += item_bytes;
      ++end_.evaluated;
      evaluate(*entry.item);
      if (bytes_ >= kPageMaxBytes || (request_.limit && end_.evaluated >= *request_.limit)) {
        end_.last = entry.sort_key == page_.final_sort_key ? nullptr : entry.item;
        break;
      }
    }
    return end_;
  }

 private:
  /// A partition that has nothing left ends a page that has read something (B2.4).
  [[nodiscard]] bool is_refused(const EntryView& entry) const {
    const PagePass& pass = source_.pass;
    return !pass.refusing.empty() && pass.refusing[pass.cuts->find(KeyPosition::of(
                                         {entry.partition, entry.sort_key, entry.hash}))];
  }

  void evaluate(const Item& entry) {
    if (request_.filter == nullptr && request_.projection == nullptr && !page_.fetches_items) {
      ++end_.matched;
      if (!request_.count_only) {
        out_.raw(entry.text());
      }
      return;
    }
    // Decoding leaves its traces in an arena of the walk's own: a page may decode 1 MB.
    constexpr std::int64_t kItemsPerReset = 32;
    if (end_.evaluated % kItemsPerReset == 0) {
      scratch_.reset();
    }
    if (!page_.fetches_items) {
      match(entry);
      return;
    }
    if (const ItemRef item = fetch_item(page_, source_, entry, scratch_)) {
      end_.fetched_units += read_units(item->size_bytes(), request_.consistency);
      bytes_ += item->size_bytes();
      match(*item);
    }
  }

  void match(const Item& item) {
    if (request_.filter != nullptr && !holds(*request_.filter, &item, scratch_)) {
      return;
    }
    ++end_.matched;
    if (!request_.count_only) {
      append_projected_item(begin_raw_value(out_), item, request_.projection, scratch_);
    }
  }

  const PageRequest& request_;
  const BoundPage& page_;
  const PageSource& source_;
  JsonWriter& out_;
  Arena scratch_;
  std::size_t bytes_ = 0;  ///< read so far, of the entries and of the items fetched
  PageEnd end_;
};

/// Top-level attributes of the projection that the index does not hold, "a, b"; empty: none.
std::string unprojected(const Projection& projection, const IndexSettings& index) {
  std::string names;
  for (const std::string_view name : attributes_named(projection)) {
    if (!index.projects(name)) {
      names += names.empty() ? "" : ", ";
      names += name;
    }
  }
  return names;
}

/// Whose capacity a page of the index consumes: a local one's is the table's.
ArmId arm_of(const TableState& state, const IndexSettings* index) {
  if (index == nullptr || !index->global) {
    return kTableArm;
  }
  const IndexSettings* found = state.settings->find_index(index->name);
  return found == nullptr ? kTableArm : static_cast<ArmId>(found - state.settings->indexes.data());
}

/// The copies become those of the replica that answers.
Result<void> settle_replica(OperationContext& context, const TableState& state,
                            const BoundPage& page, const EncodedKey& first,
                            ReadConsistency consistency, PageSource& source) {
  if (!state.simulation && context.faults == nullptr) {
    return {};
  }
  ReplicaPage asked;
  asked.consistency = consistency;
  if (page.index != nullptr) {
    asked.index = page.index->name;
    asked.global = page.index->global;
  }
  if (!first.partition.empty() && !page.scan) {
    asked.partition = first.partition;
  }
  return read_from_replica(context, state, asked, source.entries,
                           page.fetches_items ? &source.items : nullptr);
}

/// Debits what a page consumed, partition by partition.
void settle_page(OperationContext& context, const BoundPage& page, const EncodedKey& first,
                 const ReadMeter& meter, CapacityUnits units, CapacityUnits fetched) {
  const auto state = page.found.table->lock();
  if (!state->simulation) {
    return;
  }
  Admission& admission = state->simulation->admission;
  const ArmId arm = arm_of(*state, page.index);
  const KeyPosition begin = KeyPosition::of(first);
  if (meter.shares().empty()) {
    admission.settle_page(arm, begin, first.partition, units, context.now);
  }
  for (const ReadMeter::Share& share : meter.shares()) {
    admission.settle_page(arm, std::max(begin, meter.cuts()->first(share.partition)), {},
                          share.units, context.now);
  }
  admission.settle_page(kTableArm, begin, first.partition, fetched, context.now);
}

}  // namespace

void read_page_members(const JsonNode& input, PageRequest& request) {
  request.table = read_string(input, "TableName");
  request.index = read_string(input, "IndexName");
  request.limit = read_integer(input, "Limit");
  request.consistency = read_consistency(input);
  request.capacity = read_return_capacity(input);
  const std::string_view select = read_string(input, "Select");
  request.count_only = select == "COUNT";
  request.all_attributes = select == "ALL_ATTRIBUTES";
}

// Query, in the current layer, is the one to put the prefix before these. Source: moto
// test_dynamodb_select.py (run against us-east-1, August 2026); dynoxide change log 0.11.2
// (captured).
Result<void> check_select(const JsonNode& input, const Wording& wording) {
  const std::string prefix(wording.current ? "1 validation error detected: " : "");
  const std::string_view select = read_string(input, "Select");
  if (select.empty()) {
    return {};
  }
  const bool specific = select == "SPECIFIC_ATTRIBUTES";
  for (const std::string_view member : {"AttributesToGet", "ProjectionExpression"}) {
    if (!specific && input.find(member) != nullptr) {
      return validation_error(prefix + "Cannot specify the " + std::string(member) +
                              " when choosing to get " + std::string(select_words(select)));
    }
  }
  if (specific && input.find("ProjectionExpression") == nullptr &&
      input.find("AttributesToGet") == nullptr) {
    return validation_error(prefix +
                            "Must specify the AttributesToGet or ProjectionExpression when "
                            "choosing to get SPECIFIC_ATTRIBUTES");
  }
  if (select == "ALL_PROJECTED_ATTRIBUTES" && input.find("IndexName") == nullptr) {
    return validation_error(
        prefix + "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  }
  return {};
}

Result<BoundPage> bind_page(OperationContext& context, const PageRequest& request) {
  BoundPage page;
  TRY(page.found, find_table(context, request.table));
  if (request.index.empty()) {
    return page;
  }
  page.index = page.settings().find_index(request.index);
  // Assumed: an index that is already going cannot be read, same answer as for one that does not
  // exist.
  if (page.index == nullptr || page.index->status == IndexStatus::kDeleting) {
    return validation_error("The table does not have the specified index: " +
                            std::string(request.index));
  }
  page.index_position = static_cast<std::size_t>(page.index - page.settings().indexes.data());
  if (page.index->status == IndexStatus::kCreating) {
    return validation_error("Cannot read from backfilling global secondary index: " +
                            std::string(request.index));
  }
  if (page.index->global && request.consistency == ReadConsistency::kStrong) {
    return validation_error("Consistent reads are not supported on global secondary indexes");
  }
  return page;
}

Result<void> check_index_projection(const PageRequest& request, BoundPage& page) {
  if (page.index == nullptr || page.index->projection == ProjectionType::kAll) {
    return {};
  }
  const IndexSettings& index = *page.index;
  if (request.all_attributes) {
    if (index.global) {
      return validation_error(
          "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported "
          "for global secondary index " +
          index.name + " because its projection type is not ALL");
    }
    page.fetches_items = true;
    return {};
  }
  if (request.projection == nullptr) {
    return {};
  }
  const std::string missing = unprojected(*request.projection, index);
  if (missing.empty()) {
    return {};
  }
  if (index.global) {
    return validation_error("One or more parameter values were invalid: Global secondary index " +
                            index.name + " does not project [" + missing + "]");
  }
  page.fetches_items = true;
  return {};
}

Result<PageSource> copy_page_source(OperationContext& context, const BoundPage& page,
                                    const EncodedKey& first, ReadConsistency consistency) {
  PageSource source;
  const auto state = page.found.table->lock();
  if (state->simulation) {
    TRY_VOID(
        capacity_gate::admit_page(context, *state, arm_of(*state, page.index), first, source.pass));
  }
  if (page.index == nullptr) {
    source.entries = state->items;
    TRY_VOID(settle_replica(context, *state, page, first, consistency, source));
    return source;
  }
  // Indexes may have come or gone since the settings were read; their names do not change.
  const TableSettings& settings = *state->settings;
  if (const IndexSettings* index = settings.find_index(page.index->name)) {
    source.entries = state->indexes[static_cast<std::size_t>(index - settings.indexes.data())];
  }
  if (page.fetches_items) {
    source.items = state->items;
  }
  TRY_VOID(settle_replica(context, *state, page, first, consistency, source));
  return source;
}

void write_page(OperationContext& context, const PageRequest& request, const BoundPage& page,
                const PageSource& source, const EncodedKey& first, Collection::Cursor cursor,
                ReadMeter meter, JsonWriter& out) {
  out.begin_object();
  if (!request.count_only) {
    out.key("Items");
    out.begin_array();
  }
  PageWalk walk(request, page, source, out);
  const PageEnd end = walk.run(cursor, meter);
  if (!request.count_only) {
    out.end_array();
  }
  out.key("Count");
  out.integer(end.matched);
  out.key("ScannedCount");
  out.integer(end.evaluated);
  if (end.last != nullptr) {
    append_last_key(out, page, *end.last);
  }
  TableCapacity capacity;
  const CapacityUnits units = meter.finish(end.last == nullptr);
  if (page.index == nullptr) {
    capacity.table = units;
  } else {
    capacity.table = end.fetched_units;
    capacity.add_index(page.index_position, units);
  }
  if (source.pass.cuts) {
    settle_page(context, page, first, meter, units, end.fetched_units);
  }
  context.trace.read_units += capacity.total();
  context.trace.items += static_cast<std::uint32_t>(end.evaluated);
  append_consumed_capacity(out, request.table, capacity, page.settings(), request.capacity);
  out.end_object();
}

}  // namespace understudy
