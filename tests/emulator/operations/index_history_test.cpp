// Random histories while indexes come and go. Writes move entries between sparse indexes, some
// carry a key of the wrong type, and pages of an index are continued after its entries have
// changed. Each answer must be, to the byte, what a std::map of items says that works out every
// entry anew.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/emulator/operations/operation_fixture.h"

namespace understudy::index_history_test {

struct Key {
  std::string pk;
  std::string sk;
  friend auto operator<=>(const Key&, const Key&) = default;
};

/// Attributes g (S, where it is not `wrong`: then N) and n.
struct Row {
  std::optional<std::string> g;
  bool wrong = false;
  std::optional<int> n;
  friend bool operator==(const Row&, const Row&) = default;
};

enum class Kind { kPut, kSetN, kRemoveG, kDelete, kTransact, kBatch, kIndex, kPage };

struct Command {
  Kind kind = Kind::kPut;
  Key key;
  Key other;
  Row row;
  std::size_t index = 0;

  friend std::ostream& operator<<(std::ostream& out, const Command& command) {
    return out << "{kind " << static_cast<int>(command.kind) << ", " << command.key.pk
               << command.key.sk << ", " << command.other.pk << command.other.sk << ", g "
               << (command.row.wrong ? "5" : command.row.g.value_or("-")) << ", n "
               << command.row.n.value_or(-1) << ", index " << command.index << "}";
  }
};

}  // namespace understudy::index_history_test

namespace rc {

template <>
struct Arbitrary<understudy::index_history_test::Command> {
  static Gen<understudy::index_history_test::Command> arbitrary() {
    using namespace understudy::index_history_test;  // NOLINT(google-build-using-namespace)
    const auto key = [] {
      return gen::build<Key>(gen::set(&Key::pk, gen::element<std::string>("p", "q")),
                             gen::set(&Key::sk, gen::element<std::string>("1", "2", "3", "4")));
    };
    const auto row = gen::build<Row>(
        gen::set(&Row::g,
                 gen::element(std::optional<std::string>(), std::optional<std::string>("f"),
                              std::optional<std::string>("h"))),
        gen::set(&Row::wrong, gen::map(gen::inRange(0, 12), [](int i) { return i == 0; })),
        gen::set(&Row::n, gen::map(gen::inRange(-2, 4), [](int i) {
          return i < 0 ? std::optional<int>() : std::optional<int>(i);
        })));
    return gen::build<Command>(
        gen::set(&Command::kind, gen::element(Kind::kPut, Kind::kPut, Kind::kSetN, Kind::kRemoveG,
                                              Kind::kDelete, Kind::kTransact, Kind::kBatch,
                                              Kind::kIndex, Kind::kPage, Kind::kPage, Kind::kPage)),
        gen::set(&Command::key, key()), gen::set(&Command::other, key()),
        gen::set(&Command::row, row), gen::set(&Command::index, gen::inRange<std::size_t>(0, 3)));
  }
};

}  // namespace rc

namespace understudy::index_history_test {
namespace {

constexpr std::string_view kCreate = R"({"TableName":"tab","BillingMode":"PAY_PER_REQUEST",
 "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"}],
 "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}]})";

/// An index that comes and goes, and the Query that is asked of it.
struct Index {
  std::string_view name;
  std::string_view definitions;
  std::string_view keys;
  std::string_view projection;
  std::string_view query;
};
constexpr std::array<Index, 3> kIndexes = {{
    {"by_g", R"({"AttributeName":"g","AttributeType":"S"})",
     R"({"AttributeName":"g","KeyType":"HASH"})", "ALL", R"("g = :f",)"},
    {"by_g_n",
     R"({"AttributeName":"g","AttributeType":"S"},{"AttributeName":"n","AttributeType":"N"})",
     R"({"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"})",
     "KEYS_ONLY", R"("g = :f","ScanIndexForward":false,)"},
    {"by_pk_g",
     R"({"AttributeName":"g","AttributeType":"S"},{"AttributeName":"pk","AttributeType":"S"})",
     R"({"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"g","KeyType":"RANGE"})",
     "KEYS_ONLY", R"("pk = :f",)"},
}};
constexpr std::size_t kPageItems = 2;

/// Where an entry stands in its index.
struct Place {
  std::string partition;
  int n = 0;
  std::string g;
  Key key;
  friend auto operator<=>(const Place&, const Place&) = default;
};

std::string table_key(const Key& key) {
  return R"("pk":{"S":")" + key.pk + R"("},"sk":{"S":")" + key.sk + "\"}";
}
std::string g_of(const Row& row) {
  return row.wrong ? R"("g":{"N":"5"})" : R"("g":{"S":")" + *row.g + "\"}";
}
std::string n_of(const Row& row) {
  return R"("n":{"N":")" + std::to_string(*row.n) + "\"}";
}

