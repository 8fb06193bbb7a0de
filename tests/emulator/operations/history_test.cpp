// Random histories against a model that is too simple to be wrong: a std::map of items. After each
// history the table and its indexes must say what the model says, whole and in pages.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/emulator/operations/operation_fixture.h"

namespace understudy {
namespace {

/// pk, sk and the attributes a (key of a global index), n (key of a local one) and x.
struct ModelItem {
  std::optional<std::string> a;
  std::optional<int> n;
  std::optional<int> x;
  friend bool operator==(const ModelItem&, const ModelItem&) = default;
};
using ModelKey = std::pair<std::string, std::string>;
using Model = std::map<ModelKey, ModelItem>;

std::string text(const ModelKey& key) {
  return R"("pk":{"S":")" + key.first + R"("},"sk":{"S":")" + key.second + "\"}";
}

/// As the emulator writes items: attributes in the order of their names.
std::string text(const ModelKey& key, const ModelItem& item) {
  std::string json = "{";
  if (item.a) {
    json += R"("a":{"S":")" + *item.a + "\"},";
  }
  if (item.n) {
    json += R"("n":{"N":")" + std::to_string(*item.n) + "\"},";
  }
  json += text(key);
  if (item.x) {
    json += R"(,"x":{"N":")" + std::to_string(*item.x) + "\"}";
  }
  return json + "}";
}

enum class Kind { kPut, kDelete, kAdd, kSet, kRemove, kPutIfAbsent, kTransact };

struct Command {
  Kind kind = Kind::kPut;
  ModelKey key;
  ModelKey other;
  ModelItem item;
};

}  // namespace
}  // namespace understudy

namespace rc {

template <>
struct Arbitrary<understudy::Command> {
  static Gen<understudy::Command> arbitrary() {
    using understudy::Command;
    using understudy::Kind;
    using understudy::ModelItem;
    using understudy::ModelKey;
    const auto key = [] {
      return gen::pair(gen::element<std::string>("p", "q", "r"),
                       gen::element<std::string>("1", "2", "3", "4", "55", "é"));
    };
    const auto item = gen::build<ModelItem>(
        gen::set(&ModelItem::a,
                 gen::element(std::optional<std::string>(), std::optional<std::string>("f"),
                              std::optional<std::string>("g"))),
        gen::set(
            &ModelItem::n,
            gen::map(gen::inRange(-3, 12),
                     [](int i) { return i < 0 ? std::optional<int>() : std::optional<int>(i); })),
        gen::set(&ModelItem::x, gen::map(gen::inRange(-2, 5), [](int i) {
          return i < 0 ? std::optional<int>() : std::optional<int>(i);
        })));
    return gen::build<Command>(
        gen::set(&Command::kind, gen::element(Kind::kPut, Kind::kDelete, Kind::kAdd, Kind::kSet,
                                              Kind::kRemove, Kind::kPutIfAbsent, Kind::kTransact)),
        gen::set(&Command::key, key()), gen::set(&Command::other, key()),
        gen::set(&Command::item, item));
  }
};

}  // namespace rc

