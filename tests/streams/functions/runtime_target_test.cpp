#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "streams/functions/function_registry.h"
#include "streams/web/web_server.h"
#include "tests/streams/gateway/socket_client.h"

namespace understudy {
namespace {

using ::testing::HasSubstr;
using Outcome = FunctionResult::Outcome;

std::string header(const std::string& head, const std::string& name) {
  const std::size_t at = head.find(name + ": ");
  return at == std::string::npos
             ? ""
             : head.substr(at + name.size() + 2, head.find("\r\n", at) - at - name.size() - 2);
}

class RuntimeTargetTest : public ::testing::Test {
 protected:
  RuntimeTargetTest() : functions_(clock_, Random(1), options(), &web_) {}
  void TearDown() override { web_.stop(); }

  FunctionRegistryOptions options() {
    FunctionRegistryOptions options;
    options.log = [this](std::string_view function, std::string_view line) {
      const std::lock_guard lock(mutex_);
      log_ += "[" + std::string(function) + "] " + std::string(line) + "\n";
    };
    options.environment = {{"FROM_SERVER", "yes"}};
    return options;
  }
  /// A function that `endpoint` answers for.
  void add_behind(WebHandler& endpoint) {
    const auto port = web_.open({}, endpoint);
    ASSERT_TRUE(port.has_value());
    FunctionSettings settings;
    settings.url = "http://127.0.0.1:" + std::to_string(*port);
    add(settings);
  }
  void add(FunctionSettings settings) {
    settings.name = "f";
    const auto added = functions_.add(std::move(settings));
    ASSERT_TRUE(added.has_value()) << added.error();
  }
  std::future<FunctionResult> invoke(const std::string& payload, bool wants_log = false) {
    auto result = std::make_shared<std::promise<FunctionResult>>();
    FunctionInvocation invocation;
    invocation.payload = payload;
    invocation.wants_log = wants_log;
    functions_.invoke("f", std::move(invocation),
                      [result](FunctionResult got) { result->set_value(std::move(got)); });
    return result->get_future();
  }
  [[nodiscard]] std::uint16_t runtime_port() const {
    return functions_.describe("f")->runtime_port;
  }
  std::string log() {
    const std::lock_guard lock(mutex_);
    return log_;
  }

  static constexpr const char* kNext = "/2018-06-01/runtime/invocation/next";
  static std::string path(const std::string& id, const std::string& what) {
    return "/2018-06-01/runtime/invocation/" + id + "/" + what;
  }

