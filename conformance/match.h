// Holds an answer against an expectation with its markers ($any, $partial, …;
// conformance/README.md). Pure functions.
#pragma once

#include <string>
#include <vector>

#include "conformance/case_file.h"

namespace understudy::conformance {

/// One line per difference, each beginning with the JSON pointer of its place; empty: it matches.
std::vector<std::string> differences(const Json& expected, const Json& got);

/// JSON text for a person: cut in the middle where it is long.
std::string abridged(const std::string& text, std::size_t length_max = 1500);

}  // namespace understudy::conformance
