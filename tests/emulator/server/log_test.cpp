// What the log writes of what clients send.
#include "emulator/server/log.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "emulator/base/json.h"
#include "emulator/base/utf8.h"

namespace understudy {
namespace {

/// All that was written to the file.
std::string written(std::FILE* file) {
  std::rewind(file);
  std::string text;
  std::array<char, 4096> part;
  while (const std::size_t bytes = std::fread(part.data(), 1, part.size(), file)) {
    text.append(part.data(), bytes);
  }
  return text;
}

// A credential may be any bytes: with --isolate credential the tenant is named after it.
TEST(Log, IsJsonWhateverClientsSend) {
  constexpr std::string_view kAnything = "a\xFF\"\\\x01\xC3(";
  std::FILE* const file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  Log log(LogLevel::kDebug, LogFormat::kJson, file);
  log.record({.tenant = kAnything, .operation = kAnything, .table = kAnything, .note = kAnything});
  const std::string text = written(file);
  std::fclose(file);
  EXPECT_TRUE(is_valid_utf8(text)) << text;
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size(); ++lines) {
    const std::size_t end = text.find('\n', at);
    ASSERT_NE(end, std::string::npos);
    Arena arena;
    EXPECT_TRUE(parse_json(text.substr(at, end - at), arena)) << text;
    at = end + 1;
  }
  EXPECT_EQ(lines, 2U);
  EXPECT_NE(text.find(R"("tenant":"a%FF\"\\\u0001%C3(")"), std::string::npos) << text;
}

}  // namespace
}  // namespace understudy
