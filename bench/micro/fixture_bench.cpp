// What the fixtures cost a test: setting up and taking down (goal: below 1 ms), a thousand tests in
// one process, and a rewind at 10,000 items.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "fixtures/test_emulator.h"
#include "fixtures/test_server.h"

namespace understudy::fixtures {
namespace {

double microseconds(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
  return took.count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

double median_of(int times, const std::function<void()>& work) {
  std::vector<double> took;
  for (int i = 0; i < times; ++i) {
    took.push_back(microseconds(work));
  }
  return median(std::move(took));
}

void one_test() {
  TestEmulator emulator;
  emulator.create(table("orders").partition_key("id"));
  emulator.db().put_item("orders", item("id", "42"));
  emulator.db().get_item("orders", key("id", "42"));
}

long resident_kb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

int run() {
  constexpr int kTests = 1000;
  constexpr int kItems = 10'000;
  std::printf("%-52s %10.1f us\n", "EmulatorFixture: set-up and tear-down, median",
              median_of(kTests, [] { const TestEmulator emulator; }));
  const double all = microseconds([] {
    for (int i = 0; i < kTests; ++i) {
      one_test();
    }
  });
  std::printf("%-52s %10.1f ms, %ld MB at most\n", "1,000 tests: table, put, get each", all / 1000,
              resident_kb() / 1024);
  auto server = TestServer::start();
  if (!server) {
    std::fprintf(stderr, "%s\n", server.error().c_str());
    return 1;
  }
  std::printf("%-52s %10.1f us\n", "ServerFixture: a tenant's client, one call, reset; median",
              median_of(kTests, [&server] {
                Client client = (*server)->client("000000000042");
                client.call("ListTables", "{}");
                (*server)->reset("000000000042");
              }));
  TestEmulator emulator;
  emulator.create(table("orders").partition_key("id"));
  for (int i = 0; i < kItems; ++i) {
    emulator.db().put_item("orders", item("id", std::to_string(i)).with("total", i));
  }
  std::printf("%-52s %10.1f us\n", "snapshot at 10,000 items, median",
              median_of(kTests, [&] { emulator.snapshot("before"); }));
  std::printf("%-52s %10.1f us\n", "rewind at 10,000 items after one write, median",
              median_of(kTests, [&] {
                emulator.db().put_item("orders", item("id", "new"));
                emulator.rewind("before");
              }));
  return 0;
}

}  // namespace
}  // namespace understudy::fixtures

int main() {
  return understudy::fixtures::run();
}
