// Conformance cases as data: reading them from files, and making requests out of their templates.
// The format is conformance/README.md's. Not thread-safe, but cases are independent of each other.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace understudy::conformance {

/// Members stay in the order of the file: it is the order in which they are sent.
using Json = nlohmann::ordered_json;

struct Step {
  std::string operation;
  Json request;                     ///< Template; null: none.
  std::optional<std::string> raw;   ///< Body as text instead of `request`.
  std::optional<std::string> wire;  ///< Whole HTTP request as text.
  std::optional<std::string> target;
  std::optional<std::string> method;
  std::optional<std::string> path;
  Json headers;  ///< Object: overrides, null removes.
  Json sign;     ///< Object, false or null (as usual).
  Json expect;
  Json save;
  Json invocations;  ///< Object: asks what a function was invoked with, instead of a request.
  std::int64_t repeat = 1;
  std::int64_t advance_ms = 0;
};

struct Case {
  std::string name;  ///< "put_item/size.json"
  std::string about;
  std::vector<std::string> tables;
  Json options;
  Json functions;  ///< Object: name → rules; null: none.
  std::vector<Step> steps;
  std::string problem;  ///< Why the file is no case; empty: it is one.

  /// Whether it speaks of the HTTP layer, which an in-process call does not have.
  [[nodiscard]] bool needs_http() const;
  [[nodiscard]] bool needs_virtual_time() const;
};

/// Cases of all .json files under `folder`, sorted by name; tables.json is not one.
std::vector<Case> load_cases(const std::string& folder);
/// CreateTable requests by table name. Empty: cannot be read.
std::map<std::string, Json> load_tables(const std::string& folder);

/// What a template may refer to.
struct Bindings {
  std::map<std::string, Json> saved;
  std::int64_t i = 0;
};
/// The template with {{repeat:…}}, {{i}}, $times, $nest and $saved carried out. Markers that only
/// mean something in expectations ($any, …) stay.
Json expand(const Json& from, const Bindings& bindings);
std::string expand_text(const std::string& from, const Bindings& bindings);

}  // namespace understudy::conformance
