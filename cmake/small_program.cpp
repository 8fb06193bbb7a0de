// Parts of OpenSSL that this program never uses, which a static link would drag in all the same:
// the default provider names every algorithm there is in its tables. Each is resolved here to an
// empty one, which OpenSSL answers as it does any algorithm it was built without. What TLS 1.2
// and 1.3 with certificates of RSA, P-256 to P-521 and Ed25519 keys need stays. Left out with them:
// keys that are protected by a pass phrase, which nobody could be asked for.
//
// Linked into the static program only, where small_openssl.cmake has seen that it fits: the names
// are OpenSSL 3.0's own. Saves 0.9 MB of 3.8.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/core.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <initializer_list>

// NOLINTBEGIN(readability-identifier-naming)
extern "C" {

#define LEFT_OUT(algorithm)                                   \
  extern const OSSL_DISPATCH ossl_##algorithm##_functions[1]; \
  const OSSL_DISPATCH ossl_##algorithm##_functions[1] = {};

LEFT_OUT(aes128cbc_hmac_sha1)
LEFT_OUT(aes128cbc_hmac_sha256)
LEFT_OUT(aes128ocb)
LEFT_OUT(aes128siv)
LEFT_OUT(aes128wrap)
LEFT_OUT(aes128wrapinv)
LEFT_OUT(aes128wrappad)
LEFT_OUT(aes128wrappadinv)
LEFT_OUT(aes128xts)
LEFT_OUT(aes192ocb)
LEFT_OUT(aes192siv)
LEFT_OUT(aes192wrap)
LEFT_OUT(aes192wrapinv)
LEFT_OUT(aes192wrappad)
LEFT_OUT(aes192wrappadinv)
LEFT_OUT(aes256cbc_hmac_sha1)
LEFT_OUT(aes256cbc_hmac_sha256)
LEFT_OUT(aes256ocb)
LEFT_OUT(aes256siv)
LEFT_OUT(aes256wrap)
LEFT_OUT(aes256wrapinv)
LEFT_OUT(aes256wrappad)
LEFT_OUT(aes256wrappadinv)
LEFT_OUT(aes256xts)
LEFT_OUT(aria128cbc)
LEFT_OUT(aria128ccm)
LEFT_OUT(aria128cfb)
LEFT_OUT(aria128cfb1)
LEFT_OUT(aria128cfb8)
LEFT_OUT(aria128ctr)
LEFT_OUT(aria128ecb)
LEFT_OUT(aria128gcm)
LEFT_OUT(aria128ofb)
LEFT_OUT(aria192cbc)
LEFT_OUT(aria192ccm)
LEFT_OUT(aria192cfb)
LEFT_OUT(aria192cfb1)
LEFT_OUT(aria192cfb8)
LEFT_OUT(aria192ctr)
LEFT_OUT(aria192ecb)
LEFT_OUT(aria192gcm)
LEFT_OUT(aria192ofb)
LEFT_OUT(aria256cbc)
LEFT_OUT(aria256ccm)
LEFT_OUT(aria256cfb)
LEFT_OUT(aria256cfb1)
LEFT_OUT(aria256cfb8)
LEFT_OUT(aria256ctr)
LEFT_OUT(aria256ecb)
LEFT_OUT(aria256gcm)
LEFT_OUT(aria256ofb)
LEFT_OUT(blake2b512)
LEFT_OUT(blake2bmac)
LEFT_OUT(blake2s256)
LEFT_OUT(blake2smac)
LEFT_OUT(camellia128cbc)
LEFT_OUT(camellia128cbc_cts)
LEFT_OUT(camellia128cfb)
LEFT_OUT(camellia128cfb1)
LEFT_OUT(camellia128cfb8)
LEFT_OUT(camellia128ctr)
LEFT_OUT(camellia128ecb)
LEFT_OUT(camellia128ofb)
LEFT_OUT(camellia192cbc)
LEFT_OUT(camellia192cbc_cts)
LEFT_OUT(camellia192cfb)
LEFT_OUT(camellia192cfb1)
LEFT_OUT(camellia192cfb8)
LEFT_OUT(camellia192ctr)
LEFT_OUT(camellia192ecb)
LEFT_OUT(camellia192ofb)
LEFT_OUT(camellia256cbc)
LEFT_OUT(camellia256cbc_cts)
LEFT_OUT(camellia256cfb)
LEFT_OUT(camellia256cfb1)
LEFT_OUT(camellia256cfb8)
LEFT_OUT(camellia256ctr)
LEFT_OUT(camellia256ecb)
LEFT_OUT(camellia256ofb)
LEFT_OUT(cmac)
LEFT_OUT(cmac_legacy_keymgmt)
LEFT_OUT(dh_keyexch)
LEFT_OUT(dh_keymgmt)
LEFT_OUT(dh_to_text_encoder)
LEFT_OUT(dhx_keymgmt)
LEFT_OUT(dhx_to_text_encoder)
LEFT_OUT(drbg_hash)
LEFT_OUT(drbg_ossl_hmac)
LEFT_OUT(dsa_keymgmt)
LEFT_OUT(dsa_signature)
LEFT_OUT(dsa_to_msblob_encoder)
LEFT_OUT(dsa_to_pvk_encoder)
LEFT_OUT(dsa_to_text_encoder)
LEFT_OUT(ec_to_blob_encoder)
LEFT_OUT(ec_to_text_encoder)
LEFT_OUT(ed25519_to_text_encoder)
LEFT_OUT(ed448_to_text_encoder)
LEFT_OUT(file_store)
LEFT_OUT(gmac)
LEFT_OUT(kdf_hkdf_keyexch)
LEFT_OUT(kdf_kbkdf)
LEFT_OUT(kdf_keymgmt)
LEFT_OUT(kdf_krb5kdf)
LEFT_OUT(kdf_pkcs12)
LEFT_OUT(kdf_scrypt)
LEFT_OUT(kdf_scrypt_keyexch)
LEFT_OUT(kdf_sshkdf)
LEFT_OUT(kdf_sskdf)
LEFT_OUT(kdf_tls1_prf_keyexch)
LEFT_OUT(kdf_x942_kdf)
LEFT_OUT(kdf_x963_kdf)
LEFT_OUT(kmac128)
LEFT_OUT(kmac256)
LEFT_OUT(mac_legacy_cmac_signature)
LEFT_OUT(mac_legacy_hmac_signature)
LEFT_OUT(mac_legacy_keymgmt)
LEFT_OUT(mac_legacy_poly1305_signature)
LEFT_OUT(mac_legacy_siphash_signature)
LEFT_OUT(msblob_to_dsa_decoder)
LEFT_OUT(msblob_to_rsa_decoder)
LEFT_OUT(nullmd)
LEFT_OUT(poly1305)
LEFT_OUT(pvk_to_dsa_decoder)
LEFT_OUT(pvk_to_rsa_decoder)
LEFT_OUT(ripemd160)
LEFT_OUT(rsa_asym_kem)
LEFT_OUT(rsa_to_msblob_encoder)
LEFT_OUT(rsa_to_pvk_encoder)
LEFT_OUT(rsa_to_text_encoder)
LEFT_OUT(rsapss_to_text_encoder)
LEFT_OUT(siphash)
LEFT_OUT(sm2_asym_cipher)
LEFT_OUT(sm2_signature)
LEFT_OUT(sm2_to_blob_encoder)
LEFT_OUT(sm2_to_text_encoder)
LEFT_OUT(sm3)
LEFT_OUT(sm4128cbc)
LEFT_OUT(sm4128cfb128)
LEFT_OUT(sm4128ctr)
LEFT_OUT(sm4128ecb)
LEFT_OUT(sm4128ofb128)
LEFT_OUT(tdes_ede2_cbc)
LEFT_OUT(tdes_ede2_cfb)
LEFT_OUT(tdes_ede2_ecb)
LEFT_OUT(tdes_ede2_ofb)
LEFT_OUT(tdes_ede3_cbc)
LEFT_OUT(tdes_ede3_cfb)
LEFT_OUT(tdes_ede3_cfb1)
LEFT_OUT(tdes_ede3_cfb8)
LEFT_OUT(tdes_ede3_ecb)
LEFT_OUT(tdes_ede3_ofb)
LEFT_OUT(tdes_wrap_cbc)
LEFT_OUT(test_rng)
LEFT_OUT(x25519_to_text_encoder)
LEFT_OUT(x448_to_text_encoder)

// The ciphers that work on a whole TLS record at once; TLS takes others where there are none.
int ossl_cipher_capable_aes_cbc_hmac_sha1() {
  return 0;
}
int ossl_cipher_capable_aes_cbc_hmac_sha256() {
  return 0;
}

// Found by name since before there were providers: ciphers for pass phrases, digests of signatures.
void openssl_add_all_ciphers_int() {}
void openssl_add_all_digests_int() {
  for (const EVP_MD* digest :
       {EVP_sha1(), EVP_sha224(), EVP_sha256(), EVP_sha384(), EVP_sha512()}) {
    EVP_add_digest(digest);
  }
}

// Arithmetic of its own for these curves is faster, not more right. P-256, which TLS takes, keeps
// it.
const EC_METHOD* EC_GFp_nistp224_method() {
  return EC_GFp_mont_method();
}
const EC_METHOD* EC_GFp_nistp521_method() {
  return EC_GFp_mont_method();
}
#define NOT_PREPARED(curve)                          \
  void* EC_##curve##_pre_comp_dup(void* /*table*/) { \
    return nullptr;                                  \
  }                                                  \
  void EC_##curve##_pre_comp_free(void* /*table*/) {}
NOT_PREPARED(nistp224)
NOT_PREPARED(nistp256)
NOT_PREPARED(nistp521)

// Engines: hardware of other machines, and shared libraries, which a static program cannot load.
void engine_load_padlock_int() {}
void engine_load_afalg_int() {}
void engine_load_dynamic_int() {}

}  // extern "C"

namespace __gnu_cxx {

/// The library's own would say the name of the exception's type, and bring 50 KB to read it.
void __verbose_terminate_handler() {
  std::fputs("terminated by an exception\n", stderr);
  if (const std::exception_ptr exception = std::current_exception()) {
    try {
      std::rethrow_exception(exception);
    } catch (const std::exception& known) {
      std::fprintf(stderr, "  what():  %s\n", known.what());
    } catch (...) {  // The first line says all there is to say.
    }
  }
  std::abort();
}

}  // namespace __gnu_cxx
// NOLINTEND(readability-identifier-naming)
