// A project of someone else's that links understudy::fixtures beside its own GoogleTest.
#include "fixtures/emulator_fixture.h"
#include "fixtures/server_fixture.h"

namespace {

using understudy::fixtures::HasItem;
using understudy::fixtures::item;
using understudy::fixtures::key;

struct InProcess : understudy::fixtures::EmulatorFixture {};

TEST_F(InProcess, ServesATable) {
  given_table(understudy::fixtures::table("orders").partition_key("id"));
  db().put_item("orders", item("id", "42").with("total", 3));
  EXPECT_THAT(db().get_item("orders", key("id", "42")), HasItem(item("total", 3)));
}

struct OverHttp : understudy::fixtures::ServerFixture {};

TEST_F(OverHttp, ServesATable) {
  given_table(understudy::fixtures::table("orders").partition_key("id").items({item("id", "42")}));
  EXPECT_THAT(db().get_item("orders", key("id", "42")), HasItem(item("id", "42")));
}

}  // namespace
