// Who sees which tables, and what a request's header and credentials have to do with it.
#include "emulator/api/tenant.h"

#include <gtest/gtest.h>

#include "emulator/api/engine.h"
#include "tests/emulator/api/exchange.h"

namespace understudy {
namespace {

class TenantTest : public testing::Test {
 protected:
  Scope scope(Isolation isolation, std::string_view key, std::string_view region,
              std::string_view host = "") {
    options_.isolation = isolation;
    return scope_of(options_, key, region, host, arena_);
  }
  EngineOptions options_;
  Arena arena_;
};

TEST_F(TenantTest, SharesTablesByDefault) {
  EXPECT_EQ(scope(Isolation::kDefault, "AKID", "us-east-1").tenant, "default");
  EXPECT_EQ(scope(Isolation::kDefault, "other", "eu-west-1").tenant, "default");
  EXPECT_EQ(scope(Isolation::kDefault, "other", "eu-west-1").region, "eu-west-1");
}

TEST_F(TenantTest, TakesATwelveDigitKeyForAnAccountOfItsOwn) {
  const Scope own = scope(Isolation::kDefault, "123456789012", "us-east-1");
  EXPECT_EQ(own.tenant, "123456789012");
  EXPECT_EQ(own.account, "123456789012");
  EXPECT_EQ(scope(Isolation::kDefault, "000000000000", "us-east-1").tenant, "default");
  EXPECT_EQ(scope(Isolation::kDefault, "12345678901", "us-east-1").tenant, "default");
  EXPECT_EQ(scope(Isolation::kNone, "123456789012", "us-east-1").tenant, "default");
}

TEST_F(TenantTest, SeparatesAsAsked) {
  EXPECT_EQ(scope(Isolation::kAccount, "123456789012", "us-east-1").tenant, "123456789012");
  EXPECT_EQ(scope(Isolation::kAccount, "AKID", "us-east-1").tenant, "000000000000");
  EXPECT_EQ(scope(Isolation::kRegion, "AKID", "eu-west-1").tenant, "000000000000/eu-west-1");
  EXPECT_EQ(scope(Isolation::kCredential, "AKID", "eu-west-1").tenant, "AKID/eu-west-1");
}

// Tenants are shown in logs and by the admin API, which are JSON.
TEST_F(TenantTest, IsTextWhateverTheKeyIs) {
  EXPECT_EQ(scope(Isolation::kCredential, "a\xFF", "eu-west-1").tenant, "a%FF/eu-west-1");
  EXPECT_EQ(scope(Isolation::kCredential, "a\xFE", "\xC3(").tenant, "a%FE/%C3(");
}

TEST_F(TenantTest, ReadsTheAccountOfAnAccountHost) {
  const Scope named =
      scope(Isolation::kAccount, "AKID", "us-east-1", "123456789012.ddb.us-east-1.amazonaws.com");
  EXPECT_EQ(named.account, "123456789012");
  EXPECT_EQ(scope(Isolation::kAccount, "AKID", "us-east-1", "localhost:8000").account,
            "000000000000");
}

// boto 2 signs for "0" (host 127.0.0.1) or "localhost".
TEST_F(TenantTest, TakesWhatIsNoRegionForTheDefaultOne) {
  for (const char* region :
       {"0", "localhost", "", "local", "us-east", "us-east-1x", "-1", "us--1"}) {
    EXPECT_EQ(scope(Isolation::kDefault, "AKID", region).region, "us-east-1") << region;
  }
  for (const char* region : {"us-gov-west-1", "eu-isoe-west-1", "cn-north-1", "mx-central-1"}) {
    EXPECT_EQ(scope(Isolation::kDefault, "AKID", region).region, region);
  }
}

struct Notes : Journal {
  void record(const JournalEntry& entry) override {
    if (!entry.note.empty()) {
      notes.emplace_back(entry.note);
    }
    ++entries;
    last_operation = entry.operation;
    last_error = entry.error;
    last_status = entry.status;
  }
  std::vector<std::string> notes;
  int entries = 0;
  std::string last_operation;
  std::string last_error;
  int last_status = 0;
};

TEST(Tenant, IsToldOnceWhereTheTablesAre) {
  Notes journal;
  Engine engine{{.journal = &journal}};
  EXPECT_EQ(engine.call("ListTables", "{}").body, R"({"TableNames":[]})");
  EXPECT_TRUE(journal.notes.empty());
  ASSERT_EQ(engine.call("CreateTable", kCreateTable).status, 200);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(engine.call("ListTables", "{}", "123456789012").body, R"({"TableNames":[]})");
  }
  ASSERT_EQ(journal.notes.size(), 1U);
  EXPECT_NE(journal.notes[0].find("tenant default has 1 table"), std::string::npos)
      << journal.notes[0];
}

TEST(Tenant, SeesNothingOfOthers) {
  Engine engine;
  ASSERT_EQ(engine.call("CreateTable", kCreateTable, "111111111111").status, 200);
  ASSERT_EQ(engine.call("CreateTable", kCreateTable, "222222222222").status, 200);
  EXPECT_EQ(engine.call("ListTables", "{}", "111111111111").body, R"({"TableNames":["tab"]})");
  EXPECT_EQ(engine.call("ListTables", "{}").body, R"({"TableNames":[]})");
  const std::string described =
      engine.call("DescribeTable", R"({"TableName":"tab"})", "222222222222").body;
  EXPECT_NE(described.find("arn:aws:dynamodb:us-east-1:222222222222:table/tab"), std::string::npos);
}

TEST(Journal, HearsOfEveryRequest) {
  Notes journal;
  Engine engine{{.journal = &journal}};
  engine.call("ListTables", "{}");
  EXPECT_EQ(journal.last_operation, "ListTables");
  EXPECT_EQ(journal.last_error, "");
  engine.call("GetItem", R"({"TableName":"absent","Key":{"p":{"S":"a"}}})");
  EXPECT_EQ(journal.last_operation, "GetItem");
  EXPECT_EQ(journal.last_error, "ResourceNotFoundException");
  EXPECT_EQ(journal.last_status, 400);
  EXPECT_EQ(journal.entries, 2);
}

TEST(EngineSnapshot, BringsBackATenantWithoutTouchingOthers) {
  Engine engine;
  ASSERT_EQ(engine.call("CreateTable", kCreateTable, "111111111111").status, 200);
  engine.snapshot("empty", "111111111111");
  const auto put = R"({"TableName":"tab","Item":{"p":{"S":"a"}}})";
  const auto get = R"({"TableName":"tab","Key":{"p":{"S":"a"}}})";
  ASSERT_EQ(engine.call("PutItem", put, "111111111111").status, 200);
  ASSERT_EQ(engine.call("CreateTable", kCreateTable, "222222222222").status, 200);
  EXPECT_TRUE(engine.restore("empty", "111111111111"));
  EXPECT_EQ(engine.call("GetItem", get, "111111111111").body, "{}");
  EXPECT_EQ(engine.call("ListTables", "{}", "222222222222").body, R"({"TableNames":["tab"]})");
  EXPECT_FALSE(engine.restore("never taken", "111111111111"));
  engine.reset();
  EXPECT_EQ(engine.call("ListTables", "{}", "111111111111").body, R"({"TableNames":[]})");
}

}  // namespace
}  // namespace understudy
