// Scan: all entries of a table or index in hash order, or one segment of them.
#include <string>

#include "emulator/model/json_codec.h"
#include "emulator/operations/expression_parameters.h"
#include "emulator/operations/page.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/start_key.h"

namespace understudy {
namespace {

struct ScanRequest {
  PageRequest page;
  std::int64_t segment = 0;
  std::int64_t total_segments = 1;
};

/// Segment and TotalSegments come together. Source: dynalite validations/scan.js (captured).
Result<void> read_segments(const JsonNode& input, ScanRequest& request) {
  const auto segment = read_integer(input, "Segment");
  const auto total = read_integer(input, "TotalSegments");
  if (segment && !total) {
    return validation_error(
        "The TotalSegments parameter is required but was not present in the request when Segment "
        "parameter is present");
  }
  if (total && !segment) {
    return validation_error(
        "The Segment parameter is required but was not present in the request when parameter "
        "TotalSegments is present");
  }
  if (!total) {
    return {};
  }
  if (*segment >= *total) {
    return validation_error(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
        "Segment: " +
        std::to_string(*segment) + " is not less than TotalSegments: " + std::to_string(*total));
  }
  request.segment = *segment;
  request.total_segments = *total;
  return {};
}

Result<void> read_expressions(OperationContext& context, const JsonNode& input,
                              const Wording& wording, ScanRequest& request) {
  TRY(Placeholders * placeholders, read_placeholders(input, wording, context.arena));
  if (const JsonNode* text = input.find("FilterExpression")) {
    TRY(request.page.filter, compile_condition(ConditionKind::kFilter, text->text(),
                                               {context.plans, *placeholders, context.arena}));
  }
  TRY(request.page.projection, read_projection(input, context, placeholders, wording));
  return placeholders->check_all_used();
}

// Order of checks: dynalite validations/scan.js (captured).
Result<ScanRequest> parse_scan(OperationContext& context, const JsonNode& input) {
  const Wording wording = wording_of(context);
  ScanRequest request;
  read_page_members(input, request.page);
  TRY_VOID(check_parameter_forms(input, kScanForms, wording));
  if (const JsonNode* names = input.find("AttributesToGet")) {
    TRY_VOID(check_attributes_to_get(*names));
  }
  if (const JsonNode* filter = input.find("ScanFilter")) {
    TRY(const Condition* condition,
        compile_legacy_filter(*filter, input.find("ConditionalOperator"), context.arena,
                              wording.decode_options().layer));
    TRY_VOID(check_conditional_operator(input, filter, wording));
    request.page.filter = filter->size == 0 ? nullptr : condition;
  }
  TRY_VOID(read_start_key(input, wording, context.arena, request.page));
  TRY_VOID(read_segments(input, request));
  TRY_VOID(read_expressions(context, input, wording, request));
  TRY_VOID(check_select(input, wording));
  return request;
}

/// Hashes of one segment: those whose first 12 bits are in [ceil(4096·s/n), ceil(4096·(s+1)/n)).
/// Empty where first > last. Source: section E.
struct HashRange {
  KeyHash first;
  KeyHash last;
};
constexpr std::uint64_t kPrefixes = 4096;
constexpr int kPrefixShift = 52;

HashRange hashes_of(std::int64_t segment, std::int64_t total) {
  const auto boundary = [total](std::int64_t at) {
    const auto n = static_cast<std::uint64_t>(total);
    return (kPrefixes * static_cast<std::uint64_t>(at) + n - 1) / n;
  };
  const std::uint64_t begin = boundary(segment);
  const std::uint64_t end = boundary(segment + 1);
  HashRange range;
  if (begin == end) {
    range.first = {UINT64_MAX, UINT64_MAX};
    range.last = {0, 0};
    return range;
  }
  range.first = {begin << kPrefixShift, 0};
  range.last = {end == kPrefixes ? UINT64_MAX : (end << kPrefixShift) - 1, UINT64_MAX};
  return range;
}

Result<void> check_segment(const ScanRequest& request, const HashRange& range, KeyHash start) {
  if (request.total_segments > 1 && (start < range.first || range.last < start)) {
    return validation_error(
        "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
        "ExclusiveStartKey with correct Segment. TotalSegments: " +
        std::to_string(request.total_segments) + " Segment: " + std::to_string(request.segment));
  }
  return {};
}

Result<void> run_scan(OperationContext& context, const ScanRequest& request, JsonWriter& out) {
  TRY(BoundPage page, bind_page(context, request.page));
  const HashRange range = hashes_of(request.segment, request.total_segments);
  if (request.page.start_key) {
    TRY_VOID(check_start_key(page, *request.page.start_key, true));
  }
  TRY_VOID(check_index_projection(request.page, page));
  std::optional<EncodedKey> start;
  if (request.page.start_key) {
    TRY(start, encode_start_key(page, *request.page.start_key, context.arena));
    TRY_VOID(check_segment(request, range, start->hash));
  }
  if (request.page.projection != nullptr) {
    TRY_VOID(check_key_paths(page.settings(), attributes_looked_into(*request.page.projection)));
  }
  if (request.page.filter != nullptr) {
    TRY_VOID(check_key_paths(page.settings(), attributes_looked_into(*request.page.filter)));
  }
  const KeyHash first = start ? start->hash : range.first;
  // An empty segment owns no partition, but its Scan still costs one look.
  const KeyHash last = range.last < first ? first : range.last;
  const EncodedKey* after = start ? &*start : nullptr;
  const EncodedKey begin = start ? *start : EncodedKey{{}, {}, first};
  const ReadConsistency consistency = request.page.consistency;
  page.scan = true;
  TRY(const PageSource source, copy_page_source(context, page, begin, consistency));
  write_page(
      context, request.page, page, source, begin,
      Collection::Cursor::scan(source.entries, range.first, range.last, after),
      source.pass.cuts
          ? ReadMeter(consistency, source.pass.cuts, begin, last)
          : ReadMeter(consistency, storage_partitions(page.settings(), page.index), first, last),
      out);
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(scan)

}  // namespace understudy
