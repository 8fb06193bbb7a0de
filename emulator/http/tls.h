// A TLS context of a certificate and key in PEM files. OpenSSL is not touched before it is asked
// for.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "emulator/base/expected.h"

namespace understudy {

/// TLS 1.2 and up. Error: one sentence that names the file.
Expected<std::unique_ptr<boost::asio::ssl::context>, std::string> make_tls_context(
    const std::string& certificate_file, const std::string& key_file);

}  // namespace understudy
