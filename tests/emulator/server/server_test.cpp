// Server for embedding: started and stopped at will, several at once, plain and over TLS.
#include "emulator/server/server.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "emulator/http/health_client.h"
#include "tests/emulator/http/wire_client.h"

namespace understudy {
namespace {

using std::chrono_literals::operator""min;

constexpr std::string_view kCreateTable =
    R"({"TableName":"tab","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],)"
    R"("AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],)"
    R"("BillingMode":"PAY_PER_REQUEST"})";

std::string list_tables(const Server& server) {
  WireClient client(server.port());
  client.send(call("ListTables", "{}"));
  return client.receive().body;
}

TEST(Server, ServesOnAPortOfItsOwn) {
  Server server;
  EXPECT_EQ(server.port(), 0);
  ASSERT_TRUE(server.start());
  EXPECT_NE(server.port(), 0);
  EXPECT_EQ(server.url(), "http://127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(list_tables(server), R"({"TableNames":[]})");
}

TEST(Server, SharesItsTablesWithTheEngineInside) {
  Server server;
  ASSERT_TRUE(server.start());
  ASSERT_EQ(server.engine().call("CreateTable", kCreateTable).status, 200);
  EXPECT_EQ(list_tables(server), R"({"TableNames":["tab"]})");
}

TEST(Server, StartsAndStopsManyTimes) {
  for (int i = 0; i < 50; ++i) {
    Server server{{.threads = 2}};
    ASSERT_TRUE(server.start());
    EXPECT_EQ(list_tables(server), R"({"TableNames":[]})");
  }
}

TEST(Server, KeepsItsTablesFromStartToStart) {
  Server server;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(server.start());
    if (i == 0) {
      ASSERT_EQ(server.engine().call("CreateTable", kCreateTable).status, 200);
    }
    EXPECT_EQ(list_tables(server), R"({"TableNames":["tab"]})");
    EXPECT_FALSE(server.start());
    server.stop();
    server.stop();
    EXPECT_FALSE(server.running());
  }
}

TEST(Server, LivesBesideOthers) {
  std::vector<std::unique_ptr<Server>> servers;
  for (int i = 0; i < 8; ++i) {
    servers.push_back(std::make_unique<Server>(ServerOptions{.threads = 2}));
    ASSERT_TRUE(servers.back()->start());
  }
  ASSERT_EQ(servers[3]->engine().call("CreateTable", kCreateTable).status, 200);
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(list_tables(*servers[static_cast<std::size_t>(i)]),
              i == 3 ? R"({"TableNames":["tab"]})" : R"({"TableNames":[]})");
  }
}

TEST(Server, StopsWhileClientsAreBusy) {
  for (int round = 0; round < 10; ++round) {
    Server server{{.threads = 2}};
    ASSERT_TRUE(server.start());
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([port = server.port()] {
        WireClient client(port);
        while (client.send(call("ListTables", "{}")) && client.receive().status == 200) {
        }
      });
    }
    EXPECT_NE(list_tables(server), "");
    server.stop();
    for (std::thread& client : clients) {
      client.join();
    }
  }
}

