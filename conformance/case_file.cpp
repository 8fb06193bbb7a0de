#include "conformance/case_file.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace understudy::conformance {

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::optional<std::string> text_member(const Json& from, const char* name) {
  return from.contains(name) ? std::optional(from[name].get<std::string>()) : std::nullopt;
}

// The first key of `object` that is not among `known`; empty: all are.
std::string unknown_key(const Json& object, const std::set<std::string>& known) {
  for (const auto& [key, value] : object.items()) {
    if (!known.contains(key)) {
      return key;
    }
  }
  return {};
}

Step read_step(const Json& from, std::string& problem) {
  static const std::set<std::string> kKnown = {
      "about",   "operation", "request", "raw",    "wire",   "target",  "method",     "path",
      "headers", "sign",      "save",    "expect", "repeat", "advance", "invocations"};
  static const std::set<std::string> kKnownOfExpect = {"body",   "error",   "message", "members",
                                                       "status", "headers", "type",    "body_text"};
  Step step;
  step.operation = from.value("operation", "");
  step.request = from.value("request", Json());
  step.raw = text_member(from, "raw");
  step.wire = text_member(from, "wire");
  step.target = text_member(from, "target");
  step.method = text_member(from, "method");
  step.path = text_member(from, "path");
  step.headers = from.value("headers", Json());
  step.sign = from.value("sign", Json());
  step.expect = from.value("expect", Json::object());
  step.save = from.value("save", Json::object());
  step.invocations = from.value("invocations", Json());
  step.repeat = from.value("repeat", std::int64_t{1});
  step.advance_ms = from.value("advance", std::int64_t{0});
  if (const std::string key = unknown_key(from, kKnown); !key.empty()) {
    problem = "a step has the unknown member \"" + key + "\"";
  }
  if (const std::string key = unknown_key(step.expect, kKnownOfExpect); !key.empty()) {
    problem = "an expectation has the unknown member \"" + key + "\"";
  }
  return step;
}

Case read_case(const std::filesystem::path& path, std::string name) {
  Case made;
  made.name = std::move(name);
  try {
    const Json file = Json::parse(read_file(path));
    made.about = file.value("about", "");
    made.options = file.value("options", Json());
    made.functions = file.value("functions", Json());
    made.tables = file.value("tables", std::vector<std::string>{});
    for (const Json& step : file.at("steps")) {
      made.steps.push_back(read_step(step, made.problem));
    }
    const std::string key =
        unknown_key(file, {"about", "evidence", "tables", "options", "functions", "steps"});
    if (!key.empty()) {
      made.problem = "unknown member \"" + key + "\"";
    } else if (made.about.empty() || file.value("evidence", "").empty()) {
      made.problem = "needs \"about\" and \"evidence\"";
    }
  } catch (const nlohmann::json::exception& error) {
    made.problem = error.what();
  }
  return made;
}

std::int64_t to_integer(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// What stands for the inside of one {{…}}; nullopt: not a template, leave it.
std::optional<std::string> expand_placeholder(std::string_view inside, const Bindings& bindings) {
  constexpr std::string_view kRepeat = "repeat:";
  constexpr std::string_view kSaved = "saved:";
  if (inside == "i") {
    return std::to_string(bindings.i);
  }
  if (inside.starts_with(kSaved)) {
    const auto found = bindings.saved.find(std::string(inside.substr(kSaved.size())));
    return found != bindings.saved.end() && found->second.is_string()
               ? std::optional(found->second.get<std::string>())
               : std::nullopt;
  }
  const std::size_t colon = inside.rfind(':');
  if (!inside.starts_with(kRepeat) || colon < kRepeat.size()) {
    return std::nullopt;
  }
  const std::string_view unit = inside.substr(kRepeat.size(), colon - kRepeat.size());
  const std::int64_t count = to_integer(inside.substr(colon + 1));
  std::string repeated;
  repeated.reserve(unit.size() * static_cast<std::size_t>(count));
  for (std::int64_t n = 0; n < count; ++n) {
    repeated += unit;
  }
  return repeated;
}

Json replace_inner(const Json& in, const Json& inner) {
  if (in == "$inner") {
    return inner;
  }
  if (!in.is_structured()) {
    return in;
  }
  Json made = in;
  for (auto& element : made) {
    element = replace_inner(element, inner);
  }
  return made;
}

Json expand_array(const Json& from, const Bindings& bindings) {
  Json made = Json::array();
  for (const Json& element : from) {
    if (element.is_object() && element.contains("$times")) {
      Bindings inner = bindings;
      const auto times = element["$times"].get<std::int64_t>();
      for (inner.i = 0; inner.i < times; ++inner.i) {
        made.push_back(expand(element.at("of"), inner));
      }
    } else {
      made.push_back(expand(element, bindings));
    }
  }
  return made;
}

}  // namespace

bool Case::needs_http() const {
  return std::ranges::any_of(steps, [](const Step& step) {
    return step.wire || step.method || step.path || step.target || !step.headers.is_null();
  });
}

bool Case::needs_virtual_time() const {
  return std::ranges::any_of(steps, [](const Step& step) { return step.advance_ms != 0; });
}

std::vector<Case> load_cases(const std::string& folder) {
  std::vector<Case> cases;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, ignored)) {
    const std::string name = std::filesystem::relative(entry.path(), folder).generic_string();
    if (entry.path().extension() == ".json" && name != "tables.json") {
      cases.push_back(read_case(entry.path(), name));
    }
  }
  std::ranges::sort(cases, {}, &Case::name);
  return cases;
}

std::map<std::string, Json> load_tables(const std::string& folder) {
  const Json file = Json::parse(read_file(std::filesystem::path(folder) / "tables.json"), nullptr,
                                /*allow_exceptions=*/false);
  std::map<std::string, Json> tables;
  if (file.is_object()) {
    for (const auto& [name, request] : file.items()) {
      tables[name] = request;
    }
  }
  return tables;
}

std::string expand_text(const std::string& from, const Bindings& bindings) {
  std::string made;
  std::size_t at = 0;
  while (at < from.size()) {
    const std::size_t open = from.find("{{", at);
    const std::size_t close = open == std::string::npos ? open : from.find("}}", open);
    if (close == std::string::npos) {
      break;
    }
    const auto text =
        expand_placeholder(std::string_view(from).substr(open + 2, close - open - 2), bindings);
    made.append(from, at, open - at);
    if (text) {
      made += *text;
      at = close + 2;
    } else {
      made += "{{";
      at = open + 2;
    }
  }
  return made.append(from, at, std::string::npos);
}

Json expand(const Json& from, const Bindings& bindings) {
  if (from.is_string()) {
    return expand_text(from.get<std::string>(), bindings);
  }
  if (from.is_array()) {
    return expand_array(from, bindings);
  }
  if (!from.is_object()) {
    return from;
  }
  if (from.contains("$saved")) {
    const auto found = bindings.saved.find(from["$saved"].get<std::string>());
    return found == bindings.saved.end() ? Json("(nothing saved under this name)") : found->second;
  }
  if (from.contains("$nest")) {
    Json made = expand(from.at("of"), bindings);
    for (auto n = from["$nest"].get<std::int64_t>(); n > 0; --n) {
      made = replace_inner(from.at("in"), made);
    }
    return made;
  }
  Json made = Json::object();
  for (const auto& [key, value] : from.items()) {
    made[expand_text(key, bindings)] = expand(value, bindings);
  }
  return made;
}

}  // namespace understudy::conformance
