// Flags, environment, file, and DynamoDB Local's command line.
#include "emulator/server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace understudy {
namespace {

Expected<Config, EarlyExit> read(std::vector<std::string> flags) {
  flags.insert(flags.begin(), "understudy");
  return read_config(flags, 4);
}

std::string refusal(const std::vector<std::string>& flags) {
  auto config = read(flags);
  EXPECT_FALSE(config) << "expected a refusal";
  if (config) {
    return "";
  }
  EXPECT_EQ(config.error().code, 2);
  EXPECT_EQ(config.error().text.find('\n'), std::string::npos) << config.error().text;
  return config.error().text;
}

TEST(Config, WantsAnAddressForKinesis) {
  EXPECT_NE(refusal({"--kinesis-endpoint", "kinesis"}).find("no address like http://"),
            std::string::npos);
  EXPECT_TRUE(read({"--kinesis-endpoint", "http://localhost:4566"}));
}

TEST(Config, ReadsWhatIsSimulated) {
  const auto plain = read({});
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->server.engine.simulation.any());

  const auto config = read({"--throttle", "--knob", "burst_seconds=60", "--knob=seed=9"});
  ASSERT_TRUE(config);
  EXPECT_TRUE(config->server.engine.simulation.throttle);
  EXPECT_EQ(config->server.engine.simulation.knobs.burst_seconds, 60);
  EXPECT_EQ(config->server.engine.simulation.knobs.seed, 9);

  const auto aws = read({"--profile", "aws-like", "--seed", "5"});
  ASSERT_TRUE(aws);
  EXPECT_TRUE(aws->server.engine.simulation.throttle);
  EXPECT_TRUE(aws->server.engine.simulation.replicas);
  EXPECT_EQ(aws->server.engine.simulation.knobs.seed, 5);
  EXPECT_EQ(aws->server.engine.transition_ms, std::nullopt);

  EXPECT_EQ(read({"knobs"})->verb, Verb::kKnobs);
  EXPECT_NE(refusal({"--knob", "burst_seconds=0"}).find("whole number from 1 to 300"),
            std::string::npos);
}

TEST(Config, SaysWhatAMistypedWordMayHaveMeant) {
  EXPECT_EQ(refusal({"srve"}),
            "understudy: there is no verb 'srve'; did you mean 'serve'? (understudy --help lists "
            "verbs and flags)");
  EXPECT_NE(refusal({"--prot", "3"}).find("Did you mean --port?"), std::string::npos);
  EXPECT_NE(refusal({"serve", "--trottle=1"}).find("Did you mean --throttle?"), std::string::npos);
  EXPECT_EQ(refusal({"--entirely-else"}).find("Did you mean"), std::string::npos);
  EXPECT_EQ(refusal({"cook"}).find("did you mean"), std::string::npos);
}

TEST(Config, ServesOnPort8000OfThisMachineByDefault) {
  const auto config = read({});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->verb, Verb::kServe);
  EXPECT_EQ(config->server.host, "127.0.0.1");
  EXPECT_EQ(config->server.port, 8000);
  EXPECT_EQ(config->server.threads, 2U);
  EXPECT_EQ(config->server.engine.isolation, Isolation::kDefault);
  EXPECT_EQ(config->server.engine.transition_ms, 0);
  EXPECT_EQ(config->server.engine.max_body_bytes, 16U * 1024 * 1024);
  EXPECT_TRUE(config->server.engine.cors);
  EXPECT_FALSE(config->server.engine.strict_auth);
}

