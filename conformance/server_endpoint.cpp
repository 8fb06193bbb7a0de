#include "conformance/endpoint.h"

namespace understudy::conformance {

std::unique_ptr<Endpoint> make_server_endpoint() {
  return nullptr;
}

}  // namespace understudy::conformance
