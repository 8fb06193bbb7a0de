// Asks a running server whether it is ready: what a container's health check calls.
#pragma once

#include <cstdint>
#include <string>

#include "emulator/base/expected.h"

namespace understudy {

/// GET /ready on that address. `tls`: speak TLS; the certificate is not verified. Error: one
/// sentence for a person. Gives up after two seconds.
Expected<void, std::string> check_ready(const std::string& host, std::uint16_t port, bool tls);

}  // namespace understudy
