// Query: one partition of a table or index, in sort key order, optionally a range of it.
#include <string>

#include "emulator/model/json_codec.h"
#include "emulator/model/value_text.h"
#include "emulator/operations/expression_parameters.h"
#include "emulator/operations/page.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/start_key.h"

namespace understudy {
namespace {

struct QueryRequest {
  PageRequest page;
  const KeyCondition* key_condition = nullptr;
  bool legacy_filter = false;
  bool ascending = true;
};

/// In 2026 the service puts the expression's name before these sentences, too. Source: moto
/// test_query_unused_attribute_name (run against AWS, October 2025) for several names in one
/// condition, paritysuite queryKeyConditionOperands.test.ts for one condition per key. Assumed: for
/// all of them.
Result<const KeyCondition*> read_key_condition(const Condition& condition, const Wording& wording,
                                               Arena& arena) {
  auto clauses = read_key_clauses(condition, arena);
  if (!clauses && wording.current) {
    return validation_error("Invalid KeyConditionExpression: " + clauses.error().message());
  }
  return clauses;
}

/// The expressions, in the order in which the service looks at them: what a key condition may not
/// say comes last. Source: dynalite test/query.js; moto test_query_with_empty_filter_expression,
/// run against AWS.
Result<void> read_expressions(OperationContext& context, const JsonNode& input,
                              const Wording& wording, QueryRequest& request) {
  TRY(Placeholders * placeholders, read_placeholders(input, wording, context.arena));
  const ExpressionContext expressions{context.plans, *placeholders, context.arena};
  const Condition* key_condition = nullptr;
  if (const JsonNode* text = input.find("KeyConditionExpression")) {
    TRY(key_condition, compile_key_condition(text->text(), expressions));
  }
  if (const JsonNode* text = input.find("FilterExpression")) {
    TRY(request.page.filter, compile_condition(ConditionKind::kFilter, text->text(), expressions));
  }
  TRY(request.page.projection, read_projection(input, context, placeholders, wording));
  TRY_VOID(placeholders->check_all_used());
  if (key_condition != nullptr) {
    TRY(request.key_condition, read_key_condition(*key_condition, wording, context.arena));
  }
  return {};
}

// Order of checks: dynalite validations/query.js (captured); Select: dynoxide (captured).
Result<QueryRequest> parse_query(OperationContext& context, const JsonNode& input) {
  const Wording wording = wording_of(context);
  QueryRequest request;
  read_page_members(input, request.page);
  request.ascending = read_boolean(input, "ScanIndexForward").value_or(true);
  TRY_VOID(check_parameter_forms(input, kQueryForms, wording));
  if (const JsonNode* filter = input.find("QueryFilter")) {
    TRY(const Condition* condition,
        compile_legacy_filter(*filter, input.find("ConditionalOperator"), context.arena,
                              wording.decode_options().layer));
    TRY_VOID(check_conditional_operator(input, filter, wording));
    request.page.filter = filter->size == 0 ? nullptr : condition;
    request.legacy_filter = true;
  }
  if (const JsonNode* names = input.find("AttributesToGet")) {
    TRY_VOID(check_attributes_to_get(*names));
  }
  TRY_VOID(read_start_key(input, wording, context.arena, request.page));
  const JsonNode* conditions = input.find("KeyConditions");
  if (conditions == nullptr && input.find("KeyConditionExpression") == nullptr) {
    return validation_error(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
        "request.");
  }
  TRY_VOID(read_expressions(context, input, wording, request));
  if (conditions != nullptr) {
    TRY(request.key_condition, compile_legacy_key_conditions(*conditions, context.arena));
  }
  TRY_VOID(check_select(input, wording));
  return request;
}

/// The filter may not name key attributes of what is queried: they belong in the key condition.
Result<void> check_filter(const QueryRequest& request, const KeySchema& keys) {
  if (request.page.filter == nullptr) {
    return {};
  }
  for (const auto* part : {&keys.partition, &keys.sort}) {
    for (const KeyAttribute& attribute : *part) {
      for (const std::string_view name : attributes_named(*request.page.filter)) {
        if (name == attribute.name) {
          return validation_error(
              std::string(request.legacy_filter ? "QueryFilter" : "Filter Expression") +
              " can only contain non-primary key attributes: Primary key attribute: " +
              attribute.name);
        }
      }
    }
  }
  return {};
}

/// An index can only be filtered by what it holds; nothing is fetched for a filter. A Scan finds
/// nothing instead. Source: dynamodb-toolbox issue 1195 (an AWS answer); dynoxide (captured,
/// PartiQL).
Result<void> check_filter_projected(const QueryRequest& request, const BoundPage& page) {
  if (request.page.filter == nullptr || page.index == nullptr) {
    return {};
  }
  std::string missing;
  for (const std::string_view name : attributes_named(*request.page.filter)) {
    if (!page.index->projects(name)) {
      missing += missing.empty() ? "" : ", ";
      missing += name;
    }
  }
  if (!missing.empty()) {
    return validation_error("One or more parameter values were invalid: Secondary index " +
                            page.index->name +
                            " does not project one or more filter attributes: [" + missing + "]");
  }
  return {};
}

/// A start key as the service prints it: `{p=AttributeValue: {S:KPQ4X3JE19}}`.
std::string print_key(std::span<const MapEntry> key) {
  std::string text = "{";
  for (const MapEntry& entry : key) {
    text += text.size() > 1 ? ", " : "";
    text += entry.name;
    text += '=';
    text += value_text(entry.value);
  }
  return text + "}";
}

/// The sort key behind which nothing can come, in walking order: an inclusive bound, or that of a
/// table without sort keys. In an index several entries may have it. Case:
/// query/ends_at_an_inclusive_bound.json, query/one_item_is_the_last_page.json.
std::optional<std::string_view> final_sort_key(const BoundPage& page, const KeyRange& range,
                                               bool ascending) {
  if (page.index != nullptr) {
    return std::nullopt;
  }
  if (page.keys().sort.empty()) {
    return std::string_view{};
  }
  if (ascending) {
    return range.high_named ? range.high->substr(0, range.high->size() - 1)
                            : std::optional<std::string_view>();
  }
  return range.low_named ? range.low : std::optional<std::string_view>();
}

/// The start key must lie where the key condition looks. Source: dynalite actions/query.js
/// (captured), Alternator test_query_exclusivestartkey_wrong_partition and its kin.
Result<void> check_start_in_range(const BoundPage& page, const KeyRange& range,
                                  const EncodedKey& start, std::span<const MapEntry> sent) {
  const bool same_partition = start.partition == range.partition;
  if (page.index == nullptr && page.keys().sort.empty()) {
    return validation_error("The provided exclusive start key is invalid: ExclusiveStartKey: " +
                            print_key(sent));
  }
  if (range.low.empty() && !range.high) {
    if (!same_partition) {
      return validation_error(
          "The provided starting key is outside query boundaries based on provided conditions");
    }
    return {};
  }
  if (start.sort < range.low || (range.high && start.sort >= *range.high) ||
      start.sort == page.final_sort_key) {
    return validation_error("The provided starting key does not match the range key predicate");
  }
  if (!same_partition) {
    return validation_error("The query can return at most one row and cannot be restarted");
  }
  return {};
}

/// Narrows the range to what lies behind the start key in walking order.
void start_after(const EncodedKey& start, bool ascending, KeyRange& range, Arena& arena) {
  if (!ascending) {
    range.high = start.sort;
    return;
  }
  ArenaVector<char> successor(arena);
  successor.append(start.sort);
  successor.append('\0');
  range.low = {successor.data(), successor.size()};
}

Result<void> run_query(OperationContext& context, const QueryRequest& request, JsonWriter& out) {
  TRY(BoundPage page, bind_page(context, request.page));
  if (request.page.start_key) {
    TRY_VOID(check_start_key(page, *request.page.start_key, false));
  }
  TRY(KeyRange range,
      plan_key_range(*request.key_condition, page.keys(), page.index != nullptr, context.arena));
  page.final_sort_key = final_sort_key(page, range, request.ascending);
  if (request.page.start_key) {
    TRY(const EncodedKey start, encode_start_key(page, *request.page.start_key, context.arena));
    TRY_VOID(check_start_in_range(page, range, start, *request.page.start_key));
    start_after(start, request.ascending, range, context.arena);
  }
  if (request.page.projection != nullptr) {
    TRY_VOID(check_key_paths(page.settings(), attributes_looked_into(*request.page.projection)));
  }
  TRY_VOID(check_filter(request, page.keys()));
  TRY_VOID(check_index_projection(request.page, page));
  TRY_VOID(check_filter_projected(request, page));
  if (request.page.filter != nullptr) {
    TRY_VOID(check_key_paths(page.settings(), attributes_looked_into(*request.page.filter)));
  }
  context.trace.key_hash = range.hash.high;
  const EncodedKey first{range.partition, range.low, range.hash};
  TRY(const PageSource source, copy_page_source(context, page, first, request.page.consistency));
  write_page(context, request.page, page, source, first,
             Collection::Cursor::range(source.entries, range.partition, range.hash, range.low,
                                       range.high, request.ascending),
             ReadMeter(request.page.consistency, 1, range.hash, range.hash), out);
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(query)

}  // namespace understudy
