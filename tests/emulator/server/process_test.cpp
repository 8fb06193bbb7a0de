// The program as a user starts it: what it prints, how it ends, what memory it keeps.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "emulator/base/random.h"
#include "emulator/base/sanitizer.h"
#include "emulator/server/config.h"
#include "tests/emulator/http/wire_client.h"

namespace understudy {
namespace {

/// Built into the folder above the tests', or named by the environment.
std::filesystem::path program() {
  if (const char* named = std::getenv("UNDERSTUDY_BINARY")) {
    return named;
  }
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "understudy";
}

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

template <class Predicate>
bool eventually(const Predicate& holds) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > give_up) {
      return false;
    }
    std::this_thread::yield();
  }
  return true;
}

class Process {
 public:
  explicit Process(const std::vector<std::string>& flags)
      : folder_(std::filesystem::path(testing::TempDir()) /
                ("understudy-" + std::to_string(getpid()) + "-" +
                 testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(folder_);
    std::vector<std::string> words = {program().string()};
    words.insert(words.end(), flags.begin(), flags.end());
    std::vector<char*> argv;
    for (std::string& word : words) {
      argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
      const int out = ::open((folder_ / "out").c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
      const int err = ::open((folder_ / "err").c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
      dup2(out, 1);
      dup2(err, 2);
      execv(argv[0], argv.data());
      _exit(127);
    }
  }
  ~Process() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    std::filesystem::remove_all(folder_);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const { kill(pid_, number); }
  /// Exit code; -1 where it did not exit by itself.
  int wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] std::string out() const { return contents(folder_ / "out"); }
  [[nodiscard]] std::string err() const { return contents(folder_ / "err"); }
  /// Port of the first line, once it is there.
  [[nodiscard]] std::uint16_t port() const {
    EXPECT_TRUE(
        eventually([&] { return out().find("gone when the server ends") != std::string::npos; }));
    const std::string first = out().substr(0, out().find('\n'));
    return static_cast<std::uint16_t>(std::stoi(first.substr(first.rfind(':') + 1)));
  }
  [[nodiscard]] std::size_t status_kilobytes(std::string_view name) const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    std::string line;
    while (std::getline(status, line)) {
      if (line.starts_with(name)) {
        return std::stoul(line.substr(name.size()));
      }
    }
    return 0;
  }
  [[nodiscard]] std::filesystem::path folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  pid_t pid_ = -1;
};

TEST(Program, SaysWhereItIsAndHowToUseIt) {
  Process server({"--port", "0", "--region", "eu-west-1"});
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
  const std::string out = server.out();
  EXPECT_NE(out.substr(0, out.find('\n')).find(url), std::string::npos);
  EXPECT_NE(out.find("export AWS_ENDPOINT_URL_DYNAMODB=" + url + " AWS_ACCESS_KEY_ID="),
            std::string::npos);
  EXPECT_NE(out.find(" AWS_REGION=eu-west-1"), std::string::npos);
  EXPECT_NE(out.find("in memory"), std::string::npos);
  WireClient client(server.port());
  ASSERT_TRUE(client.send(call("ListTables", "{}")));
  EXPECT_EQ(client.receive().status, 200);
}

TEST(Program, PrintsTheCredentialThatItTakes) {
  Process server({"--port", "0", "--strict-auth", "--credential", "key:secret:token"});
  server.port();
  EXPECT_NE(server.out().find(" AWS_ACCESS_KEY_ID=key AWS_SECRET_ACCESS_KEY=secret "
                              "AWS_SESSION_TOKEN=token AWS_REGION="),
            std::string::npos)
      << server.out();
}

TEST(Program, WritesAReadyFileWhenItAccepts) {
  const std::string path = testing::TempDir() + "understudy-ready-test.json";
  std::filesystem::remove(path);
  Process server({"serve", "--port", "0", "--ready-file", path});
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(path); }));
  const std::string port = std::to_string(server.port());
  EXPECT_EQ(contents(path), R"({"url":"http://127.0.0.1:)" + port + R"(","port":)" + port +
                                R"(,"pid":)" + std::to_string(server.pid()) + "}\n");
  std::filesystem::remove(path);
}

TEST(Program, TakesAwayTheReadyFileOfAnEarlierServer) {
  const std::string path = testing::TempDir() + "understudy-ready-earlier.json";
  std::ofstream(path) << R"({"port":1})";
  Process absent({"--port", "0", "--host", "192.0.2.1", "--ready-file", path});
  EXPECT_EQ(absent.wait(), 2);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Program, EndsWellOnRequest) {
  for (const int number : {SIGTERM, SIGINT}) {
    Process server({"--port", "0"});
    WireClient idle(server.port());
    ASSERT_TRUE(idle.send(call("ListTables", "{}")));
    EXPECT_EQ(idle.receive().status, 200);
    server.signal(number);
    EXPECT_EQ(server.wait(), 0);
    EXPECT_TRUE(idle.ended());
  }
}

