// Escapes in JSON strings (RFC 8259, section 7). unescape_json() is declared in json.h. Inside this
// room only.
#pragma once

namespace understudy {

/// Checks the escape whose backslash stands at `at`: where it ends, or nullptr and the reason why
/// it is none. Both halves of a surrogate pair are one escape.
const char* end_of_escape(const char* at, const char* end, const char*& reason);

}  // namespace understudy
