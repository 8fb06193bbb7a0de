#include <gtest/gtest.h>

#include <cstdlib>

namespace understudy {
namespace {

// The tables are generated and checked in; this is what keeps the two together. No network: the
// stripped models are checked in as well.
TEST(CompileModel, TheCheckedInTablesAreCurrent) {
  if (std::system("python3 -c '' >/dev/null 2>&1") != 0) {  // NOLINT(concurrency-mt-unsafe)
    GTEST_SKIP() << "no python3";
  }
  constexpr const char* check =
      "python3 '" UNDERSTUDY_SOURCE_DIR "/emulator/service/compile_model.py' --check";
  EXPECT_EQ(std::system(check), 0);  // NOLINT(concurrency-mt-unsafe)
}

}  // namespace
}  // namespace understudy
