#include "emulator/server/what_if.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <utility>

#include "emulator/capacity/knob_text.h"
#include "emulator/clock/moment_text.h"
#include "emulator/document/document.h"
#include "emulator/server/text_file.h"

namespace understudy {
namespace {

constexpr std::string_view kTables = "tables";

/// Whether capacity refused the request or a part of it.
bool is_refused(int status, std::string_view answer) {
  if (status == 200) {
    for (const std::string_view part : {R"("UnprocessedItems":{")", R"("UnprocessedKeys":{")"}) {
      if (answer.find(part) != std::string_view::npos) {
        return true;
      }
    }
    return false;
  }
  for (const std::string_view error :
       {"ProvisionedThroughputExceeded", "ThrottlingException", "RequestLimitExceeded"}) {
    if (answer.find(error) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

/// More than any quota: a slip of the pen rather than a plan.
constexpr std::int64_t kUnitsMax = 1'000'000'000;

Throughput read_throughput(MapReader& map) {
  Throughput units;
  if (map.required("read")) {
    units.read = map.integer("read", 1, kUnitsMax).value_or(1);
  }
  if (map.required("write")) {
    units.write = map.integer("write", 1, kUnitsMax).value_or(1);
  }
  return units;
}

AssumedCapacity read_assumed(const DocumentNode& node, DocumentErrors& errors) {
  AssumedCapacity assumed;
  if (node.scalar() == "on_demand") {
    assumed.on_demand = true;
    return assumed;
  }
  if (!node.is(DocumentKind::kMap)) {
    errors.add(node, "expected on_demand or {read: UNITS, write: UNITS}");
    return assumed;
  }
  MapReader map(node, errors);
  assumed.units = read_throughput(map);
  if (const auto indexes = map.map("indexes")) {
    for (const DocumentNode& index : indexes->children()) {
      MapReader units(index, errors);
      assumed.indexes[std::string(index.name())] = read_throughput(units);
    }
  }
  return assumed;
}

/// A file with tables in it: a document, whose other members are knobs.
Expected<void, std::string> read_document(const std::string& path, std::string_view text,
                                          SimulationOptions& simulation) {
  const auto document = Document::parse(text, path);
  if (!document) {
    return Unexpected<std::string>{document.error().message()};
  }
  DocumentErrors errors;
  auto assumed = std::make_shared<AssumedCapacities>();
  for (const DocumentNode& member : document->root().children()) {
    if (member.name() != kTables) {
      if (const auto wrong = set_capacity_knob(simulation.knobs, member.name(), member.scalar())) {
        errors.add(member, *wrong);
      }
    } else if (member.expect(errors, DocumentKind::kMap)) {
      for (const DocumentNode& table : member.children()) {
        (*assumed)[std::string(table.name())] = read_assumed(table, errors);
      }
    }
  }
  if (!errors.empty()) {
    return Unexpected<std::string>{errors.first().message()};
  }
  simulation.assumed = std::move(assumed);
  return {};
}

/// Whether a line of that file begins with "tables:".
bool has_tables(std::string_view text) {
  const std::string line = "\n" + std::string(kTables) + ":";
  return text.starts_with(std::string_view(line).substr(1)) || text.find(line) != text.npos;
}

}  // namespace

Expected<void, std::string> apply_what_if(const std::string& path, EngineOptions& options) {
  const auto text = read_text_file(path);
  if (!text) {
    return Unexpected<std::string>{"--what-if: " + text.error()};
  }
  if (has_tables(*text)) {
    const auto read = read_document(path, *text, options.simulation);
    if (!read) {
      return Unexpected<std::string>{"--what-if: " + read.error()};
    }
  } else if (const auto wrong = assign_knobs(options.simulation.knobs, *text)) {
    return Unexpected<std::string>{"--what-if: " + path + ", " + *wrong};
  }
  options.simulation.throttle = true;
  return {};
}

void WhatIfReport::expect(const AssumedCapacities& tables) {
  for (const auto& [name, capacity] : tables) {
    unmet_.insert(name);
  }
}

void WhatIfReport::meet(std::string_view table) {
  if (const auto found = unmet_.find(table); found != unmet_.end()) {
    unmet_.erase(found);
  }
}

void WhatIfReport::record(const JournalEntry& entry) {
  meet(entry.table);
  for (const RefusedAttempt& attempt : entry.refused) {
    std::string place = "table " + std::string(attempt.table);
    if (!attempt.index.empty()) {
      place.append(" index ").append(attempt.index);
    }
    if (attempt.bucket == "partition") {
      place.append(" partition ").append(std::to_string(attempt.partition_id));
    }
    Refusals& refusals = buckets_[{std::move(place), std::string(attempt.reason)}];
    if (refusals.count++ == 0) {
      refusals.first = entry.arrived;
    }
  }
}

void WhatIfReport::count_recorded(std::string_view operation, int status_then,
                                  std::string_view answer_then, int status_now,
                                  std::string_view answer_now) {
  Count& count = operations_.try_emplace(std::string(operation)).first->second;
  ++count.asked;
  count.refused_then += is_refused(status_then, answer_then) ? 1 : 0;
  count.refused_now += is_refused(status_now, answer_now) ? 1 : 0;
}

std::string WhatIfReport::text() const {
  std::array<char, 512> line{};
  std::string text;
  const auto put = [&](const auto&... arguments) {
    const int length = std::snprintf(line.data(), line.size(), arguments...);
    text.append(line.data(), std::min(static_cast<std::size_t>(length), line.size() - 1));
  };
  put("%-28s %10s %14s %14s\n", "operation", "asked", "refused then", "refused now");
  for (const auto& [operation, count] : operations_) {
    put("%-28s %10zu %14zu %14zu\n", operation.c_str(), count.asked, count.refused_then,
        count.refused_now);
  }
  for (const auto& [place, refusals] : buckets_) {
    put("%s: %zu times %s, first at %s\n", place.first.c_str(), refusals.count,
        place.second.c_str(), moment_text(refusals.first).c_str());
  }
  for (const std::string& table : unmet_) {
    put("table %s has a capacity in the what-if, but is not in the record\n", table.c_str());
  }
  return text;
}

}  // namespace understudy
