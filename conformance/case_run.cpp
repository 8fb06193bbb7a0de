#include "conformance/case_run.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "conformance/match.h"
#include "conformance/side_operations.h"
#include "emulator/base/crc32.h"
#include "emulator/service/output_checker.h"
#include "emulator/service/shape.h"

namespace understudy::conformance {

namespace {

Service service_of(const std::string& operation) {
  return find_model_operation(Service::kDynamoDb, operation) == nullptr &&
                 find_model_operation(Service::kDynamoDbStreams, operation) != nullptr
             ? Service::kDynamoDbStreams
             : Service::kDynamoDb;
}

// "com.amazon.coral.validate#ValidationException" → "ValidationException".
std::string short_name(const std::string& type) {
  return type.substr(type.rfind('#') + 1);
}

class CaseRun {
 public:
  CaseRun(const Case& one, const std::map<std::string, Json>& tables, Endpoint& endpoint,
          const Signer& signer)
      : case_(one), tables_(tables), endpoint_(endpoint), signer_(signer) {}

  Outcome run() {
    endpoint_.begin_case(case_);
    Outcome outcome;
    create_tables(outcome);
    for (std::size_t n = 0; n < case_.steps.size() && outcome.verdict == Verdict::kPassed; ++n) {
      const Step& step = case_.steps[n];
      for (bindings_.i = 0; bindings_.i < step.repeat && outcome.verdict == Verdict::kPassed;
           ++bindings_.i) {
        run_step(step, n + 1, outcome);
      }
    }
    remove_tables();
    return outcome;
  }

 private:
  void create_tables(Outcome& outcome) {
    for (const std::string& name : case_.tables) {
      const auto found = tables_.find(name);
      if (found == tables_.end()) {
        outcome = {Verdict::kFailed, "there is no ready-made table \"" + name + "\""};
        return;
      }
      const HttpAnswer answer = call("CreateTable", found->second);
      if (answer.status != 200) {
        outcome = {Verdict::kFailed, "cannot create table " + name + ": " +
                                         (answer.failure.empty() ? answer.body : answer.failure)};
        return;
      }
      created_.insert(name);
      wait_until_active(name);
    }
  }

  void run_step(const Step& step, std::size_t number, Outcome& outcome) {
    if (step.advance_ms != 0 && !endpoint_.advance(step.advance_ms)) {
      outcome = {Verdict::kSkipped, "needs virtual time"};
      return;
    }
    if (step.operation.empty() && !step.wire && !step.method && !step.target && !step.raw &&
        step.invocations.is_null()) {
      return;
    }
    HttpRequest request;
    HttpAnswer answer;
    if (!step.invocations.is_null()) {
      answer.status = 200;
      answer.body = endpoint_.take_invocations(expand(step.invocations, bindings_)).dump();
    } else if (step.wire) {
      answer = endpoint_.send_wire(expand_text(*step.wire, bindings_));
    } else {
      answer = endpoint_.send(request = request_of(step));
    }
    std::vector<std::string> found = problems(step, answer);
    if (!found.empty()) {
      outcome.verdict = Verdict::kFailed;
      outcome.report = describe(step, number, request, answer, found);
      return;
    }
    keep(step, answer);
    note_tables(step, answer);
  }

