// Tables come and go through their states.
#include "emulator/table/lifecycle.h"

#include <gtest/gtest.h>

#include "tests/emulator/table/emulated.h"

namespace understudy {
namespace {

using testing::Emulated;
using testing::on_demand_table;
using testing::ten_seconds;

std::string delete_error(Emulated& emulated) {
  const auto view = delete_table(emulated.catalog, emulated.scope, "things");
  return view ? "" : view.error().message();
}

TEST(Lifecycle, AnswersCreatingAndIsActiveAtOnceByDefault) {
  Emulated emulated;
  EXPECT_EQ(emulated.create(on_demand_table())->status, TableStatus::kCreating);
  EXPECT_EQ(emulated.describe().status, TableStatus::kActive);
}

TEST(Lifecycle, StaysCreatingForAsLongAsTransitionsLast) {
  Emulated emulated(ten_seconds());
  ASSERT_TRUE(emulated.create(on_demand_table()));
  emulated.advance(10 * kSecond - 1);
  EXPECT_EQ(emulated.describe().status, TableStatus::kCreating);
  emulated.advance(1);
  EXPECT_EQ(emulated.describe().status, TableStatus::kActive);
}

TEST(Lifecycle, TakesLongerWithIndexesAsTheServiceDoes) {
  Emulated emulated({Transitions::Mode::kAwsLike, 0});
  TableSettings settings = on_demand_table();
  settings.indexes.push_back(
      testing::index_of("by_color", {{{"color", ValueType::kString}}, {}}, ProjectionType::kAll));
  ASSERT_TRUE(emulated.create(std::move(settings)));
  emulated.advance(10 * kSecond);
  EXPECT_EQ(emulated.describe().status, TableStatus::kCreating);
  EXPECT_EQ(emulated.describe().settings->indexes[0].status, IndexStatus::kCreating);
  emulated.advance(10 * kSecond);
  EXPECT_EQ(emulated.describe().status, TableStatus::kActive);
  EXPECT_EQ(emulated.describe().settings->indexes[0].status, IndexStatus::kActive);
}

TEST(Lifecycle, RefusesASecondTableOfTheName) {
  Emulated emulated(ten_seconds());
  ASSERT_TRUE(emulated.create(on_demand_table()));
  EXPECT_EQ(emulated.create(on_demand_table()).error().message(),
            "Attempt to change a resource which is still in use: Table is being created: things");
  emulated.advance(10 * kSecond);
  EXPECT_EQ(emulated.create(on_demand_table()).error().message(), "Table already exists: things");
  EXPECT_EQ(emulated.create(on_demand_table()).error().kind(), ErrorKind::kResourceInUseException);
}

TEST(Lifecycle, RefusesDeletionWhileCreatingAndDeleting) {
  Emulated emulated(ten_seconds());
  ASSERT_TRUE(emulated.create(on_demand_table()));
  EXPECT_EQ(delete_error(emulated),
            "Attempt to change a resource which is still in use: Table is being created: things");
  emulated.advance(10 * kSecond);
  EXPECT_EQ(delete_error(emulated), "");
  EXPECT_EQ(delete_error(emulated),
            "Attempt to change a resource which is still in use: Table is being deleted: things");
  emulated.advance(10 * kSecond);
  EXPECT_EQ(delete_error(emulated), "Requested resource not found: Table: things not found");
}

TEST(Lifecycle, RefusesDeletionOfProtectedTables) {
  Emulated emulated;
  TableSettings settings = on_demand_table();
  settings.deletion_protection = true;
  ASSERT_TRUE(emulated.create(std::move(settings)));
  EXPECT_EQ(delete_error(emulated),
            "Resource cannot be deleted as it is currently protected against deletion. Disable "
            "deletion protection first.");
}

TEST(Lifecycle, GivesEveryStreamALabelOfItsOwn) {
  Emulated emulated;
  TableSettings settings = on_demand_table();
  settings.stream = StreamViewType::kNewImage;
  const std::string first = emulated.create(settings)->settings->stream_arn;
  EXPECT_EQ(first,
            "arn:aws:dynamodb:us-east-1:000000000000:table/things/stream/2026-10-09T00:00:00.000");
  ASSERT_EQ(delete_error(emulated), "");
  EXPECT_NE(emulated.create(settings)->settings->stream_arn, first);
}

}  // namespace
}  // namespace understudy
