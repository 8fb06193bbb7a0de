#include "emulator/table/table_arn.h"

#include <algorithm>
#include <array>
#include <utility>

#include "emulator/base/utf8.h"

namespace understudy {

namespace {

bool is_resource_name(std::string_view name) {
  return name.size() >= 3 && name.size() <= 255 && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '.' || c == '-';
         });
}

constexpr std::string_view kTablePrefix = "table/";
constexpr std::string_view kIndexInfix = "/index/";

}  // namespace

std::optional<TableArn> parse_table_arn(std::string_view arn) {
  // arn : partition : service : region : account : resource
  std::array<std::string_view, 5> parts;
  std::string_view rest = arn;
  for (std::string_view& part : parts) {
    const std::size_t colon = rest.find(':');
    if (colon == std::string_view::npos) {
      return std::nullopt;
    }
    part = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  if (parts[0] != "arn" || !parts[1].starts_with("aws") || parts[2] != "dynamodb" ||
      !rest.starts_with(kTablePrefix)) {
    return std::nullopt;
  }
  rest.remove_prefix(kTablePrefix.size());
  TableArn result{parts[3], parts[4], rest, {}};
  if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
    if (!rest.substr(slash).starts_with(kIndexInfix)) {
      return std::nullopt;
    }
    result.table = rest.substr(0, slash);
    result.index = rest.substr(slash + kIndexInfix.size());
    if (!is_resource_name(result.index)) {
      return std::nullopt;
    }
  }
  if (!is_resource_name(result.table)) {
    return std::nullopt;
  }
  return result;
}

std::string make_table_arn(const Scope& scope, std::string_view table) {
  std::string arn = "arn:aws:dynamodb:";
  arn.append(scope.region).append(":").append(scope.account).append(":table/").append(table);
  return arn;
}

std::string make_index_arn(std::string_view table_arn, std::string_view index) {
  std::string arn(table_arn);
  arn.append(kIndexInfix).append(index);
  return arn;
}

// Source: dynalite test/listTagsOfResource.js (captured) for the first half. Assumed: the reason at
// the end.
[[gnu::cold]] Unexpected<ApiError> not_authorized(const Scope& scope, std::string_view arn) {
  const std::string user = to_utf8(scope.access_key);
  std::string text;
  for (const std::string_view part :
       {std::string_view("User: arn:aws:iam::"), scope.account, std::string_view(":user/"),
        std::string_view(user), std::string_view(" is not authorized to perform: dynamodb:"),
        scope.operation, std::string_view(" on resource: "), arn,
        std::string_view(" because no resource-based policy allows the dynamodb:"), scope.operation,
        std::string_view(" action")}) {
    text.append(part);
  }
  return api_error(ErrorKind::kAccessDeniedException, std::move(text));
}

Result<std::string_view> table_name_of_arn(std::string_view arn) {
  const auto parts = parse_table_arn(arn);
  if (!parts || !parts->index.empty()) {
    // Assumed: the wording; only that it is a ValidationException is known.
    return validation_error("Invalid TableArn: " + std::string(arn));
  }
  return parts->table;
}

}  // namespace understudy