  HttpRequest request_of(const Step& step) {
    HttpRequest request;
    request.method = step.method.value_or("POST");
    request.path = step.path.value_or("/");
    if (step.raw) {
      request.body = expand_text(*step.raw, bindings_);
    } else if (!step.request.is_null()) {
      request.body =
          expand(step.request, bindings_).dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    if (request.method == "POST") {
      request.headers.emplace_back("Content-Type", "application/x-amz-json-1.0");
    }
    if (is_side_operation(step.operation)) {
      address_side_operation(step.operation, expand(step.request, bindings_), request);
    } else if (request.method == "POST") {
      if (step.target || !step.operation.empty()) {
        request.headers.emplace_back("X-Amz-Target",
                                     step.target ? *step.target : target_of(step.operation));
      }
    }
    const Json overrides = expand(step.headers, bindings_);
    apply(overrides, request);
    if (request.method == "POST" && step.sign != false) {
      sign_as(step.sign, request);
      apply(overrides, request);
    } else {
      add_host(request);
    }
    return request;
  }

  void add_host(HttpRequest& request) {
    const bool has = std::ranges::any_of(request.headers,
                                         [](const auto& header) { return header.first == "Host"; });
    if (!has) {
      request.headers.emplace_back("Host", endpoint_.host());
    }
  }

  static std::string target_of(const std::string& operation) {
    return (service_of(operation) == Service::kDynamoDb ? "DynamoDB_20120810."
                                                        : "DynamoDBStreams_20120810.") +
           operation;
  }

  static void apply(const Json& overrides, HttpRequest& request) {
    if (!overrides.is_object()) {
      return;
    }
    for (const auto& member : overrides.items()) {
      const std::string& name = member.key();
      const Json& value = member.value();
      std::erase_if(request.headers,
                    [&](const auto& header) { return same_header_name(header.first, name); });
      for (const Json& one : value.is_array() ? value : Json::array({value})) {
        if (one.is_string()) {
          request.headers.emplace_back(name, one.get<std::string>());
        }
      }
    }
  }

  void sign_as(const Json& how, HttpRequest& request) {
    Signer signer = signer_;
    std::int64_t at = endpoint_.now_s();
    if (how.is_object()) {
      signer.access_key = how.value("access_key", signer.access_key);
      signer.secret_key = how.value("secret_key", signer.secret_key);
      signer.session_token = how.value("session_token", signer.session_token);
      signer.region = how.value("region", signer.region);
      at -= how.value("age_s", std::int64_t{0});
    }
    sign(request, endpoint_.host(), signer, at);
  }

  HttpAnswer call(const std::string& operation, const Json& body) {
    Step step;
    step.operation = operation;
    step.request = body;
    // The ready-made tables of a case with strict credentials are created by the first of them.
    if (case_.options.is_object() && case_.options.contains("credentials")) {
      step.sign = case_.options["credentials"].at(0);
    }
    return endpoint_.send(request_of(step));
  }

  std::vector<std::string> problems(const Step& step, const HttpAnswer& answer) {
    if (!answer.failure.empty()) {
      return {answer.failure};
    }
    std::vector<std::string> found;
    const Json expected = expand(step.expect, bindings_);
    const bool error = expected.contains("error") || expected.contains("message");
    const int status = expected.value("status", error ? 400 : 200);
    if (answer.status != status) {
      found.push_back("status: expected " + std::to_string(status) + ", got " +
                      std::to_string(answer.status));
    }
    const Json body = Json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
    if (error) {
      check_error(expected, body, error_type(answer, body), found);
    } else if (expected.contains("body")) {
      append(found, differences(expected["body"], body));
    } else if (expected.contains("body_text")) {
      append(found, differences(expected["body_text"], Json(answer.body)));
    }
    check_headers(expected, answer, found);
    check_shape(step, answer, found);
    return found;
  }

  static void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
    to.insert(to.end(), more.begin(), more.end());
  }

  // In the body, or in a header where the protocol is REST-JSON.
  static std::string error_type(const HttpAnswer& answer, const Json& body) {
    const std::string* header = answer.header("x-amzn-errortype");
    const std::string otherwise = header == nullptr ? "" : *header;
    return body.is_object() ? body.value("__type", otherwise) : otherwise;
  }

  static void check_error(const Json& expected, const Json& body, const std::string& type,
                          std::vector<std::string>& found) {
    if (!body.is_object()) {
      found.emplace_back("expected an error body");
      return;
    }
    if (expected.contains("error") && short_name(type) != expected["error"]) {
      found.push_back("error: expected " + expected["error"].dump() + ", got " + Json(type).dump());
    }
    if (expected.contains("type") && type != expected["type"]) {
      found.push_back("type: expected " + expected["type"].dump() + ", got " + Json(type).dump());
    }
    if (expected.contains("message")) {
      const Json message = body.contains("message")   ? body["message"]
                           : body.contains("Message") ? body["Message"]
                                                      : Json();
      if (!message.is_null() || expected["message"] != "$absent") {
        for (const std::string& one : differences(expected["message"], message)) {
          found.push_back("message" + one);
        }
      }
    }
    const Json members = expected.value("members", Json::object());
    for (const auto& [name, value] : members.items()) {
      Json partial;
      partial["$partial"][name] = value;
      append(found, differences(partial, body));
    }
  }

  static void check_headers(const Json& expected, const HttpAnswer& answer,
                            std::vector<std::string>& found) {
    const Json headers = expected.value("headers", Json::object());
    for (const auto& [name, value] : headers.items()) {
      const std::string* sent = answer.header(name);
      if (value == "$absent" || value.is_null()) {
        if (sent != nullptr) {
          found.push_back("header " + name + ": expected absent, got " + *sent);
        }
      } else if (sent == nullptr) {
        found.push_back("header " + name + ": missing");
      } else {
        for (const std::string& one : differences(value, Json(*sent))) {
          found.push_back("header " + name + one);
        }
      }
    }
  }