TEST(Config, TakesEveryFlag) {
  const auto config = read({"serve",
                            "--host",
                            "0.0.0.0",
                            "--port",
                            "0",
                            "--region",
                            "eu-west-1",
                            "--account-id",
                            "123456789012",
                            "--isolate",
                            "region",
                            "--strict-auth",
                            "--credential",
                            "a:b",
                            "--credential",
                            "c:d:e",
                            "--validation-wording",
                            "2025",
                            "--no-cors",
                            "--log-level",
                            "debug",
                            "--log-format",
                            "json",
                            "--max-body",
                            "1KB",
                            "--threads",
                            "3",
                            "--seed",
                            "9",
                            "--ready-file",
                            "r.json",
                            "--transitions",
                            "250"});
  ASSERT_TRUE(config) << config.error().text;
  const EngineOptions& engine = config->server.engine;
  EXPECT_EQ(config->server.host, "0.0.0.0");
  EXPECT_EQ(config->server.port, 0);
  EXPECT_EQ(engine.region, "eu-west-1");
  EXPECT_EQ(engine.account_id, "123456789012");
  EXPECT_EQ(engine.isolation, Isolation::kRegion);
  EXPECT_TRUE(engine.strict_auth);
  ASSERT_EQ(engine.credentials.size(), 2U);
  EXPECT_EQ(engine.credentials[0].access_key, "a");
  EXPECT_EQ(engine.credentials[0].secret_key, "b");
  EXPECT_EQ(engine.credentials[1].session_token, "e");
  EXPECT_TRUE(engine.wording_2025);
  EXPECT_FALSE(engine.cors);
  EXPECT_EQ(config->log_level, LogLevel::kDebug);
  EXPECT_EQ(config->log_format, LogFormat::kJson);
  EXPECT_EQ(engine.max_body_bytes, 1024U);
  EXPECT_EQ(config->server.threads, 3U);
  EXPECT_EQ(engine.seed, 9U);
  EXPECT_EQ(config->ready_file, "r.json");
  EXPECT_EQ(engine.transition_ms, 250);
  EXPECT_EQ(read({"--transitions", "aws-like"})->server.engine.transition_ms, std::nullopt);
  const auto secure = read({"--tls-cert", "c.pem", "--tls-key", "k.pem"});
  EXPECT_EQ(secure->server.tls_certificate_file, std::filesystem::absolute("c.pem").string());
}

TEST(Config, SaysWhatIsWrongInOneLine) {
  EXPECT_NE(refusal({"--nonsense"}).find("--nonsense"), std::string::npos);
  EXPECT_NE(refusal({"nonsense"}).find("nonsense"), std::string::npos);
  EXPECT_NE(refusal({"--port", "70000"}).find("--port: Value 70000"), std::string::npos);
  EXPECT_NE(refusal({"--seed", "-1"}).find("--seed: '-1' is below 0"), std::string::npos);
  for (const char* bytes : {"-1", "0", "2TB", "99999999999999999999"}) {
    EXPECT_NE(refusal({"--max-body", bytes}).find("--max-body: a size is from 1 byte to 1 TB"),
              std::string::npos)
        << bytes;
  }
  EXPECT_NE(refusal({"--stream-memory", "-1MB"}).find("--stream-memory"), std::string::npos);
  EXPECT_NE(refusal({"--region", ""}).find("--region: ''"), std::string::npos);
  EXPECT_NE(refusal({"--region", "a:b"}).find("--region: 'a:b'"), std::string::npos);
  EXPECT_NE(refusal({"--account-id", "12"}).find("twelve digits"), std::string::npos);
  EXPECT_NE(refusal({"--isolate", "everything"}).find("--isolate"), std::string::npos);
  EXPECT_NE(refusal({"--transitions", "soon"}).find("'soon'"), std::string::npos);
  EXPECT_NE(refusal({"--strict-auth"}).find("--credential"), std::string::npos);
  for (const char* text : {"nocolon", ":secret", "key:", "key::token"}) {
    EXPECT_NE(refusal({"--credential", text}).find("KEY:SECRET"), std::string::npos) << text;
  }
  EXPECT_NE(refusal({"--tls-cert", "c.pem"}).find("--tls-key"), std::string::npos);
  EXPECT_NE(refusal({"--config", "/absent.ini"}).find("/absent.ini"), std::string::npos);
}

TEST(Config, NamesWhatItsFileMayNotSet) {
  const std::string file = testing::TempDir() + "config_test_mistyped.ini";
  std::ofstream(file) << "prot = 9000\n";
  const std::string said = refusal({"--config", file});
  EXPECT_NE(said.find("sets 'prot', which is no flag. Did you mean --port?"), std::string::npos)
      << said;
}

