#include "streams/stack/stack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "emulator/api/engine.h"
#include "streams/function_host.h"
#include "streams/streams.h"

namespace understudy {
namespace {

using ::testing::HasSubstr;

constexpr const char* kTable = R"(Tables:
  - TableName: tab
    AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
    KeySchema: [{AttributeName: id, KeyType: HASH}]
    BillingMode: PAY_PER_REQUEST
)";

std::string error_of(const std::string& text) {
  const auto document = Document::parse(text, "stack.yaml");
  if (!document) {
    return document.error().message();
  }
  const auto stack = read_stack(*document, "/stacks");
  return stack ? "no error" : stack.error();
}

// Builds it without network; the error, or "built".
std::string build(const std::string& text) {
  const auto document = Document::parse(text, "stack.yaml");
  EXPECT_TRUE(document.has_value());
  const auto stack = read_stack(*document, "/stacks");
  EXPECT_TRUE(stack.has_value()) << stack.error();
  Engine engine;
  Streams streams(engine);
  FunctionHost host(engine, streams);
  const auto built = build_stack(*stack, engine, host, nullptr);
  return built ? "built" : built.error();
}

TEST(Stack, SaysWhereAndWhatIsWrong) {
  EXPECT_THAT(error_of("Tables: {}"), HasSubstr("stack.yaml:1: member 'Tables': "));
  EXPECT_THAT(error_of("Functions:\n  - FunctionName: f\n    Url: http://x\n    Timeout: soon"),
              HasSubstr("stack.yaml:4: member 'Functions[0].Timeout': "));
  EXPECT_THAT(error_of("Functions:\n  - FunctionName: f\n    Comand: x\n    Url: http://x"),
              HasSubstr("stack.yaml:3: member 'Functions[0].Comand'"));
  EXPECT_THAT(error_of("EventSourceMappings:\n  - {FunctionName: f, Table: t}"),
              HasSubstr("no function 'f' is declared under Functions"));
  EXPECT_THAT(error_of("EventSourceMappings:\n  - {FunctionName: f, Table: t}"),
              HasSubstr("no table 't' is declared under Tables"));
  EXPECT_THAT(error_of("WebSocketApis:\n  - Name: x"), HasSubstr("needs Port (ws), TlsPort (wss)"));
  EXPECT_THAT(error_of("WebSocketApis:\n  - Port: 70000"), HasSubstr("WebSocketApis[0].Port"));
  // CreateTable and CreateEventSourceMapping pass over what they do not know.
  EXPECT_THAT(error_of(std::string(kTable) + "    StreamSpecificaton: {StreamEnabled: true}"),
              HasSubstr("stack.yaml:6: member 'Tables[0].StreamSpecificaton': unknown member (did "
                        "you mean 'StreamSpecification'?)"));
  EXPECT_THAT(error_of("EventSourceMappings:\n  - FunctionName: f\n    BatchSise: 1"),
              HasSubstr("stack.yaml:3: member 'EventSourceMappings[0].BatchSise': unknown"));
  EXPECT_THAT(error_of("Thing: 1"), HasSubstr("stack.yaml:1: member 'Thing'"));
}

// What would start, and never do what it says.
TEST(Stack, RefusesWhatCouldNotWork) {
  const auto function = [](const std::string& members) {
    return error_of("Functions:\n  - {FunctionName: f, " + members + "}");
  };
  EXPECT_THAT(function("Url: 'https://x/y'"),
              HasSubstr("member 'Functions[0].Url': expected http"));
  EXPECT_THAT(function("Url: nonsense"), HasSubstr("member 'Functions[0].Url': expected http"));
  EXPECT_THAT(function("Url: 'http://x', Timeout: 0"),
              HasSubstr("member 'Functions[0].Timeout': expected at least 1ms"));
  const auto mapping = [](const std::string& members) {
    return error_of(
        "Functions:\n  - {FunctionName: f, Url: 'http://x'}\nEventSourceMappings:\n"
        "  - {FunctionName: f, EventSourceArn: a, " +
        members + "}");
  };
  EXPECT_EQ(mapping("StartingPosition: LATEST"), "no error");
  EXPECT_THAT(mapping("Table: t"), HasSubstr("either Table or EventSourceArn, not both"));
  EXPECT_THAT(mapping("FilterCriteria: {Filter: []}"),
              HasSubstr("FilterCriteria.Filter': unknown"));
  EXPECT_THAT(mapping("DestinationConfig: {OnFailure: {Dest: x}}"),
              HasSubstr("DestinationConfig.OnFailure.Dest': unknown"));
  const auto api = [](const std::string& members) {
    return error_of("WebSocketApis:\n  - {Port: 0, " + members + "}");
  };
  EXPECT_EQ(api("Stage: v1_b-2"), "no error");
  EXPECT_THAT(api("Stage: a/b"), HasSubstr("WebSocketApis[0].Stage': expected letters"));
  EXPECT_THAT(api("Stage: ''"), HasSubstr("WebSocketApis[0].Stage': expected letters"));
  EXPECT_THAT(api("IdleTimeout: 0"), HasSubstr("IdleTimeout': expected at least 1ms"));
  EXPECT_THAT(api("RouteSelectionExpression: $request.body."), HasSubstr("a path into it"));
  EXPECT_THAT(api("Routes: {$conect: f}"), HasSubstr("Routes.$conect': no route is called that"));
}

TEST(Stack, TablesAreMadeByCreateTableAndItsErrorsHaveAPlace) {
  EXPECT_EQ(build(std::string(kTable) + "    Items: [{id: {S: a}}, {id: {S: b}}]"), "built");
  EXPECT_THAT(build("Tables:\n  - TableName: tab"),
              HasSubstr("stack.yaml:2: member 'Tables[0]': ValidationException: "));
  EXPECT_THAT(build(std::string(kTable) + "    Items:\n      - {id: {S: a}}\n      - {no: {S: a}}"),
              HasSubstr("stack.yaml:8: member 'Tables[0].Items[1]': ValidationException: One or "
                        "more parameter values were invalid: Missing the key id in the item"));
}

TEST(Stack, WhatCannotBeMadeHasAPlaceToo) {
  EXPECT_EQ(build("Functions:\n  - FunctionName: f\n    Command: [no-such-program]"),
            "stack.yaml:2: member 'Functions[0]': function f needs a server's network");
}

}  // namespace
}  // namespace understudy