std::string item(const Key& key, const Row& row, bool with_n = true) {
  return "{" + (row.g ? g_of(row) + "," : "") + (row.n && with_n ? n_of(row) + "," : "") +
         table_key(key) + "}";
}

class Model {
 public:
  std::map<Key, Row> items;
  std::array<bool, kIndexes.size()> there{};
  std::array<std::optional<Place>, kIndexes.size()> last{};  ///< where the next page begins

  [[nodiscard]] static std::optional<Place> place(std::size_t index, const Key& key,
                                                  const Row& row) {
    if (!row.g || row.wrong || (index == 1 && !row.n)) {
      return std::nullopt;
    }
    return index == 2 ? Place{key.pk, 0, *row.g, key}
                      : Place{*row.g, index == 1 ? *row.n : 0, "", key};
  }

  /// No index takes g with the wrong type.
  [[nodiscard]] bool refuses(const Row& row) const {
    return row.g && row.wrong && std::ranges::count(there, true) > 0;
  }

  /// Replaces an item (nullopt: removes it) and returns the units of that write: items are small.
  int write(const Key& key, const std::optional<Row>& after) {
    const auto found = items.find(key);
    const std::optional<Row> before =
        found == items.end() ? std::optional<Row>() : std::optional<Row>(found->second);
    int units = 1;
    for (std::size_t index = 0; index < kIndexes.size(); ++index) {
      units += there[index] ? entry_units(index, key, before, after) : 0;
    }
    if (after) {
      items[key] = *after;
    } else if (before) {
      items.erase(found);
    }
    return units;
  }

  /// The answer to the next page's Query.
  std::string page(std::size_t index) {
    std::vector<std::pair<Place, Row>> entries;
    for (const auto& [key, row] : items) {
      const auto at = place(index, key, row);
      if (at && at->partition == (index == 2 ? "p" : "f")) {
        entries.emplace_back(*at, row);
      }
    }
    const bool forward = index != 1;
    std::ranges::sort(entries, [forward](const auto& a, const auto& b) {
      return forward ? a.first < b.first : b.first < a.first;
    });
    std::string listed;
    std::size_t count = 0;
    std::optional<Place> reached;
    std::string reached_text;
    for (const auto& [at, row] : entries) {
      if (last[index] && (forward ? at <= *last[index] : at >= *last[index])) {
        continue;
      }
      listed += (count == 0 ? "" : ",") + item(at.key, row, index != 2);
      if (++count == kPageItems) {
        reached = at;
        reached_text = table_key(at.key) + "," + g_of(row) + (index == 1 ? "," + n_of(row) : "");
        break;
      }
    }
    last[index] = reached;
    start[index] = reached_text;
    return R"({"Items":[)" + listed + R"(],"Count":)" + std::to_string(count) +
           R"(,"ScannedCount":)" + std::to_string(count) +
           (reached ? R"(,"LastEvaluatedKey":{)" + reached_text + "}}" : "}");
  }

  std::array<std::string, kIndexes.size()> start;  ///< the same as ExclusiveStartKey's members

 private:
  static int entry_units(std::size_t index, const Key& key, const std::optional<Row>& before,
                         const std::optional<Row>& after) {
    const auto from = before ? place(index, key, *before) : std::nullopt;
    const auto to = after ? place(index, key, *after) : std::nullopt;
    if (from && to && *from == *to) {
      const bool with_n = index != 2;
      return item(key, *before, with_n) == item(key, *after, with_n) ? 0 : 1;
    }
    return (from ? 1 : 0) + (to ? 1 : 0);
  }
};

constexpr std::string_view kMetered = R"({"ReturnConsumedCapacity":"TOTAL",)";

std::string consumed(int units) {
  return R"({"ConsumedCapacity":{"TableName":"tab","CapacityUnits":)" + std::to_string(units) +
         ".0}}";
}