// As `understudy | head -1`: what is printed later has no reader, and kills who does not mind that.
TEST(Program, OutlivesTheReaderOfItsFirstLine) {
  Process server({"--port", "0"});
  const std::uint16_t port = server.port();
  server.signal(SIGPIPE);
  WireClient client(port);
  ASSERT_TRUE(client.send(call("ListTables", "{}")));
  EXPECT_EQ(client.receive().status, 200);
}

TEST(Program, ExitsWithTwoAndOneLineWhenItCannotBegin) {
  Process first({"--port", "0"});
  const std::string port = std::to_string(first.port());
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"--port", port},
        {"--nonsense"},
        {"-dbPath", "."},
        {"--tls-cert", "/absent.pem", "--tls-key", "/absent.pem"},
        {"--port", "0", "--ready-file", "/absent/ready.json"}}) {
    Process failing(flags);
    EXPECT_EQ(failing.wait(), 2) << flags.front();
    const std::string err = failing.err();
    EXPECT_EQ(std::ranges::count(err, '\n'), 1) << err;
    EXPECT_TRUE(err.starts_with("understudy: ")) << err;
  }
}

TEST(Program, ChecksTheHealthOfAServer) {
  Process server({"--port", "0"});
  const std::string port = std::to_string(server.port());
  EXPECT_EQ(Process({"healthcheck", "--port", port}).wait(), 0);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
  Process unhealthy({"healthcheck", "--port", port});
  EXPECT_EQ(unhealthy.wait(), 1);
  EXPECT_NE(unhealthy.err().find("no server at"), std::string::npos);
}

TEST(Program, TellsItsVersion) {
  for (const char* word : {"version", "--version", "-version"}) {
    Process process({word});
    EXPECT_EQ(process.wait(), 0);
    EXPECT_EQ(process.out(), "understudy " + std::string(kProductVersion) + "\n");
  }
}

TEST(Program, LogsALinePerRequestAtDebug) {
  Process server({"--port", "0", "--log-level", "debug"});
  WireClient client(server.port());
  ASSERT_TRUE(client.send(call("GetItem", R"({"TableName":"absent","Key":{"p":{"S":"a"}}})")));
  EXPECT_EQ(client.receive().status, 400);
  EXPECT_TRUE(eventually([&] {
    return server.err().find(" debug GetItem 400 error=ResourceNotFoundException") !=
           std::string::npos;
  })) << server.err();
}

