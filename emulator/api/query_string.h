// The query of a request target: parameters by name, percent-decoding, and the encoding that
// signatures are made of. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/arena.h"

namespace understudy {

/// What follows the first '?' of a request target; empty where there is none.
inline std::string_view query_of(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
}
inline std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

/// Undoes %XX; what is no such escape stays. A '+' stays too: signers write a blank as %20. The
/// result is `text` itself where there is nothing to undo.
std::string_view percent_decode(std::string_view text, Arena& arena);

/// The decoded value of the first parameter of that (decoded) name; empty for a name without '='.
std::optional<std::string_view> find_query_parameter(std::string_view query, std::string_view name,
                                                     Arena& arena);

/// Appends `text` with every byte but A–Z a–z 0–9 - . _ ~ as %XX.
void append_percent_encoded(std::string& out, std::string_view text);

/// The parameters encoded anew and sorted, without `X-Amz-Signature`, as a canonical request has
/// them. Source: IAM User Guide, "Create a signed AWS API request", step 1.
std::string canonical_query(std::string_view query, Arena& arena);

}  // namespace understudy