namespace understudy {
namespace {

constexpr std::string_view kCreate = R"({"TableName":"tab","BillingMode":"PAY_PER_REQUEST",
 "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"},
  {"AttributeName":"a","AttributeType":"S"},{"AttributeName":"n","AttributeType":"N"}],
 "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
 "GlobalSecondaryIndexes":[{"IndexName":"by_a","KeySchema":[{"AttributeName":"a","KeyType":"HASH"},
   {"AttributeName":"n","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}],
 "LocalSecondaryIndexes":[{"IndexName":"by_n","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},
   {"AttributeName":"n","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}]})";

constexpr std::string_view kValues = R"("ExpressionAttributeValues":{":v":{"N":"7"}}})";

void apply(OperationFixture& operations, Model& model, const Command& command) {
  const std::string table = R"({"TableName":"tab",)";
  const std::string key = table + R"("Key":{)" + text(command.key) + "},";
  switch (command.kind) {
    case Kind::kPut:
      operations.run("PutItem", table + R"("Item":)" + text(command.key, command.item) + "}");
      model[command.key] = command.item;
      return;
    case Kind::kDelete:
      operations.run("DeleteItem", table + R"("Key":{)" + text(command.key) + "}}");
      model.erase(command.key);
      return;
    case Kind::kAdd:
      operations.run("UpdateItem",
                     key + R"("UpdateExpression":"ADD x :v",)" + std::string(kValues));
      model[command.key].x = model[command.key].x.value_or(0) + 7;
      return;
    case Kind::kSet:
      operations.run("UpdateItem",
                     key + R"("UpdateExpression":"SET n = :v",)" + std::string(kValues));
      model[command.key].n = 7;
      return;
    case Kind::kRemove:
      operations.run("UpdateItem", key + R"("UpdateExpression":"REMOVE a, n"})");
      if (const auto found = model.find(command.key); found != model.end()) {
        found->second.a.reset();
        found->second.n.reset();
      }
      return;
    case Kind::kPutIfAbsent: {
      const auto answer = operations.call(
          "PutItem", table + R"j("ConditionExpression":"attribute_not_exists(pk)","Item":)j" +
                         text(command.key, command.item) + "}");
      RC_ASSERT(answer.ok() == !model.contains(command.key));
      model.emplace(command.key, command.item);
      return;
    }
    case Kind::kTransact: {
      if (command.key == command.other) {
        return;
      }
      const auto answer = operations.call(
          "TransactWriteItems",
          R"({"TransactItems":[{"Put":{"TableName":"tab","Item":)" +
              text(command.key, command.item) +
              R"j(}},{"Delete":{"TableName":"tab","ConditionExpression":"attribute_exists(pk)","Key":{)j" +
              text(command.other) + "}}}]}");
      RC_ASSERT(answer.ok() == model.contains(command.other));
      if (answer.ok()) {
        model[command.key] = command.item;
        model.erase(command.other);
      }
      return;
    }
  }
}

/// The items of an answer, as texts, and its LastEvaluatedKey.
struct Page {
  std::vector<std::string> items;
  std::string last;
};

Page read_page(const std::string& body) {
  Page page;
  Arena arena;
  const auto answer = parse_json(body, arena);
  RC_ASSERT(answer.has_value());
  // Items are found again by their text: the tree points into the body.
  std::size_t at = body.find("\"Items\":[") + 9;
  for (std::size_t i = 0; i < answer->find("Items")->size; ++i) {
    std::size_t end = at;
    for (int depth = 0;; ++end) {
      depth += body[end] == '{' ? 1 : body[end] == '}' ? -1 : 0;
      if (depth == 0) {
        break;
      }
    }
    page.items.push_back(body.substr(at, end + 1 - at));
    at = end + 2;
  }
  const std::size_t last = body.find("\"LastEvaluatedKey\":");
  if (last != std::string::npos) {
    page.last = body.substr(last + 19, body.size() - 1 - (last + 19));
  }
  return page;
}

/// All items of a Query or Scan, read in pages of `limit`. `request` lacks its closing brace.
std::vector<std::string> read_all(OperationFixture& operations, std::string_view operation,
                                  const std::string& request, int limit) {
  std::vector<std::string> items;
  std::string start;
  for (int pages = 0; pages < 1000; ++pages) {
    const Page page = read_page(operations.run(
        operation, request + R"(,"Limit":)" + std::to_string(limit) +
                       (start.empty() ? "" : R"(,"ExclusiveStartKey":)" + start) + "}"));
    items.insert(items.end(), page.items.begin(), page.items.end());
    if (page.last.empty()) {
      return items;
    }
    start = page.last;
  }
  RC_FAIL("paging does not end");
}

std::vector<std::string> sorted(std::vector<std::string> items) {
  std::ranges::sort(items);
  return items;
}

std::string query(const std::string& pk, bool forward, const std::string& more = "") {
  return R"({"TableName":"tab","KeyConditionExpression":"pk = :p",)"
         R"("ExpressionAttributeValues":{":p":{"S":")" +
         pk + R"("}},"ScanIndexForward":)" + (forward ? "true" : "false") + more;
}

void check_partition(OperationFixture& operations, const Model& model, const std::string& pk,
                     int limit) {
  std::vector<std::string> expected;
  std::vector<std::pair<int, std::string>> by_n;
  for (const auto& [key, item] : model) {
    if (key.first != pk) {
      continue;
    }
    expected.push_back(text(key, item));
    if (item.n) {
      by_n.emplace_back(*item.n, text(key, item));
    }
  }
  RC_ASSERT(read_all(operations, "Query", query(pk, true), limit) == expected);
  std::ranges::reverse(expected);
  RC_ASSERT(read_all(operations, "Query", query(pk, false), limit) == expected);
  std::ranges::stable_sort(by_n, {}, &std::pair<int, std::string>::first);
  std::vector<std::string> local;
  for (const auto& [n, item] : by_n) {
    local.push_back(item);
  }
  RC_ASSERT(read_all(operations, "Query", query(pk, true, R"(,"IndexName":"by_n")"), limit) ==
            local);
}

void check(OperationFixture& operations, const Model& model, int limit) {
  std::vector<std::string> all;
  std::vector<std::string> indexed;
  for (const auto& [key, item] : model) {
    all.push_back(text(key, item));
    if (item.a && item.n) {
      indexed.push_back(text(key, item));
    }
    RC_ASSERT(operations.run("GetItem", R"({"TableName":"tab","Key":{)" + text(key) + "}}") ==
              R"({"Item":)" + text(key, item) + "}");
  }
  const std::string scan = R"({"TableName":"tab")";
  RC_ASSERT(sorted(read_all(operations, "Scan", scan, limit)) == sorted(all));
  RC_ASSERT(sorted(read_all(operations, "Scan", scan + R"(,"IndexName":"by_a")", limit)) ==
            sorted(indexed));
  std::vector<std::string> segments;
  for (int i = 0; i < 3; ++i) {
    const auto part = read_all(
        operations, "Scan", scan + R"(,"TotalSegments":3,"Segment":)" + std::to_string(i), limit);
    segments.insert(segments.end(), part.begin(), part.end());
  }
  RC_ASSERT(segments == read_all(operations, "Scan", scan, limit));
  for (const std::string pk : {"p", "q", "r"}) {
    check_partition(operations, model, pk, limit);
  }
}

RC_GTEST_PROP(Histories, LeaveTableAndIndexesAsTheModelHasThem,
              (const std::vector<Command>& commands)) {
  OperationFixture operations;
  operations.run("CreateTable", kCreate);
  Model model;
  for (const Command& command : commands) {
    apply(operations, model, command);
  }
  check(operations, model, *rc::gen::inRange(1, 5));
}

// The same history twice gives the same bytes.
RC_GTEST_PROP(Histories, AreDeterministic, (const std::vector<Command>& commands)) {
  std::vector<std::string> answers;
  for (int run = 0; run < 2; ++run) {
    OperationFixture operations;
    operations.run("CreateTable", kCreate);
    Model model;
    for (const Command& command : commands) {
      apply(operations, model, command);
    }
    answers.push_back(
        operations.run("Scan", R"({"TableName":"tab","ReturnConsumedCapacity":"INDEXES"})") +
        operations.run("Scan", R"({"TableName":"tab","IndexName":"by_a"})"));
  }
  RC_ASSERT(answers[0] == answers[1]);
}

}  // namespace
}  // namespace understudy
