// Flags of time, of the admin API, of records.
#include <gtest/gtest.h>

#include "emulator/server/config.h"

namespace understudy::time_flags_test {
namespace {

Expected<Config, EarlyExit> read(std::vector<std::string> flags) {
  flags.insert(flags.begin(), "understudy");
  return read_config(flags, 4);
}

std::string refusal(const std::vector<std::string>& flags) {
  auto config = read(flags);
  EXPECT_FALSE(config) << "expected a refusal";
  return config ? "" : config.error().text;
}

TEST(TimeFlags, SetTheClock) {
  const auto plain = read({});
  EXPECT_EQ(plain->server.features.clock.rate, 1);
  EXPECT_FALSE(plain->server.features.clock.start.has_value());
  EXPECT_EQ(read({"--time-scale", "60"})->server.features.clock.rate, 60);
  EXPECT_EQ(read({"--clock", "frozen"})->server.features.clock.rate, 0);
  const auto frozen = read({"--clock", "frozen:1970-01-02T00:00:00Z"});
  EXPECT_EQ(frozen->server.features.clock.start, 86'400'000'000);
  EXPECT_NE(refusal({"--clock", "stopped"}).find("'stopped' is neither real"), std::string::npos);
  EXPECT_NE(refusal({"--clock", "frozen:tomorrow"}).find("--clock"), std::string::npos);
  EXPECT_NE(refusal({"--clock", "frozen", "--time-scale", "2"}).find("exclude each other"),
            std::string::npos);
  EXPECT_NE(refusal({"--time-scale", "0"}).find("--time-scale"), std::string::npos);
}

TEST(TimeFlags, SayHowLateExpiredItemsGo) {
  const auto delay = [](const std::vector<std::string>& arguments) {
    return read(arguments)->server.engine.simulation.knobs.ttl_delay_ms;
  };
  EXPECT_EQ(delay({}), 0);
  EXPECT_EQ(delay({"--ttl-delay", "5min"}), 300'000);
  EXPECT_EQ(delay({"--profile", "aws-like"}), 600'000);
  EXPECT_EQ(delay({"--profile", "aws-like", "--ttl-delay", "prompt"}), 0);
  EXPECT_EQ(delay({"--profile", "aws-like", "--knob", "ttl_delay_ms=7"}), 7);
  EXPECT_NE(refusal({"--ttl-delay", "late"}).find("'late' is neither prompt"), std::string::npos);
}

TEST(AdminFlags, KeepAJournalWhereSomeoneWillLook) {
  EXPECT_EQ(read({})->server.features.admin.journal_size, 0U);
  EXPECT_EQ(read({"--throttle"})->server.features.admin.journal_size, 1000U);
  EXPECT_EQ(read({"--clock", "frozen"})->server.features.admin.journal_size, 1000U);
  EXPECT_EQ(read({"--throttle", "--journal-size", "0"})->server.features.admin.journal_size, 0U);
  EXPECT_FALSE(read({"--no-admin"})->server.features.admin.enabled);
  EXPECT_EQ(read({"--admin-port", "0"})->server.admin_port, 0);
}

TEST(RecordFlags, RememberHowTheServerWasStarted) {
  const auto config = read({"serve", "--record", "day.jsonl", "--seed", "7", "--throttle",
                            "--admin-token=sesame", "--ready-file", "r.json"});
  EXPECT_EQ(config->record, "day.jsonl");
  EXPECT_EQ(config->server.threads, 1U);
  EXPECT_EQ(config->arguments, (std::vector<std::string>{"--seed", "7", "--throttle"}));
  EXPECT_EQ(read({"--record", "x", "--threads", "3"})->server.threads, 3U);
  EXPECT_EQ(read({"-sharedDb", "-port", "8001"})->arguments.back(), "--isolate=none");
}

TEST(RecordFlags, ReplayAFile) {
  const auto config =
      read({"replay", "day.jsonl", "--endpoint", "http://127.0.0.1:1", "--what-if", "knobs.yaml"});
  ASSERT_TRUE(config) << config.error().text;
  EXPECT_EQ(config->verb, Verb::kReplay);
  EXPECT_EQ(config->replay.record, "day.jsonl");
  EXPECT_EQ(config->replay.endpoint, "http://127.0.0.1:1");
  EXPECT_EQ(config->replay.what_if, "knobs.yaml");
  EXPECT_NE(refusal({"replay"}).find("file is required"), std::string::npos);
}

}  // namespace
}  // namespace understudy::time_flags_test
