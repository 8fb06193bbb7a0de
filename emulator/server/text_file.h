// Whole files in and out, for the verbs of the program.
#pragma once

#include <string>
#include <string_view>

#include "emulator/base/expected.h"

namespace understudy {

/// Error: one sentence for a person.
Expected<std::string, std::string> read_text_file(const std::string& path);
/// Replaces the file; its folder is made where it is missing (one level). Error: one sentence.
Expected<void, std::string> write_text_file(const std::string& path, std::string_view text);
/// "cannot write WHAT: No such file or directory", right after the call that failed.
std::string cannot_write(std::string_view what);

}  // namespace understudy
