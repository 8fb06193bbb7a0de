#include "emulator/server/recorder.h"

#include <algorithm>

#include "emulator/api/request.h"
#include "emulator/api/response.h"
#include "emulator/base/base64.h"
#include "emulator/base/utf8.h"
#include "emulator/server/config.h"
#include "emulator/server/text_file.h"

namespace understudy {
namespace {

/// Headers that say nothing about the request but how it travelled.
constexpr std::string_view kTravelHeaders[] = {"content-length",  "connection", "accept",
                                               "user-agent",      "expect",     "transfer-encoding",
                                               "x-amz-user-agent"};

std::string lower(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lowered;
}

bool changes_nothing(const Request& request) {
  if (request.headers().empty()) {
    return true;  // called in this process: by whoever will call again
  }
  if (request.target.starts_with("/_admin/clock")) {
    return true;  // arrival times say it all
  }
  return request.header(KnownHeader::kTarget).empty() && request.method == "GET" &&
         (request.target == "/" || request.target.starts_with("/_admin") ||
          request.target.starts_with("/_localstack") || request.target == "/ready");
}

/// A body under `name`, or under `binary_name` in base64.
void append_body(std::string_view name, std::string_view binary_name, std::string_view body,
                 JsonWriter& out) {
  if (is_valid_utf8(body)) {
    out.key(name);
    out.string(body);
    return;
  }
  std::string encoded(base64_encoded_bytes(body.size()), '\0');
  encode_base64(body, encoded.data());
  out.key(binary_name);
  out.string(encoded);
}

/// Whether it steers the emulator: under the admin API's access rules.
bool is_of_admin(const Request& request) {
  return request.target.starts_with("/_");
}

/// The admin API's keys: a record is passed on, and its replay needs none.
bool is_secret(const Request& request, std::string_view name) {
  return is_of_admin(request) && (name == "authorization" || name == "x-understudy-token");
}

/// Strangers are turned away by what a replay does not have: a token, a listener.
bool was_turned_away(const Request& request, const Response& response) {
  return is_of_admin(request) && (response.status == 401 || response.status == 403);
}

}  // namespace

Expected<std::unique_ptr<Recorder>, std::string> Recorder::open(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "wbe");
  if (file == nullptr) {
    return Unexpected<std::string>{cannot_write("the record " + path)};
  }
  return std::unique_ptr<Recorder>(new Recorder(file));
}

Recorder::~Recorder() {
  std::fclose(file_);
}

void Recorder::put(std::string_view line) {
  const std::lock_guard lock(mutex_);
  std::fwrite(line.data(), 1, line.size(), file_);
  // A server that is killed leaves whole lines.
  std::fflush(file_);
}

void Recorder::begin(const Beginning& beginning) {
  Buffer line;
  JsonWriter out(line);
  out.begin_object();
  out.key("understudy");
  out.string(kProductVersion);
  out.key("seed");
  out.raw(std::to_string(beginning.seed));
  out.key("clock");
  out.integer(beginning.clock);
  out.key("arguments");
  out.begin_array();
  for (const std::string& argument : beginning.arguments) {
    out.string(argument);
  }
  out.end_array();
  out.end_object();
  line.append('\n');
  put(line.view());
}

void Recorder::record(const JournalEntry& entry) {
  if (entry.request == nullptr || entry.response == nullptr || changes_nothing(*entry.request) ||
      was_turned_away(*entry.request, *entry.response)) {
    return;
  }
  const Request& request = *entry.request;
  const Response& response = *entry.response;
  Buffer line;
  JsonWriter out(line);
  out.begin_object();
  out.key("t");
  out.integer(entry.arrived);
  out.key("m");
  out.string(request.method);
  out.key("u");
  out.string(to_utf8(request.target));
  out.key("h");
  out.begin_array();
  for (const Header& header : request.headers()) {
    const std::string name = lower(header.name);
    if (std::ranges::find(kTravelHeaders, name) != std::end(kTravelHeaders) ||
        is_secret(request, name) || !is_valid_utf8(header.value)) {
      continue;
    }
    out.begin_array();
    out.string(name);
    out.string(header.value);
    out.end_array();
  }
  out.end_array();
  append_body("b", "b64", request.body, out);
  if (response.late != nullptr || response.stream != nullptr) {
    out.key("late");
    out.boolean(true);
  } else {
    out.key("s");
    out.integer(response.status);
    append_body("a", "a64", response.body.view(), out);
  }
  out.end_object();
  line.append('\n');
  put(line.view());
}

}  // namespace understudy
