#include "emulator/server/what_if.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "emulator/capacity/knob_text.h"
#include "emulator/clock/moment_text.h"

namespace understudy {
namespace {

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

}  // namespace

Expected<void, std::string> apply_what_if(const std::string& path, EngineOptions& options) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Unexpected<std::string>{"--what-if: cannot read " + path};
  }
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (const auto wrong = assign_knobs(options.simulation.knobs, text)) {
    return Unexpected<std::string>{"--what-if: " + path + ", " + *wrong};
  }
  options.simulation.throttle = true;
  return {};
}

void WhatIfReport::record(const JournalEntry& entry) {
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
  return text;
}

}  // namespace understudy
