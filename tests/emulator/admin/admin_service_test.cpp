// The admin API as a whole: who may use it, what it says of itself, how it refuses.
#include "emulator/admin/admin_service.h"

#include <set>

#include "emulator/admin/admin_route.h"
#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "tests/emulator/admin/admin_fixture.h"

namespace understudy {
namespace {

TEST_F(AdminTest, DescribesEveryRouteItServes) {
  const Exchanged answer = ask("GET", "/_admin/openapi.json");
  ASSERT_EQ(answer.status, 200);
  Arena arena;
  const auto document = parse_json(answer.body, arena);
  ASSERT_TRUE(document);
  const JsonNode* const paths = document->find("paths");
  ASSERT_NE(paths, nullptr);
  std::set<std::string> ids;
  for (const AdminRoute* route : admin_routes()) {
    const JsonNode* const path = paths->find(route->path);
    ASSERT_NE(path, nullptr) << route->path;
    std::string method(route->method);
    std::ranges::transform(method, method.begin(), [](char c) { return std::tolower(c); });
    const JsonNode* const call = path->find(method);
    ASSERT_NE(call, nullptr) << route->method << ' ' << route->path;
    EXPECT_EQ(call->find("summary")->text(), route->summary);
    EXPECT_EQ(call->find("requestBody") != nullptr, !route->body.empty());
    EXPECT_TRUE(ids.emplace(call->find("operationId")->text()).second) << route->path;
  }
}

TEST_F(AdminTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(
      refusal("GET", "/_admin/nothing", ""),
      R"({"error":{"field":"","reason":"no such path; GET /_admin/openapi.json lists all"}})");
  EXPECT_EQ(ask("GET", "/_admin/nothing").status, 404);
  const Exchanged method = ask("DELETE", "/_admin/clock");
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.extra_headers, "Allow: GET\r\n");
  EXPECT_EQ(refusal("GET", "/_admin/clock?x=1", ""),
            R"({"error":{"field":"x","reason":"this call has no query parameters"}})");
  EXPECT_EQ(ask("GET", "/_admin/tables?tenants=a").status, 400);
}

TEST_F(AdminTest, SaysWhichMemberOfABodyIsWrong) {
  EXPECT_EQ(ask("POST", "/_admin/clock/advance", "{").status, 400);
  EXPECT_NE(refusal("POST", "/_admin/clock/advance", R"({"by":"soon"})").find(R"("field":"by")"),
            std::string::npos);
  EXPECT_NE(refusal("POST", "/_admin/clock/advance", R"({"by":1,"at":2})").find(R"("field":"at")"),
            std::string::npos);
  EXPECT_NE(refusal("POST", "/_admin/clock/advance", R"({"by":-1})").find(R"("field":"by")"),
            std::string::npos);
  EXPECT_EQ(ask("POST", "/_admin/clock/advance").status, 400);
  EXPECT_EQ(clock_.now(), kNoon);
}

TEST_F(AdminTest, TakesNoQueryParameterThatDoesNothing) {
  EXPECT_NE(refusal("GET", "/_admin/events?limit=2", "").find(R"("field":"limit")"),
            std::string::npos);
}

TEST_F(AdminTest, LeavesDynamoDbAlone) {
  EXPECT_EQ(exchange(engine_, call_headers("ListTables"), "{}").body, R"({"TableNames":[]})");
  EXPECT_EQ(exchange(engine_, call_headers("ListTables"), "{}", "POST", "/_admin/clock").body,
            "<UnknownOperationException/>\n")
      << "as any other path";
}

TEST_F(AdminTest, RefusesPagesOfAnotherOrigin) {
  const auto with_origin = [&](std::string_view origin) {
    return ask("POST", "/_admin/reset", "",
               {{"Host", "localhost:8000"}, {"Origin", std::string(origin)}})
        .status;
  };
  EXPECT_EQ(with_origin("http://localhost:8000"), 200);
  EXPECT_EQ(with_origin("https://example.com"), 403);
  EXPECT_EQ(with_origin("null"), 403);
}

class ClosedAdminTest : public AdminTest {
 protected:
  ClosedAdminTest() : AdminTest({.open = false, .token = {}}) {}
};

TEST_F(ClosedAdminTest, AnswersNobodyButHealthChecks) {
  EXPECT_EQ(ask("GET", "/_admin/clock").status, 403);
  EXPECT_EQ(ask("DELETE", "/_aws/dynamodb/expired").status, 403);
  EXPECT_EQ(ask("GET", "/_localstack/health").status, 200);
}

class TokenAdminTest : public AdminTest {
 protected:
  TokenAdminTest() : AdminTest({.open = false, .token = "sesame"}) {}
};

TEST_F(TokenAdminTest, WantsItsToken) {
  EXPECT_EQ(ask("GET", "/_admin/clock").status, 401);
  EXPECT_EQ(ask("GET", "/_admin/clock", "", {{"Authorization", "Bearer sesam"}}).status, 401);
  EXPECT_EQ(ask("GET", "/_admin/clock", "", {{"Authorization", "Bearer sesame"}}).status, 200);
  EXPECT_EQ(ask("GET", "/_admin/clock", "", {{"X-Understudy-Token", "sesame"}}).status, 200);
  EXPECT_EQ(ask("GET", "/_localstack/health").status, 200);
}

TEST_F(AdminTest, ShowsAPage) {
  const Exchanged page = ask("GET", "/_admin/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_LT(page.body.size(), 15U * 1024);
  EXPECT_EQ(ask("GET", "/_admin").body, page.body);
}

}  // namespace
}  // namespace understudy
