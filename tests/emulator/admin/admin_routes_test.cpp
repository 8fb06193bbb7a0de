// What the routes do: time, tables and snapshots, the journal, events.
#include "emulator/api/response.h"
#include "emulator/api/stream_answer.h"
#include "emulator/faults/rule_book.h"
#include "tests/emulator/admin/admin_fixture.h"

namespace understudy {
namespace {

constexpr std::string_view kPut = R"({"TableName":"tab","Item":{"p":{"S":"a"}}})";

TEST_F(AdminTest, MovesTime) {
  EXPECT_EQ(
      ask("GET", "/_admin/clock").body,
      R"({"now":"2026-01-15T12:00:00.000000Z","microseconds":1768478400000000,"mode":"real","rate":1.0,"moved":false})");
  ask("POST", "/_admin/clock/advance", R"({"by":"1h"})");
  EXPECT_EQ(clock_.now(), kNoon + 3'600'000'000);
  ask("POST", "/_admin/clock/advance", R"({"by":0.5})");
  EXPECT_EQ(clock_.now(), kNoon + 3'600'500'000);
  ask("POST", "/_admin/clock/freeze", R"({"at":"2026-02-01T00:00:00Z"})");
  machine_.advance(99);
  EXPECT_EQ(
      ask("GET", "/_admin/clock").body,
      R"({"now":"2026-02-01T00:00:00.000000Z","microseconds":1769904000000000,"mode":"frozen","rate":0.0,"moved":true})");
  ask("POST", "/_admin/clock/scale", R"({"rate":60})");
  machine_.advance(1'000'000);
  EXPECT_EQ(clock_.now(), 1'769'904'060'000'000);
  ask("POST", "/_admin/clock/set", R"({"to":"2026-02-02"})");
  EXPECT_EQ(clock_.now(), 1'769'990'400'000'000);
}

TEST_F(AdminTest, DoesNotGoBackInTime) {
  const Exchanged answer = ask("POST", "/_admin/clock/set", R"({"to":"2026-01-15T11:00:00Z"})");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(
      answer.body,
      R"({"error":{"field":"to","reason":"time does not go back: it is 2026-01-15T12:00:00.000000Z already"}})");
  EXPECT_EQ(ask("POST", "/_admin/clock/freeze", R"({"at":0})").status, 409);
  machine_.advance(5);
  EXPECT_EQ(clock_.now(), kNoon + 5) << "a refused freeze leaves time running";
}

TEST_F(AdminTest, BringsTablesToTheirNextState) {
  Engine engine{{.transition_ms = 1000, .clock = &clock_}};
  Timeline timeline(clock_, engine.scheduler());
  AdminService service({engine, &timeline, &clock_}, {});
  engine.add_service(service);
  engine.call("CreateTable", kCreateTable);
  const auto tables = [&] { return exchange(engine, {}, "", "GET", "/_admin/tables").body; };
  EXPECT_NE(tables().find(R"("status":"CREATING")"), std::string::npos);
  exchange(engine, {}, R"({"by":1})", "POST", "/_admin/clock/advance");
  EXPECT_NE(tables().find(R"("status":"ACTIVE")"), std::string::npos);
}

TEST_F(AdminTest, TakesAndRestoresSnapshots) {
  engine_.call("CreateTable", kCreateTable);
  engine_.call("PutItem", kPut);
  EXPECT_EQ(ask("POST", "/_admin/snapshots", R"({"name":"one"})").body, R"({"taken":"one"})");
  engine_.call("DeleteTable", R"({"TableName":"tab"})");
  EXPECT_EQ(ask("GET", "/_admin/tables").body, R"({"tables":[]})");
  EXPECT_EQ(
      ask("GET", "/_admin/snapshots").body,
      R"({"snapshots":[{"name":"one","taken":"2026-01-15T12:00:00.000000Z","tables":1,"items":1}]})");
  EXPECT_EQ(ask("POST", "/_admin/snapshots/one/restore").status, 200);
  EXPECT_EQ(
      ask("GET", "/_admin/tables").body,
      R"({"tables":[{"tenant":"default","table":"tab","status":"ACTIVE","items":1,"bytes":2,"indexes":[]}]})");
  EXPECT_EQ(ask("POST", "/_admin/snapshots/two/restore").status, 404);
  EXPECT_EQ(ask("DELETE", "/_admin/snapshots/one").status, 200);
  EXPECT_EQ(ask("DELETE", "/_admin/snapshots/one").status, 404);
}

TEST_F(AdminTest, KeepsTenantsApart) {
  engine_.call("CreateTable", kCreateTable, "111111111111");
  engine_.call("CreateTable", kCreateTable, "222222222222");
  EXPECT_EQ(
      ask("GET", "/_admin/tenants").body,
      R"({"tenants":[{"tenant":"111111111111","tables":1},{"tenant":"222222222222","tables":1}]})");
  ask("POST", "/_admin/snapshots", R"({"name":"s","tenant":"111111111111"})");
  ask("POST", "/_admin/reset", R"({"tenant":"111111111111"})");
  EXPECT_EQ(ask("GET", "/_admin/tenants").body,
            R"({"tenants":[{"tenant":"222222222222","tables":1}]})");
  ask("POST", "/_admin/reset", "{}");
  ask("POST", "/_admin/snapshots/s/restore", R"({"tenant":"111111111111"})");
  EXPECT_EQ(ask("GET", "/_admin/tenants").body,
            R"({"tenants":[{"tenant":"111111111111","tables":1}]})");
}

TEST_F(AdminTest, BeginsChanceAnew) {
  EXPECT_EQ(ask("PUT", "/_admin/seed", R"({"seed":7})").body, R"({"seed":7})");
  const std::string first = ask("GET", "/_admin/seed").request_id;
  ask("PUT", "/_admin/seed", R"({"seed":7})");
  EXPECT_EQ(ask("GET", "/_admin/seed").request_id, first);
}

// Who looks for a hot key looks among the refused requests: theirs is as that of those served.
TEST_F(AdminTest, RemembersTheKeyOfRequestsThatAFaultAnswered) {
  engine_.call("CreateTable", kCreateTable);
  engine_.call("PutItem", kPut);
  const auto newest_hash = [this] {
    const std::string newest = ask("GET", "/_admin/requests?table=tab&limit=1").body;
    const std::size_t at = newest.find(R"("key_hash":")");
    return at == std::string::npos ? newest : newest.substr(at, 28);
  };
  const std::string served = newest_hash();
  EXPECT_TRUE(served.starts_with(R"("key_hash":")")) << served;
  ASSERT_TRUE(engine_.faults().install(Fault("no").on({"PutItem", "GetItem"}).error("500")));
  engine_.call("GetItem", R"({"TableName":"tab","Key":{"p":{"S":"b"}}})");
  EXPECT_NE(newest_hash(), served);
  engine_.call("PutItem", kPut);
  EXPECT_EQ(newest_hash(), served);
  engine_.faults().clear();
  engine_.call("PutItem", R"({"TableName":"tab","Item":{"p":{"S":"a"}},)"
                          R"-("ConditionExpression":"attribute_not_exists(p)"})-");
  EXPECT_EQ(newest_hash(), served) << "a failed condition";
}

TEST_F(AdminTest, RemembersRequestsAndTheirRetries) {
  Headers headers = call_headers("ListTables");
  headers.emplace_back("amz-sdk-invocation-id", "inv-1");
  headers.emplace_back("amz-sdk-request", "attempt=2; max=3");
  exchange(engine_, headers, "{}");
  engine_.call("GetItem", R"({"TableName":"nope","Key":{"p":{"S":"a"}}})");
  const std::string all = ask("GET", "/_admin/requests").body;
  EXPECT_TRUE(all.starts_with(R"({"size":16,"recorded":2,"requests":[{"number":1,)")) << all;
  const std::string retry = ask("GET", "/_admin/requests?invocation_id=inv-1").body;
  EXPECT_NE(retry.find(R"("operation":"ListTables","status":200,)"), std::string::npos) << retry;
  EXPECT_NE(retry.find(R"("invocation_id":"inv-1","sdk_request":"attempt=2; max=3")"),
            std::string::npos);
  const std::string missing =
      ask("GET", "/_admin/requests?error=ResourceNotFoundException&limit=1").body;
  EXPECT_NE(missing.find(R"("table":"nope")"), std::string::npos) << missing;
  EXPECT_EQ(missing.find("ListTables"), std::string::npos);
  EXPECT_EQ(ask("GET", "/_admin/requests?limit=x").status, 400);
}

TEST_F(AdminTest, KeepsAsManyRequestsAsItIsTold) {
  ask("PUT", "/_admin/requests", R"({"size":3})");
  for (int i = 0; i < 10; ++i) {
    engine_.call("ListTables", "{}");
  }
  const std::string kept = ask("GET", "/_admin/requests").body;
  EXPECT_NE(kept.find(R"("requests":[{"number":8,)"), std::string::npos) << kept;
  ask("PUT", "/_admin/requests", R"({"size":0})");
  EXPECT_FALSE(fan_.wants_every_request());
  EXPECT_NE(ask("GET", "/_admin/requests").body.find("--journal-size"), std::string::npos);
}

TEST_F(AdminTest, TellsEventsAsTheyHappen) {
  ring_.resize(0);
  ASSERT_FALSE(fan_.wants_every_request());
  Request request;
  request.method = "GET";
  request.target = "/_admin/events?operation=PutItem";
  Response response;
  engine_.handle(request, response);
  ASSERT_NE(response.stream, nullptr);
  EXPECT_EQ(response.content_type, "text/event-stream");
  engine_.call("CreateTable", kCreateTable);
  engine_.call("PutItem", kPut);
  ask("POST", "/_admin/clock/advance", R"({"by":1})");
  const std::string told = response.stream->take().bytes;
  EXPECT_EQ(told.find("CreateTable"), std::string::npos);
  EXPECT_NE(told.find("event: request\nid: 2\ndata: {\"number\":2,"), std::string::npos) << told;
  EXPECT_NE(told.find("\"operation\":\"PutItem\""), std::string::npos);
  EXPECT_NE(told.find("event: clock\nid: 3\n"), std::string::npos);
  ask("PUT", "/_admin/seed", R"({"seed":4})");
  ask("PUT", "/_admin/knobs", R"({"burst_seconds":60})");
  const std::string changed = response.stream->take().bytes;
  EXPECT_NE(changed.find("event: seed\nid: 4\ndata: {\"seed\":4}\n"), std::string::npos) << changed;
  EXPECT_NE(changed.find("event: knobs\nid: 5\n"), std::string::npos) << changed;
  response.stream->abandon();
  engine_.call("PutItem", kPut);
  EXPECT_EQ(events_.listeners(), 0U);
  EXPECT_FALSE(fan_.wants_every_request());
}

TEST_F(AdminTest, SweepsExpiredItemsAtOnce) {
  engine_.call("CreateTable", kCreateTable);
  engine_.call(
      "UpdateTimeToLive",
      R"({"TableName":"tab","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"t"}})");
  engine_.call("PutItem", R"({"TableName":"tab","Item":{"p":{"S":"a"},"t":{"N":"1768478399"}}})");
  engine_.call("PutItem", R"({"TableName":"tab","Item":{"p":{"S":"b"},"t":{"N":"1768478401"}}})");
  EXPECT_EQ(ask("DELETE", "/_aws/dynamodb/expired").body, R"({"ExpiredItems":1})");
  EXPECT_EQ(ask("DELETE", "/_aws/dynamodb/expired").body, R"({"ExpiredItems":0})");
}

}  // namespace
}  // namespace understudy