void write_one(OperationFixture& operations, Model& model, const Command& command) {
  std::string request = std::string(kMetered) + R"("TableName":"tab",)";
  const auto found = model.items.find(command.key);
  std::optional<Row> after;
  std::string_view operation = "UpdateItem";
  if (command.kind == Kind::kPut) {
    operation = "PutItem";
    request += R"("Item":)" + item(command.key, command.row) + "}";
    after = command.row;
  } else {
    request += R"("Key":{)" + table_key(command.key) + "}";
    if (found != model.items.end()) {
      after = found->second;
    }
  }
  switch (command.kind) {
    case Kind::kSetN:
      request +=
          R"(,"UpdateExpression":"SET n = :v","ExpressionAttributeValues":{":v":{"N":"7"}}})";
      after = after.value_or(Row{});
      after->n = 7;
      break;
    case Kind::kRemoveG:
      request += R"(,"UpdateExpression":"REMOVE g"})";
      if (after) {
        after->g.reset();
      }
      break;
    case Kind::kDelete:
      operation = "DeleteItem";
      request += "}";
      after.reset();
      break;
    default:
      break;
  }
  const auto answer = operations.call(operation, request);
  if (command.kind == Kind::kPut && model.refuses(command.row)) {
    RC_ASSERT(answer.error == "ValidationException");
    return;
  }
  RC_ASSERT(answer.ok());
  RC_ASSERT(answer.body == consumed(model.write(command.key, after)));
}

/// A put and a delete together, all or nothing.
void write_two(OperationFixture& operations, Model& model, const Command& command) {
  if (command.key == command.other) {
    return;
  }
  const std::string put = item(command.key, command.row);
  const std::string removed = table_key(command.other);
  const bool transact = command.kind == Kind::kTransact;
  const auto answer =
      transact ? operations.call("TransactWriteItems",
                                 R"({"TransactItems":[{"Put":{"TableName":"tab","Item":)" + put +
                                     R"j(}},{"Delete":{"TableName":"tab","ConditionExpression":)j"
                                     R"j("attribute_exists(pk)","Key":{)j" +
                                     removed + "}}}]}")
               : operations.call("BatchWriteItem",
                                 R"({"RequestItems":{"tab":[{"PutRequest":{"Item":)" + put +
                                     R"(}},{"DeleteRequest":{"Key":{)" + removed + "}}}]}}");
  const bool done =
      !model.refuses(command.row) && (!transact || model.items.contains(command.other));
  RC_ASSERT(answer.ok() == done);
  if (done) {
    model.write(command.key, command.row);
    model.write(command.other, std::nullopt);
  }
}

void change_index(OperationFixture& operations, Model& model, std::size_t at) {
  const Index& index = kIndexes[at];
  const std::string name = R"("IndexName":")" + std::string(index.name) + "\"";
  std::string request = R"({"TableName":"tab",)";
  if (model.there[at]) {
    request += R"("GlobalSecondaryIndexUpdates":[{"Delete":{)" + name + "}}]}";
  } else {
    request += R"("AttributeDefinitions":[)" + std::string(index.definitions) +
               R"(],"GlobalSecondaryIndexUpdates":[{"Create":{)" + name + R"(,"KeySchema":[)" +
               std::string(index.keys) + R"(],"Projection":{"ProjectionType":")" +
               std::string(index.projection) + R"("}}}]})";
  }
  operations.run("UpdateTable", request);
  model.there[at] = !model.there[at];
  model.last[at].reset();
}

void read_page(OperationFixture& operations, Model& model, std::size_t at) {
  const auto answer = operations.call(
      "Query", R"({"TableName":"tab","IndexName":")" + std::string(kIndexes[at].name) +
                   R"(","KeyConditionExpression":)" + std::string(kIndexes[at].query) +
                   R"("ExpressionAttributeValues":{":f":{"S":")" + (at == 2 ? "p" : "f") +
                   R"("}},)" +
                   (model.last[at] ? R"("ExclusiveStartKey":{)" + model.start[at] + "}," : "") +
                   R"("Limit":)" + std::to_string(kPageItems) + "}");
  RC_ASSERT(answer.ok() == model.there[at]);
  if (answer.ok()) {
    RC_ASSERT(answer.body == model.page(at));
  }
}

void apply(OperationFixture& operations, Model& model, const Command& command) {
  switch (command.kind) {
    case Kind::kPut:
    case Kind::kSetN:
    case Kind::kRemoveG:
    case Kind::kDelete:
      return write_one(operations, model, command);
    case Kind::kTransact:
    case Kind::kBatch:
      return write_two(operations, model, command);
    case Kind::kIndex:
      return change_index(operations, model, command.index);
    case Kind::kPage:
      return read_page(operations, model, command.index);
  }
}

RC_GTEST_PROP(IndexHistories, AreAsTheModelHasThem, ()) {
  OperationFixture operations;
  operations.run("CreateTable", kCreate);
  Model model;
  const auto commands = *rc::gen::resize(200, rc::gen::arbitrary<std::vector<Command>>());
  for (const Command& command : commands) {
    apply(operations, model, command);
  }
}

}  // namespace
}  // namespace understudy::index_history_test
