#include "bench/http/workload.h"

#include <cstdio>
#include <utility>

namespace understudy::bench {
namespace {

constexpr std::size_t kDistinctRequests = 64;

std::string partition_key(const Shape& shape, std::size_t index) {
  char text[32];
  std::snprintf(text, sizeof(text), "user-%08zu", index / shape.partition_items);
  return text;
}

std::string sort_key(const Shape& shape, std::size_t index) {
  char text[32];
  std::snprintf(text, sizeof(text), "order-%08zu", index % shape.partition_items);
  return text;
}

/// Spreads the requests over the table without a pattern a cache could learn.
std::size_t scattered(const Shape& shape, std::size_t n) {
  return (n * 2654435761U + 12345) % shape.items;
}

std::string named(std::string_view table) {
  return R"("TableName":")" + std::string(table) + '"';
}

}  // namespace

std::string create_table(std::string_view table) {
  return "{" + named(table) +
         R"(,"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},)"
         R"({"AttributeName":"sk","AttributeType":"S"}],)"
         R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},)"
         R"({"AttributeName":"sk","KeyType":"RANGE"}],"BillingMode":"PAY_PER_REQUEST"})";
}

std::string key(const Shape& shape, std::size_t index) {
  return R"({"pk":{"S":")" + partition_key(shape, index) + R"("},"sk":{"S":")" +
         sort_key(shape, index) + R"("}})";
}

std::string item(const Shape& shape, std::size_t index) {
  const std::string pk = partition_key(shape, index);
  const std::string sk = sort_key(shape, index);
  std::string json = R"({"pk":{"S":")" + pk + R"("},"sk":{"S":")" + sk + R"("},"count":{"N":")" +
                     std::to_string(1000 + index % 9000) + R"("},"group":{"S":")" +
                     (index % 100 == 7 ? "hit" : "not") + R"("})";
  // Names of 2 + 2 + 5 + 5 bytes and their values (a number of four digits is 3), then six strings.
  const std::size_t so_far = 2 + pk.size() + 2 + sk.size() + 5 + 3 + 5 + 3;
  std::size_t left = shape.item_bytes - so_far;
  for (int i = 0; i < 6; ++i) {
    const std::size_t bytes = left / static_cast<std::size_t>(6 - i);
    left -= bytes;
    json += R"(,"text)" + std::to_string(i) + R"(":{"S":")";
    for (std::size_t b = 0; b + 5 < bytes; ++b) {
      json += static_cast<char>('a' + (index + b * 7 + static_cast<std::size_t>(i)) % 26);
    }
    json += R"("})";
  }
  return json + "}";
}

std::vector<Operation> fill(const Shape& shape, std::string_view table) {
  std::vector<Operation> operations;
  for (std::size_t first = 0; first < shape.items; first += 25) {
    std::string body = R"({"RequestItems":{")" + std::string(table) + R"(":[)";
    for (std::size_t i = first; i < shape.items && i < first + 25; ++i) {
      body += (i == first ? "" : ",") + (R"({"PutRequest":{"Item":)" + item(shape, i) + "}}");
    }
    operations.push_back({"BatchWriteItem", body + "]}}"});
  }
  return operations;
}

namespace {

/// Puts each of which changes the item that the one before of its key has left.
std::vector<Operation> replacing_puts(const Shape& shape, std::string_view table) {
  const std::vector<Operation> puts = scenario("put", shape, table);
  std::vector<Operation> operations;
  for (Operation put : puts) {
    constexpr std::string_view kCount = R"("count":{"N":")";
    put.body[put.body.find(kCount) + kCount.size()] = '0';
    operations.push_back(std::move(put));
  }
  operations.insert(operations.end(), puts.begin(), puts.end());
  return operations;
}

}  // namespace

std::vector<Operation> scenario(std::string_view name, const Shape& shape, std::string_view table) {
  if (name == "replace") {
    return replacing_puts(shape, table);
  }
  std::vector<Operation> operations;
  for (std::size_t n = 0; n < kDistinctRequests; ++n) {
    const std::size_t index = scattered(shape, n);
    const std::string on_table = "{" + named(table);
    if (name == "get") {
      operations.push_back({"GetItem", on_table + R"(,"Key":)" + key(shape, index) + "}"});
    } else if (name == "put") {
      operations.push_back({"PutItem", on_table + R"(,"Item":)" + item(shape, index) + "}"});
    } else if (name == "update") {
      operations.push_back(
          {"UpdateItem", on_table + R"(,"Key":)" + key(shape, index) +
                             R"(,"UpdateExpression":"ADD #c :one",)"
                             R"("ExpressionAttributeNames":{"#c":"count"},)"
                             R"("ExpressionAttributeValues":{":one":{"N":"1"}}})"});
    } else if (name == "query") {
      operations.push_back({"Query", on_table +
                                         R"(,"KeyConditionExpression":"pk = :p",)"
                                         R"("ExpressionAttributeValues":{":p":{"S":")" +
                                         partition_key(shape, index) + R"("}},"Limit":20})"});
    } else if (name == "scan") {
      operations.push_back({"Scan", on_table + "}"});
    } else if (name == "filter") {
      operations.push_back({"Scan", on_table +
                                        R"(,"FilterExpression":"#g = :h",)"
                                        R"("ExpressionAttributeNames":{"#g":"group"},)"
                                        R"("ExpressionAttributeValues":{":h":{"S":"hit"}}})"});
    } else if (name == "batch") {
      std::string body = R"({"RequestItems":{")" + std::string(table) + R"(":[)";
      for (std::size_t i = 0; i < 25; ++i) {
        body += (i == 0 ? "" : ",") +
                (R"({"PutRequest":{"Item":)" + item(shape, (index + i * 397) % shape.items) + "}}");
      }
      operations.push_back({"BatchWriteItem", body + "]}}"});
    } else if (name == "transact") {
      std::string body = R"({"TransactItems":[)";
      for (std::size_t i = 0; i < 10; ++i) {
        body += (i == 0 ? "" : ",") + (R"({"Put":)" + on_table + R"(,"Item":)" +
                                       item(shape, (index + i * 397) % shape.items) + "}}");
      }
      operations.push_back({"TransactWriteItems", body + "]}"});
    }
  }
  return operations;
}

}  // namespace understudy::bench
