#include "emulator/api/side_service.h"

#include "emulator/base/json.h"

namespace understudy {

void SideService::refuse(const Request& request, const SideError& error, Response& response) const {
  const std::string_view type = request.header(KnownHeader::kContentType);
  response.status = error.status;
  response.content_type = type.empty() ? "application/x-amz-json-1.0" : type;
  response.body.clear();
  JsonWriter out(response.body);
  out.begin_object();
  out.key("__type");
  out.string(error.name);
  out.key("message");
  out.string(error.message);
  out.end_object();
}

}  // namespace understudy
