#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/streams/mappings/mapping_world.h"

namespace understudy {
namespace {

using ::testing::HasSubstr;

std::string create_error(MappingWorld& world, const std::string& body) {
  const auto created = world.mappings.create(body);
  return created ? "created" : created.error().type + ": " + created.error().message;
}

std::string request(const std::string& more, std::string_view stream = kStreamArn) {
  return R"({"FunctionName":"f","EventSourceArn":")" + std::string(stream) + "\"" +
         (more.empty() ? "" : "," + more) + "}";
}

TEST(EventSourceMappings, DescribesWhatItMade) {
  MappingWorld world;
  const auto created = world.mappings.create(request(R"("StartingPosition":"LATEST")"));
  ASSERT_TRUE(created.has_value());
  EXPECT_EQ(created->status, 202);
  EXPECT_THAT(created->body, HasSubstr(R"("State":"Creating")"));
  EXPECT_THAT(created->body, HasSubstr(R"("LastProcessingResult":"No records processed")"));
  EXPECT_THAT(created->body, HasSubstr(R"("StateTransitionReason":"User action")"));
  const std::string id = world.mappings.list().front().id;
  const auto described = world.mappings.answer({"GET", id, "", ""});
  ASSERT_TRUE(described.has_value());
  EXPECT_THAT(described->body, HasSubstr(R"("State":"Enabled")"));
  EXPECT_THAT(described->body, HasSubstr(R"("BatchSize":100)"));
  EXPECT_THAT(described->body, HasSubstr(R"("MaximumRetryAttempts":-1)"));
}

TEST(EventSourceMappings, ListsByFunctionAndSource) {
  MappingWorld world;
  world.map();
  const auto count = [&](std::string_view query) {
    const auto page = world.mappings.answer({"GET", "", query, ""});
    return page && page->body.find("UUID") != std::string::npos;
  };
  EXPECT_TRUE(count(""));
  EXPECT_TRUE(count("FunctionName=f"));
  EXPECT_FALSE(count("EventSourceArn=other"));
  const auto unknown = world.mappings.answer({"GET", "", "FunctionName=g", ""});
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().type, "ResourceNotFoundException");
}

TEST(EventSourceMappings, RefusesInLambdasWords) {
  MappingWorld world;
  const std::string latest = R"("StartingPosition":"LATEST")";
  EXPECT_EQ(create_error(world, request(latest,
                                        "arn:aws:dynamodb:us-east-1:000000000000:table/x/"
                                        "stream/2026-01-01T00:00:00.000")),
            "InvalidParameterValueException: Stream not found: "
            "arn:aws:dynamodb:us-east-1:000000000000:table/x/stream/2026-01-01T00:00:00.000");
  EXPECT_EQ(create_error(world, R"({"FunctionName":"f"})"),
            "InvalidParameterValueException: Unrecognized event source.");
  EXPECT_THAT(
      create_error(world, request(latest + R"(,"FilterCriteria":{"Filters":[{"Pattern":"{"}]})")),
      HasSubstr("InvalidParameterValueException: Invalid filter pattern definition."));
  EXPECT_THAT(create_error(world, request(latest + R"(,"BatchSize":0)")),
              HasSubstr("Value '0' at 'batchSize' failed to satisfy constraint: Member must have "
                        "value greater than or equal to 1"));
  EXPECT_THAT(create_error(world, request(latest + R"(,"MaximumRecordAgeInSeconds":59)")),
              HasSubstr("must be between 60 seconds and 7 days"));
  EXPECT_THAT(create_error(world, request("")), HasSubstr("startingPosition"));
  EXPECT_THAT(create_error(world, "{"), HasSubstr("InvalidRequestContentException"));
}

TEST(EventSourceMappings, RefusesWhatOnlyOtherSourcesHave) {
  MappingWorld world;
  const std::string latest = R"("StartingPosition":"LATEST",)";
  for (const auto& [member, value] :
       {std::pair{"ScalingConfig", R"({"MaximumConcurrency":2})"},
        {"Queues", R"(["q"])"},
        {"DestinationConfig", R"({"OnSuccess":{"Destination":"x"}})"}}) {
    EXPECT_EQ(create_error(world, request(latest + "\"" + member + "\":" + value)),
              std::string("InvalidParameterValueException: Unsupported ") + member +
                  " parameter for given event source mapping type.");
  }
  EXPECT_TRUE(world.mappings.list().empty());
}

TEST(EventSourceMappings, OnePerStreamAndFunction) {
  MappingWorld world;
  const std::string id = world.map();
  EXPECT_EQ(create_error(world, request(R"("StartingPosition":"LATEST")")),
            "ResourceConflictException: The event source arn (\" " + std::string(kStreamArn) +
                " \") and function (\" f \") provided mapping already exists. Please update or "
                "delete the existing mapping with UUID " +
                id);
}

TEST(EventSourceMappings, DeletedOnesDeliverNothing) {
  MappingWorld world;
  const std::string id = world.map();
  const auto removed = world.mappings.answer({"DELETE", id, "", ""});
  ASSERT_TRUE(removed.has_value());
  EXPECT_THAT(removed->body, HasSubstr(R"("State":"Deleting")"));
  world.source.append("k", "1");
  world.advance(kMinute);
  EXPECT_TRUE(world.batches.empty());
  const auto again = world.mappings.answer({"GET", id, "", ""});
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().message, "The resource you requested does not exist.");
}

}  // namespace
}  // namespace understudy
