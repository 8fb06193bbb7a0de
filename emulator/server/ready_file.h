// The ready file: how a parent process learns where the server listens, without reading logs.
#pragma once

#include <cstdint>
#include <string>

#include "emulator/base/expected.h"

namespace understudy {

/// Writes {"url", "port", "pid"} so that a reader sees either no file or all of it. Error: one
/// sentence that names the file.
Expected<void, std::string> write_ready_file(const std::string& path, const std::string& url,
                                             std::uint16_t port, std::int64_t pid,
                                             std::uint16_t admin_port = 0);

}  // namespace understudy
