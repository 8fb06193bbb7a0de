// HttpTarget: a function behind an HTTP endpoint of the Lambda Runtime Interface Emulator's kind.
#pragma once

#include "streams/functions/function.h"

namespace understudy {

class WebServer;

class HttpTarget final : public FunctionTarget {
 public:
  HttpTarget(WebServer& web, const FunctionSettings& settings);
  void invoke(FunctionInvocation invocation, FunctionDone done) override;

 private:
  WebServer& web_;
  std::string url_;
  std::chrono::milliseconds timeout_;
};

}  // namespace understudy
