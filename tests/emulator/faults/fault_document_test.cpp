// Fault rules as documents: what is understood, what is refused and where, and that a rule written
// back reads as itself.
#include "emulator/faults/fault_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "emulator/faults/fault.h"
#include "emulator/service/shape.h"

namespace understudy {
namespace {

using testing::HasSubstr;

std::string error_of(std::string_view text) {
  const auto rules = parse_fault_rules(text, "faults.yaml");
  return rules ? "" : rules.error().message();
}

// Rare ones were answered without a text.
TEST(FaultRule, EveryExceptionHasAText) {
  for (const ErrorKind kind : {
#define UNDERSTUDY_ERROR(name, ...) ErrorKind::k##name,
#include "emulator/service/error_table.inc"
#undef UNDERSTUDY_ERROR
       }) {
    const bool silent = kind == ErrorKind::kSerializationException ||
                        kind == ErrorKind::kUnknownOperationException;  // as in the service
    EXPECT_EQ(fault_message(kind).empty(), silent) << error_row(kind).name;
  }
}

std::vector<FaultRule> rules_of(std::string_view text) {
  auto rules = parse_fault_rules(text, "faults.yaml");
  EXPECT_TRUE(rules.has_value()) << rules.error().message();
  return rules ? *std::move(rules) : std::vector<FaultRule>();
}

constexpr std::string_view kEverything = R"(faults:
  - id: flaky-puts
    match:
      operations: [PutItem, "Batch*"]
      table: "orders*"
      key: {pk: "user#*", sk: 7}
      item_size: {min: 10, max: 4096}
      tenant: "1234*"
      header: {x-client: canary}
    when:
      probability: 0.3
      skip: 2
      every: 3
      count: 5
      window: {from: 10s, until: 1min}
      schedule: {every: 1h, for: 5min, start: 30s}
      ramp: {from: 0.1, to: 0.9, over: 10min}
      max_concurrent: 4
      time_to_live: 1d
    phase: before_commit
    do: {throttle: TableWriteProvisionedThroughputExceeded, retry_after: 250ms, latency: 20ms}
    expect: {hits: {min: 1, max: 10}}
    dry_run: true
  - {id: a, do: {error: 503}}
  - {id: b, do: {error: {name: ValidationException, message: "no"}}, phase: on_arrival}
  - {id: c, do: {partial: {share: 0.5}}}
  - {id: d, do: {partial: {key: {pk: a}}}}
  - {id: e, do: {cancel: [None, {code: ConditionalCheckFailed, message: m}, TransactionConflict]}}
  - {id: f, do: {conflict: true}}
  - {id: g, do: {stale: 5s}, match: {operations: GetItem}}
  - {id: h, do: {latency: {uniform: [10ms, 50ms]}}}
  - {id: i, do: {latency: {lognormal: {median: 20ms, p99: 200ms}}}}
  - {id: j, do: {latency: {exponential: {mean: 20ms}}}}
  - {id: k, do: {latency: {percentiles: {p50: 10ms, p99.9: 1s, p100: 2s}}}}
  - {id: l, do: {transport: reset}, phase: after_commit}
  - {id: m, do: {transport: {hang: 5s}}}
  - {id: n, do: {transport: {truncate: 10}}}
  - {id: o, do: {transport: {dribble: {bytes: 3, every: 5ms}}}}
  - {id: p, do: {transport: {raw: {status: 503, body: "<html/>"}}}}
  - {id: q, do: {transport: wrong_crc32}}
  - {id: r, do: {stream: {delay: 5s}}}
  - {id: s, do: {stream: split}}
  - {id: t, do: {capacity: {override: {read: 5, write: 2.5}}}}
  - {id: v, do: {error: {name: OverLimit, message: "no"}}, match: {service: sqs}}
  - {id: w, do: {latency: 5ms}, match: {operations: [ReceiveMessage, Invoke], service: "*"}}
  - {id: u, do: {capacity: drain_burst}, when: {window: {from: "2026-01-15T12:00:00.250Z"}}}
)";

TEST(FaultDocument, RulesWrittenBackReadAsThemselves) {
  const std::vector<FaultRule> rules = rules_of(kEverything);
  ASSERT_EQ(rules.size(), 24U);
  for (const FaultRule& rule : rules) {
    const std::string json = fault_rule_json(rule);
    const std::vector<FaultRule> again = rules_of(json);
    ASSERT_EQ(again.size(), 1U) << json;
    EXPECT_EQ(fault_rule_json(again[0]), json);
    EXPECT_FALSE(check_fault_rule(rule)) << rule.id;
  }
  EXPECT_EQ(rules[0].match.key[1].pattern, "7");
  EXPECT_EQ(rules[0].when.until->at, 60'000'000);
  EXPECT_EQ(rules[0].action.retry_after_ms, 250);
  EXPECT_EQ(rules.back().when.from->at, 1768478400'250'000);
}

TEST(FaultDocument, WhatCppBuildsIsWhatDocumentsSay) {
  using std::chrono_literals::operator""ms;
  const Fault fault = Fault("x")
                          .on("PutItem")
                          .table("orders*")
                          .every(3)
                          .throttle("TableWriteKeyRangeThroughputExceeded")
                          .latency(5ms);
  const auto rules = rules_of(
      "{id: x, match: {operations: [PutItem], table: 'orders*'}, when: {every: 3},"
      " do: {throttle: TableWriteKeyRangeThroughputExceeded, latency: 5ms}}");
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(fault_rule_json(fault.rule()), fault_rule_json(rules[0]));
}

struct BadDocument {
  const char* text;
  const char* error;
};

class BadFaultDocumentTest : public testing::TestWithParam<BadDocument> {};

TEST_P(BadFaultDocumentTest, IsRefusedWithItsPlace) {
  EXPECT_THAT(error_of(GetParam().text), HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    FaultDocument, BadFaultDocumentTest,
    testing::Values(
        BadDocument{"faults:\n  - id: a\n    colour: red\n    do: {error: 500}\n",
                    "faults.yaml:3: member 'faults[0].colour': unknown member"},
        BadDocument{"faults:\n  - {id: a, when: {probabilty: 1}, do: {error: 500}}\n",
                    "faults.yaml:2: member 'faults[0].when.probabilty': unknown member (did you "
                    "mean 'probability'?)"},
        BadDocument{"- do: {error: 500}\n  match: {operations: [PutItems]}\n",
                    "faults.yaml:2: member '[0].match.operations': there is no operation "
                    "'PutItems' (did you mean 'PutItem'?)"},
        BadDocument{"- do: {error: ValidatonException}\n",
                    "faults.yaml:1: member '[0].do.error': there is no exception "
                    "'ValidatonException' (did you mean 'ValidationException'?)"},
        BadDocument{"- do: {error: 500}\n  when:\n    probability: 1.5\n",
                    "faults.yaml:3: member '[0].when.probability': expected a number from 0 to 1, "
                    "not '1.5'"},
        BadDocument{"- {id: a, do: {error: 500}}\n- {id: a, do: {error: 503}}\n",
                    "faults.yaml:2: member '[1].id': another rule has the id 'a'"},
        BadDocument{"- do: {error: 500}\n  when:\n    window: {from: 10s, until: 5s}\n",
                    "faults.yaml:3: member '[0].when.window.until': the window ends before it "
                    "begins"},
        BadDocument{"- do: {throttle: TableWriteThroughputExceeded}\n",
                    "faults.yaml:1: member '[0].do.throttle': expected a reason such as"},
        BadDocument{"- {match: {service: s3}, do: {error: 500}}\n",
                    "faults.yaml:1: member '[0].match.service': there is no service 's3' here"},
        BadDocument{"- {match: {operations: PutItem}, do: {error: OverLimit}}\n",
                    "faults.yaml:1: member '[0].do': none of the operations has what this changes"},
        BadDocument{"- {match: {operations: SendMessage}, do: {conflict: true}}\n",
                    "faults.yaml:1: member '[0].do': none of the operations has what this changes"},
        BadDocument{"- {match: {operations: SendMessage, service: lambda}, do: {error: 500}}\n",
                    "faults.yaml:1: member '[0].match.operations': there is no operation "
                    "'SendMessage'"},
        BadDocument{"- {match: {operations: ListStreams}, do: {stream: trim}}\n",
                    "faults.yaml:1: member '[0].do': none of the operations has what this changes"},
        BadDocument{"- id: a\n", "member 'do' is missing"},
        BadDocument{"- do: {}\n", "faults.yaml:1: member '[0].do': nothing is done"},
        BadDocument{"- do: {error: 500, transport: reset}\n", "exclude each other"},
        BadDocument{"- do: {partial: {count: 1}}\n  match: {operations: GetItem}\n",
                    "none of the operations has what this changes"},
        BadDocument{"- do: {throttle: TableReadProvisionedThroughputExceeded}\n"
                    "  match: {operations: [PutItem, DescribeTable]}\n",
                    "none of the operations has what this changes"},
        BadDocument{"- do: {throttle: IndexReadKeyRangeThroughputExceeded}\n"
                    "  match: {operations: GetItem}\n",
                    "none of the operations has what this changes"},
        BadDocument{
            "- do: {error: 500}\n  match: {operations: PutItem, index: by_owner}\n",
            "faults.yaml:2: member '[0].match.index': none of the operations says an index"},
        BadDocument{"- do: {error: 500}\n  match: {operations: []}\n",
                    "faults.yaml:2: member '[0].match.operations': expected at least one"},
        BadDocument{"- do: {error: 500}\n  match: {table: \"\"}\n",
                    "faults.yaml:2: member '[0].match.table': expected a name or a pattern"},
        BadDocument{"- do: {error: 500}\n  match: {operations: GetItem, service: sqs}\n",
                    "member '[0].match.operations': there is no operation 'GetItem' of sqs"},
        BadDocument{"- do: {partial: {}}\n", "expected one of share, count and key"},
        BadDocument{"- do: {capacity: {override: {}}}\n", "expected read, write or both"},
        BadDocument{"- do: {conflict: true}\n  phase: after_commit\n",
                    "faults.yaml:2: member '[0].phase': what is done here is done before"},
        BadDocument{"- do: {cancel: [Nope]}\n", "there is no cancellation code 'Nope'"},
        BadDocument{"- do: {latency: {percentiles: {p99: 1ms, p50: 2ms}}}\n", "rising"},
        BadDocument{"- do: {latency: {uniform: [5ms]}}\n", "expected the least and the most"},
        BadDocument{"- do: {error: 500}\n  when: {schedule: {every: 1s, for: 2s}}\n",
                    "no longer than 'every'"},
        BadDocument{"{\"do\": {\"error\": 500}", "no valid JSON"}));

TEST(FaultDocument, ActionsOfSingleRequestsAreRules) {
  const auto plain = parse_fault_action(R"({"error":"ValidationException"})", "header");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->phase, FaultPhase::kBeforeCommit);
  const auto late =
      parse_fault_action(R"({"do":{"transport":"reset"},"phase":"after_commit"})", "header");
  ASSERT_TRUE(late.has_value());
  EXPECT_EQ(late->phase, FaultPhase::kAfterCommit);
  EXPECT_THAT(parse_fault_action(R"({"eror":500})", "header").error().message(),
              HasSubstr("unknown member (did you mean 'error'?)"));
}

TEST(FaultDocument, ActionsOfSingleRequestsSuitTheirOperation) {
  const ModelOperation* const get = find_model_operation(Service::kDynamoDb, "GetItem");
  ASSERT_NE(get, nullptr);
  EXPECT_TRUE(parse_fault_action(R"({"stale":true})", "header", get).has_value());
  for (const std::string_view text :
       {R"({"partial":{"count":1}})", R"({"cancel":["ConditionalCheckFailed"]})",
        R"({"stream":"trim"})", R"({"throttle":"TableWriteProvisionedThroughputExceeded"})"}) {
    EXPECT_THAT(parse_fault_action(text, "header", get).error().message(),
                HasSubstr("GetItem has nothing that this changes"))
        << text;
  }
}

TEST(Pattern, StarIsAnyTextAndQuestionMarkOneCharacter) {
  EXPECT_TRUE(matches_pattern("orders*", "orders-eu"));
  EXPECT_TRUE(matches_pattern("*a*b", "xxaxxbxb"));
  EXPECT_TRUE(matches_pattern("a?c", "abc"));
  EXPECT_TRUE(matches_pattern("*", ""));
  EXPECT_FALSE(matches_pattern("a?c", "ac"));
  EXPECT_FALSE(matches_pattern("orders", "orders-eu"));
  EXPECT_FALSE(matches_pattern("", "a"));
}

}  // namespace
}  // namespace understudy