/// What is no request: cut off, random, nested without end, not text; on connections of their own.
void send_garbage(std::uint16_t port) {
  Random random(20261127);
  const std::string whole = call("ListTables", "{}");
  std::vector<std::string> all = {"GET /" + std::string(100'000, 'x'), "POST / HTTP/1.1\r\na"};
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    all.push_back(whole.substr(0, length));
  }
  for (int i = 0; i < 100; ++i) {
    all.emplace_back(1 + random.below(3000), '\0');
    std::ranges::generate(all.back(), [&] { return static_cast<char>(random.below(256)); });
  }
  for (const std::string& body :
       {std::string(100'000, '['), std::string(100'000, '{'), std::string("\xff\xfe\xc0"),
        std::string("{\"TableName\":\"\xed\xa0\x80\"}"), std::string(17 << 20, ' ')}) {
    all.push_back(call("PutItem", body));
  }
  for (const std::string& bytes : all) {
    WireClient client(port);
    client.send(bytes);
    client.finish_sending();
    while (client.receive().status != 0) {
    }
  }
}

/// Two thousand connections at once, bodies of 16 MB, bodies that are never finished.
void send_crowd(std::uint16_t port) {
  const std::string long_request = call("ListTables", "{" + std::string((16 << 20) - 2, ' ') + "}");
  std::vector<WireClient> clients;
  for (int i = 0; i < 2'000; ++i) {
    clients.emplace_back(port);
    ASSERT_TRUE(clients.back().connected()) << i;
  }
  for (WireClient& client : clients) {
    ASSERT_TRUE(client.send(call("ListTables", "{}")));
  }
  for (WireClient& client : clients) {
    ASSERT_EQ(client.receive().status, 200);
  }
  for (std::size_t i = 0; i < 8; ++i) {
    ASSERT_TRUE(clients[i].send(long_request));
    ASSERT_EQ(clients[i].receive().status, 200);
  }
  for (std::size_t i = 0; i < clients.size(); i += 20) {
    clients[i].send(std::string_view(long_request).substr(0, 200'000));
  }
}

// Issue 3: the resident size is back within 10 % of what it was when the server had nothing to do.
// Of that, what is not pages of the program: they are given back too, and would hide a leak.
TEST(Program, GivesMemoryBackAfterTheStorm) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  Process server({"--port", "0", "--threads", "2"});
  const std::uint16_t port = server.port();
  const std::size_t before = server.status_kilobytes("VmRSS:");
  const std::size_t own_before = server.status_kilobytes("RssAnon:");
  const auto is_back = [&] {
    return server.status_kilobytes("VmRSS:") <= before + before / 10 &&
           server.status_kilobytes("RssAnon:") <= own_before + before / 10;
  };
  WireClient client(port);
  for (int i = 0; i < 2; ++i) {
    send_garbage(port);
    send_crowd(port);
    ASSERT_TRUE(client.send(call("ListTables", "{}")));
    EXPECT_EQ(client.receive().status, 200);
    EXPECT_TRUE(kMemoryIsWatched || eventually(is_back))
        << "before " << before << " KB, " << own_before << " of them its own; after "
        << server.status_kilobytes("VmRSS:") << " and " << server.status_kilobytes("RssAnon:");
  }
}

// The heap of a server's thread did not shrink, whatever was free in it.
TEST(Program, GivesMemoryBackWhenALargeTableIsDeleted) {
  Process server({"--port", "0"});
  WireClient client(server.port());
  const auto answer = [&](std::string_view operation, const std::string& body) {
    return client.send(call(operation, body)) ? client.receive().status : 0;
  };
  ASSERT_EQ(
      answer("CreateTable",
             R"({"TableName":"large","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[)"
             R"({"AttributeName":"pk","AttributeType":"S"}],"KeySchema":[)"
             R"({"AttributeName":"pk","KeyType":"HASH"}]})"),
      200);
  constexpr int kItems = 20'000;
  for (int i = 0; i < kItems; i += 25) {
    std::string puts;
    for (int key = i; key < i + 25; ++key) {
      puts += std::string(puts.empty() ? "" : ",") + R"({"PutRequest":{"Item":{"pk":{"S":")" +
              std::to_string(key) + R"("},"v":{"S":")" + std::string(500, 'x') + R"("}}}})";
    }
    ASSERT_EQ(answer("BatchWriteItem", R"({"RequestItems":{"large":[)" + puts + "]}}"), 200);
  }
  const std::size_t full = server.status_kilobytes("RssAnon:");
  ASSERT_EQ(answer("DeleteTable", R"({"TableName":"large"})"), 200);
  EXPECT_TRUE(kMemoryIsWatched ||
              eventually([&] { return server.status_kilobytes("RssAnon:") < full / 2; }))
      << "full " << full << " KB, then " << server.status_kilobytes("RssAnon:");
}

// Eight bodies of 16 MB, and memory for two: whose did not fit is cut off, the server goes on.
TEST(Program, OutlivesWantOfMemory) {
  if (kMemoryIsWatched) {
    GTEST_SKIP() << "a sanitizer ends the process";
  }
  Process server({"--port", "0", "--threads", "1"});
  const std::uint16_t port = server.port();
  const rlim_t enough = server.status_kilobytes("VmSize:") * 1024 + (40 << 20);
  const rlimit limit{enough, enough};
  ASSERT_EQ(prlimit(server.pid(), RLIMIT_AS, &limit, nullptr), 0);
  const std::string begun = call("ListTables", "{" + std::string((16 << 20) - 2, ' ') + "}");
  std::vector<WireClient> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back(port);
    clients.back().send(std::string_view(begun).substr(0, begun.size() - 1));
  }
  clients.clear();
  WireClient client(port);
  ASSERT_TRUE(client.send(call("ListTables", "{}")));
  EXPECT_EQ(client.receive().status, 200);
}

TEST(Program, SaysWhatItHasTooLittleOfToBegin) {
  if (kMemoryIsWatched) {
    GTEST_SKIP() << "asio's cleaning up after itself does not pass the sanitizer";
  }
  const std::string err = testing::TempDir() + "understudy-few-descriptors";
  const std::string command =
      "exec 2>" + err + "; ulimit -n 5; " + program().string() + " --port 0 --threads 8";
  const int status = std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe)
  EXPECT_EQ(WEXITSTATUS(status), 2);
  EXPECT_TRUE(contents(err).starts_with("understudy: cannot begin: ")) << contents(err);
  std::filesystem::remove(err);
}

}  // namespace
}  // namespace understudy
