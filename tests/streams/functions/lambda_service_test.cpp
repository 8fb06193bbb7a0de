#include "streams/functions/lambda_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "emulator/api/late_answer.h"
#include "emulator/clock/scheduler.h"
#include "emulator/clock/timeline.h"

namespace understudy {
namespace {

using ::testing::HasSubstr;
using Answer = Expected<std::string, std::string>;

class LambdaServiceTest : public ::testing::Test {
 protected:
  LambdaServiceTest() {
    FunctionSettings settings;
    settings.name = "f";
    settings.callback = [this](std::string_view event) -> Answer {
      ++calls_;
      if (event == R"("fail")") {
        return Unexpected<std::string>{"as asked"};
      }
      return std::string(event);
    };
    EXPECT_TRUE(functions_.add(std::move(settings)).has_value());
  }

  // Sets answer_, waiting included.
  int send(std::string_view method, std::string_view target, std::string_view body = "",
           std::string_view type = "", bool log = false) {
    Request request;
    request.method = method;
    request.target = target;
    request.body = body;
    if (!type.empty()) {
      request.add_header("X-Amz-Invocation-Type", type);
    }
    if (log) {
      request.add_header("x-amz-log-type", "Tail");
    }
    EXPECT_TRUE(service_.claims(request));
    Response response;
    service_.handle(request, clock_.now(), response);
    answer_ = {response.status, std::string(response.content_type),
               std::string(response.body.view()), response.extra_headers};
    if (response.late != nullptr) {
      response.late->when_complete([this](LateAnswer::Content content) { answer_ = content; });
    }
    return answer_.status;
  }

  VirtualClock clock_{1'760'000'000'000'000};
  Scheduler scheduler_;
  Timeline timeline_{clock_, scheduler_};
  FunctionRegistry functions_{clock_, Random(1), {}, nullptr};
  LambdaService service_{functions_, clock_, scheduler_, nullptr};
  LateAnswer::Content answer_;
  int calls_ = 0;
};

constexpr const char* kInvoke = "/2015-03-31/functions/f/invocations";

TEST_F(LambdaServiceTest, InvokesAndAnswersWithTheResult) {
  EXPECT_EQ(send("POST", kInvoke, R"({"a":1})"), 200);
  EXPECT_EQ(answer_.body, R"({"a":1})");
  EXPECT_THAT(answer_.extra_headers, HasSubstr("X-Amz-Executed-Version: $LATEST"));
  EXPECT_EQ(send("POST",
                 "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3A"
                 "function%3Af/invocations",
                 "1", "RequestResponse", true),
            200);
  EXPECT_THAT(answer_.extra_headers, HasSubstr("X-Amz-Log-Result: "));
}

TEST_F(LambdaServiceTest, AFailureIsA200WithAHeader) {
  EXPECT_EQ(send("POST", kInvoke, R"("fail")"), 200);
  EXPECT_THAT(answer_.extra_headers, HasSubstr("X-Amz-Function-Error: Unhandled"));
  EXPECT_EQ(answer_.body, R"({"errorMessage":"as asked","errorType":"Error"})");
}

TEST_F(LambdaServiceTest, EventsAreAcceptedAndTriedThreeTimes) {
  EXPECT_EQ(send("POST", kInvoke, R"("fail")", "Event"), 202);
  EXPECT_EQ(calls_, 1);
  timeline_.advance(60'000'000);
  EXPECT_EQ(calls_, 2);
  timeline_.advance(120'000'000);
  EXPECT_EQ(calls_, 3);
  timeline_.advance(600'000'000);
  EXPECT_EQ(calls_, 3);
  EXPECT_EQ(send("POST", kInvoke, "1", "DryRun"), 204);
  EXPECT_EQ(calls_, 3);
}

TEST_F(LambdaServiceTest, RefusesInLambdasManner) {
  EXPECT_EQ(send("POST", "/2015-03-31/functions/g/invocations", "1"), 404);
  EXPECT_THAT(answer_.extra_headers, HasSubstr("x-amzn-ErrorType: ResourceNotFoundException"));
  EXPECT_THAT(
      answer_.body,
      HasSubstr(
          R"("Message":"Function not found: arn:aws:lambda:us-east-1:000000000000:function:g")"));
  EXPECT_EQ(send("POST", kInvoke, "{"), 400);
  EXPECT_THAT(answer_.extra_headers, HasSubstr("InvalidRequestContentException"));
  EXPECT_EQ(send("POST", kInvoke, "1", "Later"), 400);
  EXPECT_EQ(send("POST", kInvoke, std::string(6 * 1024 * 1024 + 1, ' ')), 413);
  EXPECT_EQ(send("GET", "/2015-03-31/layers/"), 404);
}

// A version that nobody published was run as $LATEST.
TEST_F(LambdaServiceTest, AVersionThatIsNotThereIsNotFound) {
  for (const char* target : {"/2015-03-31/functions/f%3A7/invocations",
                             "/2015-03-31/functions/f/invocations?Qualifier=7"}) {
    EXPECT_EQ(send("POST", target, "1"), 404) << target;
    EXPECT_THAT(answer_.extra_headers, HasSubstr("x-amzn-ErrorType: ResourceNotFoundException"));
    EXPECT_THAT(
        answer_.body,
        HasSubstr(R"("Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:7")"));
  }
  EXPECT_EQ(send("GET", "/2015-03-31/functions/f?Qualifier=live"), 404);
  EXPECT_EQ(calls_, 0);
  EXPECT_EQ(send("POST", "/2015-03-31/functions/f%3A%24LATEST/invocations", "1"), 200);
  EXPECT_EQ(send("POST", "/2015-03-31/functions/f/invocations?Qualifier=%24LATEST", "1"), 200);
  EXPECT_EQ(send("POST", "/2015-03-31/functions/f%3A7/invocations?Qualifier=%24LATEST", "1"), 400);
  EXPECT_THAT(answer_.body, HasSubstr("The derived qualifier from the function name does not"));
}

TEST_F(LambdaServiceTest, DescribesFunctions) {
  EXPECT_EQ(send("GET", "/2015-03-31/functions/"), 200);
  EXPECT_THAT(answer_.body, HasSubstr(R"("FunctionName":"f")"));
  EXPECT_EQ(send("GET", "/2015-03-31/functions/f"), 200);
  EXPECT_THAT(answer_.body, HasSubstr(R"({"Configuration":{"FunctionName":"f")"));
  EXPECT_EQ(send("GET", "/2015-03-31/functions/f/configuration"), 200);
  EXPECT_EQ(send("GET", "/2015-03-31/functions/?MaxItems=0"), 400);
}

}  // namespace
}  // namespace understudy
