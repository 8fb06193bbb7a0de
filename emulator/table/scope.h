// Scope: on whose behalf a request acts. The tenant decides which tables it sees; account and
// region go into the ARNs of what it creates.
#pragma once

#include <string>
#include <string_view>

namespace understudy {

struct Scope {
  std::string_view tenant;      ///< tables of different tenants do not see each other
  std::string_view account;     ///< 12 digits
  std::string_view region;      ///< "us-east-1"
  std::string_view access_key;  ///< as sent; may be empty
  std::string_view host;        ///< where the client reached us (Host header); may be empty
  std::string_view operation;   ///< what it asks for, "GetItem"; empty: nobody from outside asks
};

}  // namespace understudy
