// A project of someone else's that links understudy::engine: a table, an item, no network.
#include <iostream>
#include <string>

#include "emulator/api/engine.h"

int main() {
  understudy::Engine engine;
  const auto created =
      engine.call("CreateTable", R"({"TableName": "things", "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]})");
  engine.call("PutItem", R"({"TableName": "things", "Item": {"pk": {"S": "a"}, "n": {"N": "1"}}})");
  const auto read = engine.call("GetItem", R"({"TableName": "things", "Key": {"pk": {"S": "a"}}})");
  std::cout << read.body << "\n";
  return created.status == 200 && read.body == R"({"Item":{"n":{"N":"1"},"pk":{"S":"a"}}})" ? 0 : 1;
}
