// Whether OpenSSL works as it is to be linked: makes what a TLS server needs (small_program.cmake).
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

int main() {
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