TEST(Config, SaysThatItsFileHasNoSections) {
  const std::string file = testing::TempDir() + "config_test_section.ini";
  for (const char* text :
       {"[serve]\nport = 9000\n", "port = 9000\n[serve]\n", "serve.port = 9000\n"}) {
    std::ofstream(file) << text;
    EXPECT_EQ(refusal({"--config", file}),
              "understudy: the configuration file has a section [serve], but there are none: every "
              "line is a flag by itself, like \"port = 9000\" (understudy --help lists verbs and "
              "flags)");
  }
  std::ofstream(file) << "host: 127.0.0.1\n";
  EXPECT_NE(refusal({"--config", file}).find("sets 'host: 127.0.0.1'"), std::string::npos);
}

// A knob of what is not simulated is no error: files of knobs are for several servers.
TEST(Config, SaysWhichKnobsDoNothing) {
  using Warnings = std::vector<std::string>;
  EXPECT_EQ(read({"--knob", "burst_seconds=60"})->warnings,
            Warnings{"knobs that do nothing without --throttle or --metrics: burst_seconds"});
  EXPECT_EQ(read({"--knob", "lag_slow_ms=60,gsi_lag=off,control_mutations_burst=2"})->warnings,
            (Warnings{"knobs that do nothing without --replicas: gsi_lag, lag_slow_ms",
                      "knobs that do nothing without --throttle, --metrics or --replicas: "
                      "control_mutations_burst"}));
  EXPECT_EQ(read({"--knob",
                  "seed=3,ttl_sweep_seconds=9,transaction_ms=5,tag_lock_ms=9,"
                  "stream_shard_seconds=9,replica_header=0"})
                ->warnings,
            Warnings{});
  EXPECT_EQ(read({"--metrics", "--knob", "burst_seconds=60"})->warnings, Warnings{});
  EXPECT_EQ(read({"--profile", "aws-like", "--knob", "lag_slow_ms=60"})->warnings, Warnings{});
  EXPECT_EQ(read({"--replicas", "--knob", "item_collection_max_bytes=2000"})->warnings, Warnings{});
  EXPECT_EQ(read({"--ttl-delay", "aws-like", "--seed", "9"})->warnings, Warnings{});
}

TEST(Config, TeachesOnRequest) {
  const auto help = read({"--help"});
  ASSERT_FALSE(help);
  EXPECT_EQ(help.error().code, 0);
  for (const char* word : {"--port", "--isolate", "Examples:", "AWS_ENDPOINT_URL_DYNAMODB",
                           "DynamoDB Local", "UNDERSTUDY_PORT"}) {
    EXPECT_NE(help.error().text.find(word), std::string::npos) << word;
  }
  const auto replay = read({"replay", "--help"});
  ASSERT_FALSE(replay);
  EXPECT_NE(replay.error().text.find("--what-if FILE"), std::string::npos);
  EXPECT_EQ(replay.error().text.find("--tls-cert"), std::string::npos) << "only its own flags";
  EXPECT_EQ(read({"--version"})->verb, Verb::kVersion);
  EXPECT_EQ(read({"version"})->verb, Verb::kVersion);
  EXPECT_EQ(read({"healthcheck", "--port", "9000"})->verb, Verb::kHealthcheck);
}

class ConfigSources : public testing::Test {
 protected:
  static constexpr const char* kOthers[] = {
      "UNDERSTUDY_PROT",          "UNDERSTUDY_NO_CORS",
      "UNDERSTUDY_ENTIRELY_ELSE", "UNDERSTUDY_SERVICE_HOST",
      "UNDERSTUDY_SERVICE_PORT",  "UNDERSTUDY_SERVICE_PORT_HTTP",
      "UNDERSTUDY_PORT_8000_TCP", "UNDERSTUDY_PORT_8000_TCP_ADDR",
      "UNDERSTUDY_DB_PORT"};
  void TearDown() override {
    unsetenv("UNDERSTUDY_PORT");
    unsetenv("UNDERSTUDY_LOG_LEVEL");
    unsetenv("UNDERSTUDY_CORS");
    unsetenv("UNDERSTUDY_STRICT_AUTH");
    unsetenv("UNDERSTUDY_CREDENTIAL");
    for (const char* name : kOthers) {
      unsetenv(name);
    }
  }
};

