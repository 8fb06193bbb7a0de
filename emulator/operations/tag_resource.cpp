// TagResource: adds tags to a table and changes those it has. Visible at once; the service needs
// one to three seconds. Answers with no body.
#include <algorithm>

#include "emulator/operations/operation.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/tag_rules.h"
#include "emulator/table/change_limits.h"
#include "emulator/table/lifecycle.h"

namespace understudy {
namespace {

struct TagResourceRequest {
  std::string_view arn;
  std::vector<Tag> tags;
};

Result<TagResourceRequest> parse_tag_resource(OperationContext& context, const JsonNode& input) {
  TagResourceRequest request;
  request.arn = read_string(input, "ResourceArn");
  TRY(context.trace.table, table_of_resource(request.arn));
  const JsonNode& tags = *input.find("Tags");
  if (tags.elements().empty()) {
    return validation_error("Atleast one Tag needs to be provided as Input.");
  }
  TRY(request.tags, read_tags(tags));
  return request;
}

std::vector<Tag> merged(std::vector<Tag> tags, const std::vector<Tag>& more) {
  for (const Tag& tag : more) {
    const auto old = std::ranges::find(tags, tag.key, &Tag::key);
    if (old == tags.end()) {
      tags.push_back(tag);
    } else {
      old->value = tag.value;
    }
  }
  return tags;
}

bool same_tags(const std::vector<Tag>& a, const std::vector<Tag>& b) {
  return std::ranges::equal(a, b, [](const Tag& one, const Tag& other) {
    return one.key == other.key && one.value == other.value;
  });
}

Result<void> run_tag_resource(OperationContext& context, const TagResourceRequest& request,
                              JsonWriter& /*out*/) {
  TRY(const TableRef table, find_tagged(context, request.arn));
  const auto state = table->lock();
  TRY_VOID(check_taggable(*state));
  std::vector<Tag> tags = merged(state->settings->tags, request.tags);
  if (tags.size() > kTagsPerTableMax) {
    return too_many_tags();
  }
  if (same_tags(tags, state->settings->tags)) {
    return {};  // Takes no lock, and meets none.
  }
  TRY_VOID(check_tags_unlocked(context.catalog.simulation_options()->knobs, *state->settings,
                               context.now));
  change_settings(*state, [&tags, now = context.now](TableSettings& settings) {
    settings.tags = std::move(tags);
    settings.changes.tags = now;
  });
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(tag_resource)

}  // namespace understudy