/// A key and a certificate of its own making in PEM files, gone with the test.
class SelfSigned {
 public:
  explicit SelfSigned(const std::string& name, const std::string& phrase = "")
      : certificate_file(testing::TempDir() + name + "-cert.pem"),
        key_file(testing::TempDir() + name + "-key.pem") {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_sign(certificate, key, EVP_sha256());
    std::FILE* file = std::fopen(certificate_file.c_str(), "wb");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    file = std::fopen(key_file.c_str(), "wb");
    const EVP_CIPHER* const cipher = phrase.empty() ? nullptr : EVP_aes_256_cbc();
    PEM_write_PrivateKey(file, key, cipher, reinterpret_cast<const unsigned char*>(phrase.data()),
                         static_cast<int>(phrase.size()), nullptr, nullptr);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  ~SelfSigned() {
    std::filesystem::remove(certificate_file);
    std::filesystem::remove(key_file);
  }
  const std::string certificate_file;
  const std::string key_file;
};

/// One TLS connection, blocking.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port) : context_(SSL_CTX_new(TLS_client_method())) {
    bio_ = BIO_new_ssl_connect(context_);
    BIO_set_conn_hostname(bio_, ("127.0.0.1:" + std::to_string(port)).c_str());
    connected_ = BIO_do_connect(bio_) == 1;
  }
  ~TlsClient() {
    BIO_free_all(bio_);
    SSL_CTX_free(context_);
  }
  [[nodiscard]] bool connected() const { return connected_; }
  void send(std::string_view text) {
    while (!text.empty()) {
      const int sent = BIO_write(bio_, text.data(), static_cast<int>(text.size()));
      ASSERT_GT(sent, 0);
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  std::string receive_until(std::string_view end) {
    std::string received;
    char bytes[16384];
    while (!received.ends_with(end)) {
      const int count = BIO_read(bio_, bytes, sizeof(bytes));
      if (count <= 0) {
        break;
      }
      received.append(bytes, static_cast<std::size_t>(count));
    }
    return received;
  }

 private:
  SSL_CTX* context_;
  BIO* bio_ = nullptr;
  bool connected_ = false;
};

TEST(Server, SpeaksTls) {
  const SelfSigned identity("speaks-tls");
  Server server{
      {.tls_certificate_file = identity.certificate_file, .tls_key_file = identity.key_file}};
  const auto started = server.start();
  ASSERT_TRUE(started) << started.error();
  EXPECT_TRUE(server.url().starts_with("https://"));
  TlsClient client(server.port());
  ASSERT_TRUE(client.connected());
  for (int i = 0; i < 3; ++i) {
    client.send(call("ListTables", "{}"));
    EXPECT_TRUE(client.receive_until("]}").starts_with("HTTP/1.1 200 OK\r\n"));
  }
  // Several at once, and bodies of many records both ways.
  ASSERT_EQ(server.engine().call("CreateTable", kCreateTable).status, 200);
  client.send(call("PutItem", R"({"TableName":"tab","Item":{"p":{"S":"a"},"v":{"S":")" +
                                  std::string(300'000, 'v') + R"("}}})"));
  EXPECT_TRUE(client.receive_until("{}").starts_with("HTTP/1.1 200 OK\r\n"));
  const std::string get = call("GetItem", R"({"TableName":"tab","Key":{"p":{"S":"a"}}})");
  client.send(get + get);
  for (int i = 0; i < 2; ++i) {
    EXPECT_GT(client.receive_until("}}}").size(), 300'000U);
  }
}

// Who connects and says nothing is not waited for: not a second, by default, and not these minutes.
TEST(Server, StopsWithoutHandshakesThatNeverCome) {
  const SelfSigned identity("no-handshake");
  Server server{{.tls_certificate_file = identity.certificate_file,
                 .tls_key_file = identity.key_file,
                 .limits = {.head_timeout = 10min, .drain_timeout = 10min}}};
  ASSERT_TRUE(server.start());
  WireClient silent(server.port());
  TlsClient other(server.port());  // Accepted later, so the silent one is known.
  ASSERT_TRUE(other.connected());
  server.stop();
  EXPECT_TRUE(silent.ended());
}

/// TLS hands a head over in records of 16 KB, and the parser takes what is complete of each.
/// Source: Alternator test_too_large_request_headers, over HTTPS.
TEST(Server, CountsHeadsOfSeveralTlsRecords) {
  const SelfSigned identity("long-head");
  Server server{
      {.tls_certificate_file = identity.certificate_file, .tls_key_file = identity.key_file}};
  ASSERT_TRUE(server.start());
  const std::string half = ": " + std::string(7'900, 'x') + "\r\n";
  TlsClient client(server.port());
  client.send(call("ListTables", "{}", "header1" + half + "header2" + half));
  EXPECT_TRUE(client.receive_until("]}").starts_with("HTTP/1.1 200 OK\r\n"));
  client.send(call("ListTables", "{}", "header1" + half + "header2" + half + "header3" + half));
  EXPECT_TRUE(client.receive_until("\r\n\r\n").starts_with("HTTP/1.1 400 Bad Request\r\n"));
}

TEST(Server, EndsHandshakesThatAreNone) {
  const SelfSigned identity("no-handshake");
  Server server{
      {.tls_certificate_file = identity.certificate_file, .tls_key_file = identity.key_file}};
  ASSERT_TRUE(server.start());
  WireClient plain(server.port());
  ASSERT_TRUE(plain.send(call("ListTables", "{}")));
  const WireAnswer told = plain.receive();
  EXPECT_EQ(told.status, 400);
  EXPECT_EQ(told.body, "The plain HTTP request was sent to HTTPS port\n");
  WireClient neither(server.port());
  ASSERT_TRUE(neither.send("hello, is this TLS?\r\n"));
  EXPECT_EQ(neither.receive().status, 0);
  TlsClient client(server.port());
  EXPECT_TRUE(client.connected());
}

TEST(Server, IsNotReadyForWhoAsksWithoutTls) {
  const SelfSigned identity("unasked");
  Server server{
      {.tls_certificate_file = identity.certificate_file, .tls_key_file = identity.key_file}};
  ASSERT_TRUE(server.start());
  EXPECT_TRUE(check_ready("127.0.0.1", server.port(), true));
  const auto asked = check_ready("127.0.0.1", server.port(), false);
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error(),
            "127.0.0.1:" + std::to_string(server.port()) + " is not ready: it answers 400");
}

TEST(Server, SaysWhatIsWrongWithItsCertificate) {
  const SelfSigned one("one");
  const SelfSigned other("other");
  Server mismatched{{.tls_certificate_file = one.certificate_file, .tls_key_file = other.key_file}};
  const auto started = mismatched.start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().find("TLS key " + other.key_file), std::string::npos)
      << started.error();
  // A key under a pass phrase: nobody is asked for it.
  const SelfSigned secret("secret", "phrase");
  Server locked{{.tls_certificate_file = secret.certificate_file, .tls_key_file = secret.key_file}};
  const auto begun = locked.start();
  ASSERT_FALSE(begun);
  EXPECT_NE(begun.error().find("pass phrase"), std::string::npos) << begun.error();
}

}  // namespace
}  // namespace understudy
