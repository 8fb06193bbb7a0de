// Fault rules over HTTP, in our form and in LocalStack's.
#include "emulator/faults/rule_book.h"
#include "tests/emulator/admin/admin_fixture.h"

namespace understudy {
namespace {

TEST_F(AdminTest, InstallsListsAndRemovesFaultRules) {
  const std::string rule =
      R"({"id":"slow","match":{"operations":["ListTables"]},"do":{"error":"InternalServerError"}})";
  EXPECT_EQ(ask("POST", "/_admin/faults", rule).status, 200);
  EXPECT_EQ(exchange(engine_, call_headers("ListTables"), "{}").status, 500);
  const std::string listed = ask("GET", "/_admin/faults").body;
  EXPECT_NE(listed.find(R"("id":"slow","matches":1,"hits":1)"), std::string::npos) << listed;
  EXPECT_EQ(ask("POST", "/_admin/faults", rule).body,
            R"({"error":{"field":"id","reason":"rule 'slow': another rule has it"}})");
  EXPECT_EQ(ask("DELETE", "/_admin/faults/slow").status, 200);
  EXPECT_EQ(ask("GET", "/_admin/faults/slow").status, 404);
  EXPECT_EQ(exchange(engine_, call_headers("ListTables"), "{}").status, 200);
}

TEST_F(AdminTest, LeavesTheRulesInForceWhereADocumentIsWrong) {
  ask("PUT", "/_admin/faults", R"([{"id":"a","do":{"error":"InternalServerError"}}])");
  const Exchanged refused = ask(
      "PUT", "/_admin/faults",
      R"([{"id":"b","do":{"conflict":true}},{"id":"c","when":{"probability":2},"do":{"conflict":true}}])");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("probability"), std::string::npos) << refused.body;
  EXPECT_NE(ask("GET", "/_admin/faults").body.find(R"("id":"a")"), std::string::npos);
}

TEST_F(AdminTest, KeepsTheRulesWhereABodyIsMissing) {
  ask("PUT", "/_admin/faults", R"({"id":"a","do":{"error":500}})");
  EXPECT_NE(refusal("PUT", "/_admin/faults", "").find("expected rules"), std::string::npos);
  EXPECT_NE(refusal("POST", "/_admin/faults", "").find("expected rules"), std::string::npos);
  EXPECT_EQ(ask("GET", "/_admin/faults/a").status, 200);
}

TEST_F(AdminTest, RefusesRulesOfACapacityThatNobodyHas) {
  EXPECT_NE(refusal("POST", "/_admin/faults", R"({"id":"a","do":{"capacity":"drain_burst"}})")
                .find("capacity is not simulated"),
            std::string::npos)
      << "it would count hits and do nothing";
  EXPECT_EQ(ask("GET", "/_admin/faults/a").status, 404);
}

TEST_F(AdminTest, TakesLocalStacksChaosDocuments) {
  const std::string rule =
      R"({"service":"dynamodb","region":"us-east-1","operation":"ListTables","error":{"statusCode":500,"code":"InternalError"}})";
  EXPECT_EQ(ask("POST", "/_localstack/chaos/faults", "[" + rule + "]").body, "[" + rule + "]");
  EXPECT_EQ(ask("PATCH", "/_localstack/chaos/faults", R"([{"service":"kms"}])").body,
            "[" + rule + R"(,{"service":"kms"}])");
  EXPECT_EQ(engine_.faults().list().size(), 1U) << "other services are not ours";
  const Exchanged failed = exchange(engine_, call_headers("ListTables"), "{}");
  EXPECT_EQ(failed.status, 500);
  EXPECT_NE(failed.body.find(R"("__type":"InternalError")"), std::string::npos) << failed.body;
  EXPECT_EQ(ask("DELETE", "/_localstack/chaos/faults", "[" + rule + "]").body,
            R"([{"service":"kms"}])");
  EXPECT_EQ(exchange(engine_, call_headers("ListTables"), "{}").status, 200);
  EXPECT_EQ(ask("DELETE", "/_localstack/chaos/faults").body, "[]");
}

TEST_F(AdminTest, TakesChaosForTheServicesBesideDynamoDb) {
  ask("POST", "/_localstack/chaos/faults",
      R"([{"service":"sqs"},{"operation":"RunInstances"},{"operation":"Invoke","probability":0.5}])");
  const auto rules = engine_.faults().list();
  ASSERT_EQ(rules.size(), 2U) << "of other services nothing is asked";
  EXPECT_EQ(rules[0].rule.match.service, "sqs");
  EXPECT_EQ(rules[1].rule.match.service, "*");
  EXPECT_EQ(exchange(engine_, call_headers("ListTables"), "{}").status, 200);
}

TEST_F(AdminTest, RefusesChaosItDoesNotUnderstand) {
  ask("POST", "/_localstack/chaos/faults", R"([{"operation":"ListTables"}])");
  for (const char* wrong : {R"([{"probability":2}])", R"([{"servise":"dynamodb"}])", "{}",
                            R"([{"error":{"statusCode":"x"}}])"}) {
    EXPECT_EQ(ask("POST", "/_localstack/chaos/faults", wrong).status, 400) << wrong;
  }
  EXPECT_EQ(ask("GET", "/_localstack/chaos/faults").body, R"([{"operation":"ListTables"}])");
}

TEST_F(AdminTest, SetsAStageByOneCall) {
  EXPECT_EQ(ask("PUT", "/_admin/scenarios/rush", R"({"seed":9,"knobs":{"no_such_knob":1}})").status,
            400);
  const std::string kept =
      ask("PUT", "/_admin/scenarios/rush",
          R"({"seed":9,"knobs":{"burst_seconds":60},"faults":[{"id":"f","do":{"conflict":true}}]})")
          .body;
  EXPECT_TRUE(kept.starts_with(R"({"scenarios":[{"name":"rush","scenario":{"seed":9,)")) << kept;
  EXPECT_EQ(engine_.seed(), 1U);
  EXPECT_EQ(ask("POST", "/_admin/scenarios/rush/start").status, 200);
  EXPECT_EQ(engine_.seed(), 9U);
  EXPECT_EQ(engine_.faults().list().size(), 1U);
  EXPECT_NE(ask("GET", "/_admin/knobs").body.find(R"("name":"burst_seconds","value":"60")"),
            std::string::npos);
  EXPECT_EQ(ask("POST", "/_admin/scenarios/calm/start").status, 404);
  EXPECT_EQ(ask("DELETE", "/_admin/scenarios/rush").status, 200);
}

TEST_F(AdminTest, DelaysByLocalStacksEffects) {
  EXPECT_EQ(ask("POST", "/_localstack/chaos/effects", R"({"latency":250})").body,
            R"({"latency":250})");
  EXPECT_EQ(engine_.faults().list().size(), 1U);
  EXPECT_EQ(ask("GET", "/_localstack/chaos/effects").body, R"({"latency":250})");
  ask("POST", "/_localstack/chaos/effects", R"({"latency":0})");
  EXPECT_TRUE(engine_.faults().list().empty());
}

}  // namespace
}  // namespace understudy
