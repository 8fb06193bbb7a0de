#include "conformance/scripted_functions.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "streams/function_host.h"

namespace understudy::conformance {

namespace {

constexpr Microseconds kMillisecond = 1'000;

// A rule with a word that nobody knows would apply where it is not meant to.
void check_rule(const std::string& function, const Json& rule) {
  static const std::set<std::string> kKnown = {"until", "times",  "when",
                                               "fail",  "report", "return"};
  for (const auto& [name, value] : rule.items()) {
    if (!kKnown.contains(name)) {
      throw std::invalid_argument("a rule of " + function + " has the unknown member \"" + name +
                                  "\"");
    }
  }
}

// What a function says that names single records as failed: those with one of the texts in them.
Json report_of(const Json& texts, const Json& event) {
  Json failures = Json::array();
  for (const Json& record : event.at("Records")) {
    const std::string text = record.dump();
    if (std::ranges::any_of(texts, [&](const Json& one) {
          return text.find(one.get<std::string>()) != std::string::npos;
        })) {
      failures.push_back({{"itemIdentifier", record.at("dynamodb").at("SequenceNumber")}});
    }
  }
  return {{"batchItemFailures", std::move(failures)}};
}

}  // namespace

ScriptedFunctions::ScriptedFunctions(const Json& script, const Clock& clock, Microseconds begin,
                                     FunctionHost& host)
    : clock_(clock), begin_(begin) {
  for (const auto& [name, rules] : script.items()) {
    for (const Json& rule : rules) {
      check_rule(name, rule);
      rules_[name].push_back({rule});
    }
    FunctionSettings settings;
    settings.name = name;
    settings.callback = [this, function = name](std::string_view event) {
      return invoke(function, event);
    };
    if (const auto added = host.functions().add(std::move(settings)); !added) {
      throw std::invalid_argument(added.error());
    }
  }
}

bool ScriptedFunctions::applies(const Rule& rule, std::string_view event) const {
  const Json& from = rule.from;
  return (!from.contains("until") ||
          clock_.now() < begin_ + from["until"].get<std::int64_t>() * kMillisecond) &&
         (!from.contains("times") || rule.uses < from["times"].get<std::int64_t>()) &&
         (!from.contains("when") ||
          event.find(from["when"].get<std::string>()) != std::string_view::npos);
}

Expected<std::string, std::string> ScriptedFunctions::invoke(const std::string& function,
                                                             std::string_view event) {
  const std::lock_guard lock(mutex_);
  Invocation& made =
      invocations_.emplace_back(Invocation{function, "returned", Json::parse(event)});
  auto& rules = rules_[function];
  const auto rule =
      std::ranges::find_if(rules, [&](const Rule& one) { return applies(one, event); });
  if (rule == rules.end()) {
    return std::string("null");
  }
  ++rule->uses;
  if (rule->from.contains("fail")) {
    made.outcome = "failed";
    return Unexpected<std::string>{rule->from["fail"].get<std::string>()};
  }
  if (rule->from.contains("report")) {
    return report_of(rule->from["report"], made.event).dump();
  }
  return rule->from.value("return", Json()).dump();
}

Json ScriptedFunctions::take(const Json& ask) {
  const std::string function = ask.at("of").get<std::string>();
  const std::string outcome = ask.value("outcome", "");
  const std::lock_guard lock(mutex_);
  Json taken = Json::array();
  for (const Invocation& one : invocations_) {
    if (one.function != function || (!outcome.empty() && one.outcome != outcome)) {
      continue;
    }
    if (!ask.contains("each")) {
      taken.push_back(one.event);
      continue;
    }
    const Json::json_pointer each(ask["each"].get<std::string>());
    Json values = Json::array();
    for (const Json& record : one.event.at("Records")) {
      values.push_back(record.contains(each) ? record.at(each) : Json());
    }
    taken.push_back(std::move(values));
  }
  std::erase_if(invocations_, [&](const Invocation& one) { return one.function == function; });
  return taken;
}

}  // namespace understudy::conformance
