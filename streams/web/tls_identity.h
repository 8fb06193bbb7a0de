// TlsIdentity: a certificate for this machine's names, signed by an authority made for it and then
// forgotten, so that TLS works on localhost without anyone's help: clients are given the authority.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "emulator/base/expected.h"
#include "emulator/clock/clock.h"

namespace understudy {

/// All PEM.
struct TlsIdentity {
  std::string authority;    ///< the authority's certificate, for clients to trust
  std::string certificate;  ///< the server's, signed by it
  std::string key;          ///< the server's
};

/// For "localhost", 127.0.0.1, ::1 and `names`; valid from a day before `now` for two years.
/// Error: one sentence.
Expected<std::shared_ptr<const TlsIdentity>, std::string> make_tls_identity(
    const std::vector<std::string>& names, Microseconds now);

}  // namespace understudy
