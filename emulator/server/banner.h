// What the program says when it has started: where it is and how to point a client at it.
#pragma once

#include <cstdio>

#include "emulator/server/config.h"

namespace understudy {

/// As text, or as one JSON line where the log is JSON. The first line has the port.
void print_banner(const Config& config, const Server& server, std::FILE* stream);

}  // namespace understudy