  SystemClock clock_;
  std::mutex mutex_;
  std::string log_;
  WebServer web_;
  FunctionRegistry functions_;
};

FunctionSettings external() {
  FunctionSettings settings;
  settings.external_runtime = true;
  return settings;
}

FunctionSettings shell(const std::string& script) {
  FunctionSettings settings;
  settings.command = {"sh", "-c", script};
  return settings;
}

TEST_F(RuntimeTargetTest, HandsWorkToARuntimeAndTakesItsAnswer) {
  add(external());
  SocketClient runtime(runtime_port());
  auto result = invoke(R"({"n":1})");
  ASSERT_EQ(runtime.request("GET", kNext), 200);
  EXPECT_EQ(runtime.body(), R"({"n":1})");
  const std::string head = runtime.head();
  const std::string id = header(head, "Lambda-Runtime-Aws-Request-Id");
  EXPECT_EQ(id.size(), 36U);
  EXPECT_EQ(header(head, "Lambda-Runtime-Invoked-Function-Arn"),
            "arn:aws:lambda:us-east-1:000000000000:function:f");
  EXPECT_GT(std::stoll(header(head, "Lambda-Runtime-Deadline-Ms")), clock_.now() / 1000);
  EXPECT_EQ(runtime.request("POST", path("someone-else", "response"), "1"), 400);
  EXPECT_EQ(runtime.request("POST", path(id, "response"), "2"), 202);
  const FunctionResult got = result.get();
  EXPECT_EQ(got.outcome, Outcome::kReturned);
  EXPECT_EQ(got.payload, "2");
  EXPECT_EQ(got.request_id, id);
}

TEST_F(RuntimeTargetTest, AnErrorIsAFailure) {
  add(external());
  SocketClient runtime(runtime_port());
  auto result = invoke("{}");
  ASSERT_EQ(runtime.request("GET", kNext), 200);
  const std::string id = header(runtime.head(), "Lambda-Runtime-Aws-Request-Id");
  EXPECT_EQ(runtime.request("POST", path(id, "error"), R"({"errorMessage":"no"})"), 202);
  const FunctionResult got = result.get();
  EXPECT_EQ(got.outcome, Outcome::kFailed);
  EXPECT_EQ(got.payload, R"({"errorMessage":"no"})");
}

// Errors come with a header that describes the stack: up to 1 MB.
TEST_F(RuntimeTargetTest, TakesLargeHeadersAndChunkedBodies) {
  add(external());
  SocketClient runtime(runtime_port());
  auto result = invoke("{}");
  ASSERT_EQ(runtime.request("GET", kNext), 200);
  const std::string id = header(runtime.head(), "Lambda-Runtime-Aws-Request-Id");
  runtime.send("POST " + path(id, "error") +
               " HTTP/1.1\r\nHost: x\r\nlambda-runtime-function-xray-error-cause: " +
               std::string(1'000'000, 'x') +
               "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n");
  EXPECT_EQ(result.get().payload, R"({"a":1})");
}

TEST_F(RuntimeTargetTest, TimesOut) {
  FunctionSettings settings = external();
  settings.timeout = std::chrono::milliseconds(30);
  add(settings);
  SocketClient runtime(runtime_port());
  auto result = invoke("{}");
  ASSERT_EQ(runtime.request("GET", kNext), 200);
  const FunctionResult got = result.get();
  EXPECT_EQ(got.outcome, Outcome::kFailed);
  EXPECT_THAT(got.payload, HasSubstr("Task timed out after 0.03 seconds"));
}

TEST_F(RuntimeTargetTest, AProcessThatEndsFailsItsInvocationAndIsStartedAgain) {
  add(shell("echo started $FROM_SERVER $AWS_LAMBDA_FUNCTION_NAME; exit 3"));
  const FunctionResult got = invoke("{}").get();
  EXPECT_EQ(got.outcome, Outcome::kFailed);
  EXPECT_THAT(got.payload, HasSubstr("Runtime exited with error: exit status 3"));
  EXPECT_EQ(invoke("{}").get().outcome, Outcome::kFailed);
  EXPECT_THAT(log(), HasSubstr("[f] started yes f\n"));
  EXPECT_THAT(log(), HasSubstr("[f] the process has ended: exit status 3\n"));
}

// Or a server that was killed could not be started again while one of its functions lives on.
TEST_F(RuntimeTargetTest, AProcessHasNoneOfTheServersSockets) {
  add(shell("echo sockets: $(ls -l /proc/$$/fd | grep -c socket:)"));
  invoke("{}").get();
  EXPECT_THAT(log(), HasSubstr("[f] sockets: 0\n"));
}

TEST_F(RuntimeTargetTest, ACommandThatIsNotThereIsAnErrorAtOnce) {
  FunctionSettings settings;
  settings.name = "f";
  settings.command = {"no-such-program-anywhere"};
  const auto added = functions_.add(std::move(settings));
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error(),
            "function f: cannot start 'no-such-program-anywhere': No such file or directory");
}

TEST_F(RuntimeTargetTest, ADirectoryThatIsNotThereIsNamed) {
  FunctionSettings settings;
  settings.name = "f";
  settings.command = {"true"};
  settings.directory = "/no-such-directory";
  const auto added = functions_.add(std::move(settings));
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error(),
            "function f: cannot work in '/no-such-directory': No such file or directory");
}

TEST_F(RuntimeTargetTest, AnEndpointThatIsDownIsUnreachable) {
  FunctionSettings settings;
  settings.url = "http://127.0.0.1:1";
  add(settings);
  const FunctionResult got = invoke("{}").get();
  EXPECT_EQ(got.outcome, Outcome::kUnreachable);
  EXPECT_THAT(got.payload, HasSubstr("Connection refused"));
}

// The emulator of the runtime interface: another server that takes events by POST.
TEST_F(RuntimeTargetTest, PostsEventsToAnEndpoint) {
  class Endpoint final : public WebHandler {
   public:
    void on_request(WebExchangeRef exchange) override {
      const bool right = exchange->request.target == "/2015-03-31/functions/function/invocations" &&
                         exchange->request.method == "POST";
      exchange->answer({200, {}, right ? "got " + exchange->request.body : "wrong"});
    }
  };
  Endpoint endpoint;
  add_behind(endpoint);
  EXPECT_EQ(invoke("{}").get().payload, "got {}");
  web_.stop();
}

// Such an endpoint answers 200 to a failure; what a function says of failures is none.
TEST_F(RuntimeTargetTest, AnEndpointsFailureIsTheWholeAnswer) {
  class Echo final : public WebHandler {
   public:
    void on_request(WebExchangeRef exchange) override {
      exchange->answer({200, {}, exchange->request.body});
    }
  };
  Echo echo;
  add_behind(echo);
  const std::string failure = R"({"errorMessage":"m","errorType":"E"})";
  EXPECT_EQ(invoke(failure).get().outcome, Outcome::kFailed);
  EXPECT_EQ(invoke(R"({"seen":[)" + failure + "]}").get().outcome, Outcome::kReturned);
  EXPECT_EQ(invoke(R"({"errorType":"E"})").get().outcome, Outcome::kReturned);
  EXPECT_EQ(invoke("[" + failure + "]").get().outcome, Outcome::kReturned);
  web_.stop();
}

}  // namespace
}  // namespace understudy
