// The shortest decimal text of a double. In place of std::to_chars, whose tables for every kind of
// floating-point number are 125 KB of a static program; nothing that is asked for often needs it.
#pragma once

#include <string>

namespace understudy {

/// The shortest text that reads back as the same number, in plain or in scientific notation
/// ("0.1", "1e+30"), whichever is shorter; plain where both are as long. As std::to_chars, "inf"
/// and "nan" included.
std::string decimal_text(double value);

}  // namespace understudy