TEST_F(ConfigSources, ReadsTheEnvironment) {
  setenv("UNDERSTUDY_PORT", "9001", 1);
  setenv("UNDERSTUDY_LOG_LEVEL", "warn", 1);
  setenv("UNDERSTUDY_CORS", "false", 1);
  setenv("UNDERSTUDY_STRICT_AUTH", "true", 1);
  setenv("UNDERSTUDY_CREDENTIAL", "a:b,c:d", 1);
  const auto config = read({});
  ASSERT_TRUE(config) << config.error().text;
  EXPECT_EQ(config->server.port, 9001);
  EXPECT_EQ(config->log_level, LogLevel::kWarn);
  EXPECT_FALSE(config->server.engine.cors);
  EXPECT_EQ(config->server.engine.credentials.size(), 2U);
  EXPECT_EQ(read({"--port", "9002"})->server.port, 9002);
}

TEST_F(ConfigSources, BlamesTheVariableForWhatItSays) {
  setenv("UNDERSTUDY_PORT", "abc", 1);
  EXPECT_TRUE(refusal({}).starts_with("understudy: UNDERSTUDY_PORT: ")) << refusal({});
  EXPECT_TRUE(refusal({"--port", "xyz"}).starts_with("understudy: --port: "));
  const std::string path = testing::TempDir() + "understudy-config-blame.ini";
  std::ofstream(path) << "port = abc\n";
  setenv("UNDERSTUDY_PORT", "", 1);  // says nothing
  EXPECT_TRUE(refusal({"--config", path}).starts_with("understudy: --port: "));
}

TEST(Config, ReadsNoFolderAsAFile) {
  const std::string folder = testing::TempDir();
  EXPECT_NE(refusal({"--knobs", folder}).find("--knobs: cannot read " + folder), std::string::npos);
  EXPECT_NE(refusal({"--scenario", folder}).find("--scenario: cannot read " + folder),
            std::string::npos);
}

TEST_F(ConfigSources, LeavesOutWhatKubernetesSaysOfAServiceOfThisName) {
  setenv("UNDERSTUDY_PORT", "tcp://10.96.0.1:8000", 1);
  const auto config = read({});
  ASSERT_TRUE(config) << config.error().text;
  EXPECT_EQ(config->server.port, 8000);
}

TEST_F(ConfigSources, SaysWhichVariablesNobodyReads) {
  setenv("UNDERSTUDY_PROT", "8001", 1);
  setenv("UNDERSTUDY_NO_CORS", "1", 1);
  setenv("UNDERSTUDY_ENTIRELY_ELSE", "secret", 1);
  setenv("UNDERSTUDY_LOG_LEVEL", "warn", 1);
  setenv("UNDERSTUDY_PORT", "tcp://10.96.0.1:8000", 1);
  setenv("UNDERSTUDY_SERVICE_HOST", "10.96.0.1", 1);
  setenv("UNDERSTUDY_SERVICE_PORT", "8000", 1);
  setenv("UNDERSTUDY_SERVICE_PORT_HTTP", "8000", 1);
  setenv("UNDERSTUDY_PORT_8000_TCP", "tcp://10.96.0.1:8000", 1);
  setenv("UNDERSTUDY_PORT_8000_TCP_ADDR", "10.96.0.1", 1);
  setenv("UNDERSTUDY_DB_PORT", "tcp://10.96.0.2:8000", 1);  // of a service understudy-db
  const auto config = read({});
  ASSERT_TRUE(config) << config.error().text;
  EXPECT_THAT(config->warnings,
              testing::UnorderedElementsAre(
                  "the environment sets UNDERSTUDY_ENTIRELY_ELSE, which no flag reads",
                  "the environment sets UNDERSTUDY_NO_CORS, which no flag reads. Did you mean "
                  "UNDERSTUDY_CORS?",
                  "the environment sets UNDERSTUDY_PROT, which no flag reads. Did you mean "
                  "UNDERSTUDY_PORT?"));
}

