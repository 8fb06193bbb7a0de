#include "emulator/admin/chaos.h"

#include <algorithm>
#include <optional>

#include "emulator/base/buffer.h"
#include "emulator/faults/rule_book.h"
#include "emulator/service/api_error.h"
#include "emulator/service/side_operations.h"

namespace understudy {
namespace {

constexpr std::string_view kPrefix = "localstack-";
constexpr int kDefaultStatus = 503;
constexpr std::string_view kDefaultCode = "ServiceUnavailable";
constexpr std::string_view kMessage = "Failing as per Fault Injection Simulator configuration";

std::string error_body(std::string_view code) {
  Buffer body;
  JsonWriter out(body);
  out.begin_object();
  out.key("__type");
  out.string(code);
  out.key("message");
  out.string(kMessage);
  out.end_object();
  return std::string(body.view());
}

bool is_served_somewhere(std::string_view operation) {
  return find_model_operation(Service::kDynamoDb, operation) != nullptr ||
         find_model_operation(Service::kDynamoDbStreams, operation) != nullptr ||
         std::ranges::any_of(side_operations(), [operation](const ModelOperation& row) {
           return row.name == operation;
         });
}

/// Our rule; nullopt: it is about another service.
std::optional<FaultRule> read_rule(const DocumentNode& node, DocumentErrors& errors) {
  FaultRule rule;
  MapReader map(node, errors);
  const auto service = map.text("service");
  const auto operation = map.text("operation");
  if (operation) {
    rule.match.operations = {*operation};
  }
  if (const auto region = map.text("region")) {
    // The credential scope names it: …/20260115/us-east-1/dynamodb/aws4_request.
    rule.match.headers.push_back({"authorization", "*/" + *region + "/*"});
  }
  rule.when.probability = map.number("probability", 0, 1).value_or(1);
  int status = kDefaultStatus;
  std::string code(kDefaultCode);
  if (const auto error = map.map("error")) {
    MapReader error_map(*error, errors);
    status = static_cast<int>(error_map.integer("statusCode", 400, 599).value_or(status));
    code = error_map.text("code").value_or(code);
  }
  FaultTransport answer;
  answer.kind = FaultTransport::Kind::kRaw;
  answer.status = status;
  answer.body = error_body(code);
  rule.action.transport = std::move(answer);
  rule.phase = FaultPhase::kOnArrival;
  if (service ? !find_service(*service) : operation && !is_served_somewhere(*operation)) {
    return std::nullopt;
  }
  rule.match.service = service.value_or("*");
  return rule;
}

}  // namespace

AdminResult<void> LocalStackChaos::install(const std::vector<std::string>& rules,
                                           std::int64_t latency_ms, RuleBook& book) {
  std::vector<FaultRule> ours;
  DocumentErrors errors;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto document = Document::parse(rules[i], "body");
    if (!document) {
      return Unexpected{refusal_of(document.error())};
    }
    if (auto rule = read_rule(document->root(), errors)) {
      rule->id = std::string(kPrefix) + std::to_string(i + 1);
      ours.push_back(*std::move(rule));
    }
    if (!errors.empty()) {
      AdminError wrong = refusal_of(errors.first());
      wrong.field.insert(0, "[" + std::to_string(i) + "]" + (wrong.field.empty() ? "" : "."));
      return Unexpected{std::move(wrong)};
    }
  }
  if (latency_ms > 0) {
    FaultRule slow;
    slow.id = std::string(kPrefix) + "latency";
    slow.match.service = "*";
    slow.action.latency = FaultLatency{FaultLatency::Kind::kFixed, latency_ms * 1000};
    slow.phase = FaultPhase::kOnArrival;
    ours.push_back(std::move(slow));
  }
  for (const FaultRule& rule : ours) {
    if (const auto flaw = check_fault_rule(rule)) {
      return admin_error(400, "", flaw->text());
    }
  }
  for (const FaultRuleStatus& status : book.list()) {
    if (status.rule.id.starts_with(kPrefix)) {
      book.remove(status.rule.id);
    }
  }
  const auto done = book.install(std::move(ours));
  return done ? AdminResult<void>() : admin_error(400, "", done.error().text());
}

AdminResult<void> LocalStackChaos::change(Change change, const DocumentNode& document,
                                          RuleBook& book) {
  DocumentErrors errors;
  if (!document.expect(errors, DocumentKind::kList)) {
    return Unexpected{refusal_of(errors.first())};
  }
  const std::lock_guard lock(mutex_);
  std::vector<std::string> rules;
  if (change != Change::kReplace) {
    rules = rules_;
  }
  for (const DocumentNode& rule : document.children()) {
    if (change == Change::kRemove) {
      std::erase(rules, rule.json());
    } else {
      rules.push_back(rule.json());
    }
  }
  TRY_VOID(install(rules, latency_ms_, book));
  rules_ = std::move(rules);
  return {};
}

void LocalStackChaos::clear(RuleBook& book) {
  const std::lock_guard lock(mutex_);
  rules_.clear();
  static_cast<void>(install(rules_, latency_ms_, book));
}

std::string LocalStackChaos::rules_json() const {
  const std::lock_guard lock(mutex_);
  std::string text = "[";
  for (const std::string& rule : rules_) {
    text.append(text.size() > 1 ? "," : "").append(rule);
  }
  return text + "]";
}

AdminResult<void> LocalStackChaos::set_latency(std::int64_t milliseconds, RuleBook& book) {
  const std::lock_guard lock(mutex_);
  TRY_VOID(install(rules_, milliseconds, book));
  latency_ms_ = milliseconds;
  return {};
}

std::int64_t LocalStackChaos::latency_ms() const {
  const std::lock_guard lock(mutex_);
  return latency_ms_;
}

}  // namespace understudy