  // What every answer must keep to, whatever the case is about.
  void check_shape(const Step& step, const HttpAnswer& answer, std::vector<std::string>& found) {
    const std::string* crc = answer.header("x-amz-crc32");
    if (crc != nullptr && *crc != std::to_string(crc32(answer.body))) {
      found.push_back("x-amz-crc32 is " + *crc + " where the body's is " +
                      std::to_string(crc32(answer.body)));
    }
    if (endpoint_.is_ours() && crc == nullptr && step.method.value_or("POST") == "POST" &&
        !step.wire && step.invocations.is_null() && !is_side_operation(step.operation)) {
      found.emplace_back("x-amz-crc32 is missing");
    }
    const ModelOperation* operation =
        find_model_operation(service_of(step.operation), step.operation);
    const bool plain = answer.header("content-encoding") == nullptr && !answer.body.empty();
    if (answer.status == 200 && operation != nullptr && plain && !step.method && !step.target) {
      const std::string misfit = check_output(*operation, answer.body);
      if (!misfit.empty()) {
        found.push_back("the answer does not fit the service model: " + misfit);
      }
    }
  }

  void keep(const Step& step, const HttpAnswer& answer) {
    const Json body = Json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
    for (const auto& [name, pointer] : step.save.items()) {
      const Json::json_pointer at(pointer.get<std::string>());
      bindings_.saved[name] = body.contains(at) ? body.at(at) : Json();
    }
  }

  // Other endpoints keep tables and take time to make them.
  void note_tables(const Step& step, const HttpAnswer& answer) {
    if (endpoint_.is_ours() || answer.status != 200 || !step.request.contains("TableName")) {
      return;
    }
    const std::string name = expand(step.request["TableName"], bindings_).get<std::string>();
    if (step.operation == "CreateTable") {
      created_.insert(name);
      wait_until_active(name);
    }
    if (step.operation == "UpdateTable") {
      wait_until_active(name);
    }
  }

  void wait_until_active(const std::string& name) {
    for (int tries = 0; !endpoint_.is_ours() && tries < 300; ++tries) {
      const HttpAnswer answer = call("DescribeTable", Json{{"TableName", name}});
      if (answer.status != 200 ||
          answer.body.find("\"TableStatus\":\"ACTIVE\"") != std::string::npos) {
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  }

  void remove_tables() {
    if (endpoint_.is_ours()) {
      return;
    }
    for (const std::string& name : created_) {
      call("DeleteTable", Json{{"TableName", name}});
      for (int tries = 0; tries < 300; ++tries) {
        if (call("DescribeTable", Json{{"TableName", name}}).status != 200) {
          break;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
      }
    }
  }

  std::string describe(const Step& step, std::size_t number, const HttpRequest& request,
                       const HttpAnswer& answer, const std::vector<std::string>& found) const {
    std::string text = "  step " + std::to_string(number) + " " + step.operation;
    if (step.repeat > 1) {
      text += ", repetition " + std::to_string(bindings_.i);
    }
    text += "\n";
    for (const std::string& one : found) {
      text += "    - " + abridged(one) + "\n";
    }
    text += "    sent " + abridged(step.wire ? *step.wire : request.body, 600) + "\n";
    text += "    got  " + std::to_string(answer.status) + " " + abridged(answer.body, 1000) + "\n";
    return text;
  }

  const Case& case_;
  const std::map<std::string, Json>& tables_;
  Endpoint& endpoint_;
  const Signer& signer_;
  Bindings bindings_;
  std::set<std::string> created_;
};

}  // namespace

Outcome run_case(const Case& one, const std::map<std::string, Json>& tables, Endpoint& endpoint,
                 const Signer& signer) {
  if (!one.problem.empty()) {
    return {Verdict::kFailed, "  not a case: " + one.problem + "\n"};
  }
  if ((!one.options.is_null() || !one.functions.is_null()) && !endpoint.is_ours()) {
    return {Verdict::kSkipped, "needs engine options or functions"};
  }
  try {
    return CaseRun(one, tables, endpoint, signer).run();
  } catch (const std::exception& error) {
    return {Verdict::kFailed, std::string("  the case makes no sense: ") + error.what() + "\n"};
  }
}

}  // namespace understudy::conformance
