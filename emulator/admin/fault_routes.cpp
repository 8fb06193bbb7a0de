// /_admin/faults: the rules that make requests fail.
#include "emulator/admin/admin_route.h"

namespace understudy {

std::span<const AdminRoute> fault_routes() {
  return {};
}

}  // namespace understudy
