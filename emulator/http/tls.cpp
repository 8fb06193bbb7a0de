#include "emulator/http/tls.h"

#include <openssl/ssl.h>

namespace understudy {
namespace ssl = boost::asio::ssl;

Expected<std::unique_ptr<ssl::context>, std::string> make_tls_context(
    const std::string& certificate_file, const std::string& key_file) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  boost::system::error_code error;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                           ssl::context::no_tlsv1_1 | ssl::context::single_dh_use,
                       error);
  // Buffers of idle connections are given back: 34 KB each otherwise.
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  // Nobody is there to be asked for it.
  const auto locked = std::make_shared<bool>(false);
  const auto note = [locked](std::size_t /*length*/, ssl::context::password_purpose /*purpose*/) {
    *locked = true;
    return std::string();
  };
  context->set_password_callback(note, error);
  context->use_certificate_chain_file(certificate_file, error);
  if (error) {
    return Unexpected<std::string>{"cannot read TLS certificate " + certificate_file + ": " +
                                   error.message()};
  }
  context->use_private_key_file(key_file, ssl::context::pem, error);
  if (error) {
    return Unexpected<std::string>{
        "cannot read TLS key " + key_file + ": " +
        (*locked ? "it is under a pass phrase; openssl pkey takes it away" : error.message())};
  }
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return Unexpected<std::string>{"TLS key " + key_file + " does not belong to certificate " +
                                   certificate_file};
  }
  return context;
}

}  // namespace understudy
