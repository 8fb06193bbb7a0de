// ListTagsOfResource: all tags of a table. They fit one page (at most 50), so there is never a
// NextToken, and a token sent is ignored. Source: notes of the AWS Controllers for Kubernetes,
// DDB-TABLE-073, -108.
#include "emulator/operations/operation.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/tag_rules.h"

namespace understudy {
namespace {

struct ListTagsOfResourceRequest {
  std::string_view arn;
};

Result<ListTagsOfResourceRequest> parse_list_tags_of_resource(OperationContext& context,
                                                              const JsonNode& input) {
  ListTagsOfResourceRequest request;
  request.arn = read_string(input, "ResourceArn");
  TRY(context.trace.table, table_of_resource(request.arn));
  return request;
}

Result<void> run_list_tags_of_resource(OperationContext& context,
                                       const ListTagsOfResourceRequest& request, JsonWriter& out) {
  TRY(const TableRef table, find_tagged(context, request.arn));
  const auto settings = table->lock()->settings;
  out.begin_object();
  out.key("Tags");
  out.begin_array();
  for (const Tag& tag : settings->tags) {
    out.begin_object();
    out.key("Key");
    out.string(tag.key);
    out.key("Value");
    out.string(tag.value);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(list_tags_of_resource)

}  // namespace understudy
