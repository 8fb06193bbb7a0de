// The requests of the benchmark table, the same for every server: 1 KB items of 10 attributes, in
// partitions of 20.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::bench {

struct Operation {
  std::string name;  ///< DynamoDB operation, for x-amz-target
  std::string body;
};

struct Shape {
  std::size_t items = 10'000;
  std::size_t partition_items = 20;
  std::size_t item_bytes = 1024;
};

std::string create_table(std::string_view table);
/// One item's attributes as DynamoDB JSON, `{…}`: pk, sk, a number, a filter attribute that is
/// "hit" in one of a hundred, six strings; `shape.item_bytes` billed bytes in all.
std::string item(const Shape& shape, std::size_t index);
/// `{"pk":…,"sk":…}` of that item.
std::string key(const Shape& shape, std::size_t index);
/// BatchWriteItem requests of 25 that fill the table.
std::vector<Operation> fill(const Shape& shape, std::string_view table);
/// Distinct requests of a scenario, to be sent round robin. Names: get, put, update, query, scan,
/// batch, transact, filter, and replace: puts that change something, as no other here does.
std::vector<Operation> scenario(std::string_view name, const Shape& shape, std::string_view table);

}  // namespace understudy::bench
