#include "streams/web/tls_identity.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace understudy {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
/// Apple's clients refuse certificates that live longer than 825 days.
constexpr std::int64_t kLifeSeconds = 730 * kDaySeconds;
constexpr int kSerialBits = 120;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(BIGNUM* number) const { BN_free(number); }
};
using KeyRef = std::unique_ptr<EVP_PKEY, Free>;
using CertificateRef = std::unique_ptr<X509, Free>;
using BioRef = std::unique_ptr<BIO, Free>;

bool add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

/// A certificate without extensions and signature.
CertificateRef make_certificate(const char* name, EVP_PKEY* key, Microseconds now) {
  CertificateRef certificate(X509_new());
  const std::unique_ptr<BIGNUM, Free> serial(BN_new());
  BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY);
  BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get()));
  X509_set_version(certificate.get(), 2);
  const std::int64_t seconds = now / 1'000'000;
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), seconds - kDaySeconds);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), seconds + kLifeSeconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return certificate;
}

bool sign(X509* certificate, X509* issuer, EVP_PKEY* issuer_key) {
  return X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
         add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always") &&
         X509_sign(certificate, issuer_key, EVP_sha256()) > 0;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  const BioRef bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
  const BioRef bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string text = "DNS:localhost,IP:127.0.0.1,IP:::1";
  for (const std::string& name : names) {
    const bool address = name.find_first_not_of("0123456789.") == std::string::npos ||
                         name.find(':') != std::string::npos;
    if (name != "localhost" && name != "127.0.0.1" && name != "::1") {
      text.append(address ? ",IP:" : ",DNS:").append(name);
    }
  }
  return text;
}

}  // namespace

Expected<std::shared_ptr<const TlsIdentity>, std::string> make_tls_identity(
    const std::vector<std::string>& names, Microseconds now) {
  const KeyRef authority_key(EVP_EC_gen("P-256"));
  const KeyRef key(EVP_EC_gen("P-256"));
  if (authority_key == nullptr || key == nullptr) {
    return Unexpected<std::string>{"OpenSSL could not make keys"};
  }
  const CertificateRef authority =
      make_certificate("Understudy local authority", authority_key.get(), now);
  const CertificateRef certificate = make_certificate("localhost", key.get(), now);
  const bool made =
      add_extension(authority.get(), authority.get(), NID_basic_constraints,
                    "critical,CA:TRUE,pathlen:0") &&
      add_extension(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign") &&
      add_extension(authority.get(), authority.get(), NID_subject_key_identifier, "hash") &&
      sign(authority.get(), authority.get(), authority_key.get()) &&
      add_extension(certificate.get(), authority.get(), NID_basic_constraints, "CA:FALSE") &&
      add_extension(certificate.get(), authority.get(), NID_key_usage,
                    "critical,digitalSignature") &&
      add_extension(certificate.get(), authority.get(), NID_ext_key_usage, "serverAuth") &&
      add_extension(certificate.get(), authority.get(), NID_subject_alt_name,
                    alternative_names(names)) &&
      sign(certificate.get(), authority.get(), authority_key.get());
  if (!made) {
    return Unexpected<std::string>{"OpenSSL could not make a certificate for " +
                                   alternative_names(names)};
  }
  auto identity = std::make_shared<TlsIdentity>();
  identity->authority = pem_of(authority.get());
  identity->certificate = pem_of(certificate.get());
  identity->key = pem_of(key.get());
  return std::shared_ptr<const TlsIdentity>(std::move(identity));
}

}  // namespace understudy
