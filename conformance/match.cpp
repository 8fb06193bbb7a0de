#include "conformance/match.h"

#include <algorithm>
#include <boost/regex.hpp>
#include <cmath>

namespace understudy::conformance {

namespace {

using Differences = std::vector<std::string>;

void compare(const Json& expected, const Json& got, const std::string& at, Differences& found);

std::string shown(const Json& value) {
  return abridged(value.dump(-1, ' ', false, Json::error_handler_t::replace), 300);
}

void differ(const Json& expected, const Json& got, const std::string& at, Differences& found) {
  found.push_back((at.empty() ? "/" : at) + ": expected " + shown(expected) + ", got " +
                  shown(got));
}

bool matches(const Json& expected, const Json& got) {
  Differences found;
  compare(expected, got, "", found);
  return found.empty();
}

// Each expected element takes the first free element that fits it.
void compare_unordered(const Json& expected, const Json& got, const std::string& at,
                       Differences& found) {
  if (!got.is_array() || got.size() != expected.size()) {
    found.push_back(at + ": expected " + std::to_string(expected.size()) +
                    " elements in any order, got " + shown(got));
    return;
  }
  std::vector<bool> taken(got.size());
  for (const Json& wanted : expected) {
    std::size_t i = 0;
    while (i < got.size() && (taken[i] || !matches(wanted, got[i]))) {
      ++i;
    }
    if (i == got.size()) {
      found.push_back(at + ": no element left that fits " + shown(wanted) + " in " + shown(got));
      return;
    }
    taken[i] = true;
  }
}

void compare_members(const Json& expected, const Json& got, const std::string& at,
                     Differences& found) {
  if (!got.is_object()) {
    differ(expected, got, at, found);
    return;
  }
  for (const auto& [key, value] : expected.items()) {
    const std::string place = at + "/" + key;
    if (value == "$absent") {
      if (got.contains(key)) {
        found.push_back(place + ": expected absent, got " + shown(got[key]));
      }
    } else if (!got.contains(key)) {
      found.push_back(place + ": missing, expected " + shown(value));
    } else {
      compare(value, got[key], place, found);
    }
  }
}

// True when `expected` is an object with one of the markers; then it has been dealt with.
bool compare_marker(const Json& expected, const Json& got, const std::string& at,
                    Differences& found) {
  if (expected.size() != 1) {
    return false;
  }
  const std::string key = expected.begin().key();
  const Json& value = expected.begin().value();
  if (key == "$partial") {
    compare_members(value, got, at, found);
  } else if (key == "$unordered") {
    compare_unordered(value, got, at, found);
  } else if (key == "$matches") {
    const boost::regex pattern(value.get<std::string>());
    if (!got.is_string() || !boost::regex_search(got.get_ref<const std::string&>(), pattern)) {
      differ(expected, got, at, found);
    }
  } else if (key == "$approx") {
    const double wanted = value.get<double>();
    if (!got.is_number() || std::abs(got.get<double>() - wanted) > 1e-9 + std::abs(wanted) * 1e-6) {
      differ(expected, got, at, found);
    }
  } else if (key == "$length") {
    const bool has_length = got.is_string() || got.is_structured();
    const std::size_t length =
        got.is_string() ? got.get_ref<const std::string&>().size() : got.size();
    if (!has_length || length != value.get<std::size_t>()) {
      found.push_back(at + ": expected length " + value.dump() + ", got " + std::to_string(length));
    }
  } else if ((key == "SS" || key == "NS" || key == "BS") && value.is_array()) {
    if (!got.is_object() || got.size() != 1 || !got.contains(key)) {
      differ(expected, got, at, found);
    } else {
      compare_unordered(value, got[key], at + "/" + key, found);
    }
  } else {
    return false;
  }
  return true;
}

void compare_object(const Json& expected, const Json& got, const std::string& at,
                    Differences& found) {
  if (compare_marker(expected, got, at, found)) {
    return;
  }
  compare_members(expected, got, at, found);
  if (got.is_object()) {
    for (const auto& [key, value] : got.items()) {
      if (!expected.contains(key)) {
        found.push_back(at + "/" + key + ": not expected, got " + shown(value));
      }
    }
  }
}

void compare(const Json& expected, const Json& got, const std::string& at, Differences& found) {
  if (expected == "$any") {
    return;
  }
  if (expected.is_object()) {
    compare_object(expected, got, at, found);
  } else if (expected.is_array() && got.is_array() && expected.size() == got.size()) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
      compare(expected[i], got[i], at + "/" + std::to_string(i), found);
    }
  } else if (expected != got) {
    differ(expected, got, at, found);
  }
}

}  // namespace

std::vector<std::string> differences(const Json& expected, const Json& got) {
  Differences found;
  compare(expected, got, "", found);
  return found;
}

std::string abridged(const std::string& text, std::size_t length_max) {
  if (text.size() <= length_max) {
    return text;
  }
  const std::size_t half = length_max / 2;
  return text.substr(0, half) + " … (" + std::to_string(text.size()) + " bytes) … " +
         text.substr(text.size() - half);
}

}  // namespace understudy::conformance
