// Whether a program works that is linked as small_program.cmake would: makes what a TLS server
// needs, throws and catches.
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

int main() {
  try {
    try {
      throw 1;
    } catch (int) {
      throw;
    }
  } catch (...) {  // What unwinds is still there.
  }
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  return context != nullptr && key != nullptr && X509_set_pubkey(certificate, key) == 1 &&
                 X509_sign(certificate, key, EVP_sha256()) > 0 &&
                 SSL_CTX_use_certificate(context, certificate) == 1 &&
                 SSL_CTX_use_PrivateKey(context, key) == 1
             ? 0
             : 1;
}
