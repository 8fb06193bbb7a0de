// UntagResource: takes tags off a table; keys it does not have are no error. Answers with no body.
#include <algorithm>

#include "emulator/operations/operation.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/tag_rules.h"
#include "emulator/table/change_limits.h"
#include "emulator/table/lifecycle.h"

namespace understudy {
namespace {

struct UntagResourceRequest {
  std::string_view arn;
  std::vector<std::string> keys;
};

Result<UntagResourceRequest> parse_untag_resource(OperationContext& context,
                                                  const JsonNode& input) {
  UntagResourceRequest request;
  request.arn = read_string(input, "ResourceArn");
  TRY(context.trace.table, table_of_resource(request.arn));
  const JsonNode& keys = *input.find("TagKeys");
  if (keys.elements().empty()) {
    return validation_error("Atleast one Tag Key needs to be provided as Input.");
  }
  TRY(request.keys, read_tag_keys(keys));
  return request;
}

Result<void> run_untag_resource(OperationContext& context, const UntagResourceRequest& request,
                                JsonWriter& /*out*/) {
  TRY(const TableRef table, find_tagged(context, request.arn));
  const auto state = table->lock();
  TRY_VOID(check_taggable(*state));
  TRY_VOID(check_tags_unlocked(context.catalog.simulation_options()->knobs, *state->settings,
                               context.now));
  change_settings(*state, [&request, now = context.now](TableSettings& settings) {
    const auto gone = std::erase_if(settings.tags, [&request](const Tag& tag) {
      return std::ranges::find(request.keys, tag.key) != request.keys.end();
    });
    if (gone > 0) {
      settings.changes.tags = now;
    }
  });
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(untag_resource)

}  // namespace understudy