TEST_F(ConfigSources, ReadsAFileBelowEnvironmentAndFlags) {
  const std::string path = testing::TempDir() + "understudy-config-test.ini";
  std::ofstream(path) << "port = 9003\nregion = eu-west-1\n";
  EXPECT_EQ(read({"--config", path})->server.port, 9003);
  EXPECT_EQ(read({"--config", path})->server.engine.region, "eu-west-1");
  setenv("UNDERSTUDY_PORT", "9001", 1);
  EXPECT_EQ(read({"--config", path})->server.port, 9001);
  std::ofstream(path) << "prot = 9003\n";
  EXPECT_NE(refusal({"--config", path}).find("prot"), std::string::npos);
  std::remove(path.c_str());
}

TEST(LocalFlags, WorkAsTheyStand) {
  const auto config =
      read({"-port", "9000", "-inMemory", "-sharedDb", "-cors", "*", "-delayTransientStatuses",
            "-disableTelemetry", "-optimizeDbBeforeStartup"});
  ASSERT_TRUE(config) << config.error().text;
  EXPECT_EQ(config->server.port, 9000);
  EXPECT_EQ(config->server.engine.isolation, Isolation::kNone);
  EXPECT_EQ(config->server.engine.transition_ms, std::nullopt);
  EXPECT_EQ(config->server.host, "127.0.0.1");
}

TEST(LocalFlags, MayHaveTwoHyphens) {
  const auto config = read({"--sharedDb", "--inMemory", "--port", "9000"});
  ASSERT_TRUE(config) << config.error().text;
  EXPECT_EQ(config->server.port, 9000);
  EXPECT_EQ(config->server.engine.isolation, Isolation::kNone);
  EXPECT_NE(refusal({"--dbPath", "./data"}).find("not there yet"), std::string::npos);
  // Of the names that are ours as well only a Java machine's are Local's.
  EXPECT_EQ(read({"--port", "9000", "--cors"})->server.engine.isolation, Isolation::kDefault);
  const auto java =
      read_config({"java", "-jar", "DynamoDBLocal.jar", "--cors", "*", "--port=9000"}, 1);
  ASSERT_TRUE(java) << java.error().text;
  EXPECT_EQ(java->server.port, 9000);
}

TEST(LocalFlags, SeparateByCredentialUnlessShared) {
  EXPECT_EQ(read({"-inMemory"})->server.engine.isolation, Isolation::kCredential);
  EXPECT_EQ(read({"-inMemory", "--isolate", "none"})->server.engine.isolation, Isolation::kNone);
}

TEST(LocalFlags, AreTakenBehindAJavaMachine) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"/usr/bin/java", "-Djava.library.path=./DynamoDBLocal_lib",
                                 "-Xmx1g", "-jar", "DynamoDBLocal.jar", "-inMemory", "-port",
                                 "8001"},
        {"understudy", "-jar", "DynamoDBLocal.jar", "-inMemory", "-port", "8001"},
        {"understudy", "java", "-jar", "DynamoDBLocal.jar", "-port", "8001"},
        {"java", "--enable-native-access=ALL-UNNAMED", "-agentlib:jdwp=transport=dt_socket", "-jar",
         "DynamoDBLocal.jar", "-inMemory", "-port", "8001"},
        {"java", "-cp", "lib/*", "com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
         "-inMemory", "-port", "8001"}}) {
    const auto config = read_config(arguments, 1);
    ASSERT_TRUE(config) << config.error().text;
    EXPECT_EQ(config->server.port, 8001);
    EXPECT_EQ(config->server.host, "0.0.0.0");  // a container's port is mapped from outside
    EXPECT_EQ(config->server.engine.isolation, Isolation::kCredential);
  }
}

TEST(LocalFlags, SayNotYetToFiles) {
  EXPECT_NE(refusal({"-sharedDb", "-dbPath", "./data"}).find("not there yet"), std::string::npos);
}

TEST(LocalFlags, AskForTheValueThatIsMissing) {
  EXPECT_NE(refusal({"-sharedDb", "-port"}).find("-port: expected a value"), std::string::npos);
  EXPECT_NE(refusal({"-port="}).find("expected a value"), std::string::npos);
}

TEST(LocalFlags, AnswerHelpAndVersion) {
  EXPECT_EQ(read({"-help"}).error().code, 0);
  EXPECT_EQ(read({"-version"})->verb, Verb::kVersion);
}

}  // namespace
}  // namespace understudy
