#include "emulator/api/tenant.h"

#include <algorithm>

#include "emulator/api/engine.h"
#include "emulator/base/utf8.h"

namespace understudy {
namespace {

constexpr std::size_t kAccountDigits = 12;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

/// The account of a host `<account>.ddb.<region>.amazonaws.com`, or empty.
std::string_view account_of_host(std::string_view host) {
  const std::string_view account = host.substr(0, kAccountDigits);
  const bool named = host.substr(account.size()).starts_with(".ddb.") && is_account_id(account);
  return named ? account : std::string_view{};
}

std::string_view join(std::string_view first, std::string_view second, Arena& arena) {
  char* const text = arena.make_array<char>(first.size() + second.size() + 1);
  char* at = std::copy(first.begin(), first.end(), text);
  *at++ = '/';
  std::copy(second.begin(), second.end(), at);
  return {text, first.size() + second.size() + 1};
}

}  // namespace

bool is_region(std::string_view text) {
  // Two letters, one or more words, a number: each after a hyphen.
  const std::size_t last = text.rfind('-');
  if (last == std::string_view::npos || last + 1 == text.size() || text.size() > 32) {
    return false;
  }
  const std::string_view number = text.substr(last + 1);
  const std::string_view words = text.substr(0, last);
  const bool shaped = words.size() > 3 && is_lower(words[0]) && is_lower(words[1]) &&
                      words[2] == '-' && words.back() != '-';
  return shaped && std::ranges::all_of(number, is_digit) &&
         std::ranges::all_of(words, [](char c) { return is_lower(c) || c == '-'; });
}

bool is_account_id(std::string_view text) {
  return text.size() == kAccountDigits && std::ranges::all_of(text, is_digit);
}

Scope scope_of(const EngineOptions& options, std::string_view access_key, std::string_view region,
               std::string_view host, Arena& arena) {
  Scope scope;
  scope.access_key = access_key;
  scope.host = host;
  scope.region =
      region != options.region && is_region(region) ? region : std::string_view(options.region);
  const bool key_is_account = is_account_id(access_key);
  const std::string_view host_account = account_of_host(host);
  if (key_is_account) {
    scope.account = access_key;
  } else {
    scope.account = host_account.empty() ? std::string_view(options.account_id) : host_account;
  }
  switch (options.isolation) {
    case Isolation::kDefault:
      // The default account written as a key is the shared tenant, not one more.
      scope.tenant =
          key_is_account && access_key != options.account_id ? access_key : kSharedTenant;
      break;
    case Isolation::kNone:
      scope.tenant = kSharedTenant;
      break;
    case Isolation::kAccount:
      scope.tenant = scope.account;
      break;
    case Isolation::kRegion:
      scope.tenant = join(scope.account, scope.region, arena);
      break;
    case Isolation::kCredential:
      // The region as sent: DynamoDB Local keeps a file per "<access key>_<region>".
      scope.tenant = join(access_key, region.empty() ? scope.region : region, arena);
      if (!is_valid_utf8(scope.tenant)) {  // It is shown in logs and by the admin API.
        scope.tenant = arena.copy(to_utf8(scope.tenant));
      }
      break;
  }
  return scope;
}

Scope scope_of_request(const EngineOptions& options, const Request& request, Arena& arena) {
  const std::string_view host = request.header(KnownHeader::kHost);
  const auto signature = read_signature(request, arena);
  if (!signature) {
    return scope_of(options, {}, options.region, host, arena);
  }
  return scope_of(options, signature->access_key, signature->region, host, arena);
}

}  // namespace understudy
