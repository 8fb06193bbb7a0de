#include "emulator/table/idempotency_tokens.h"

#include <utility>

namespace understudy {

namespace {

/// Tenant, operation and token contain no NUL, so this is unambiguous.
std::string joined(const IdempotencyTokens::Key& key) {
  std::string text;
  text.reserve(key.tenant.size() + key.operation.size() + key.token.size() + 2);
  text.append(key.tenant).push_back('\0');
  text.append(key.operation).push_back('\0');
  text.append(key.token);
  return text;
}

}  // namespace

void IdempotencyTokens::drop_expired(Book& book, Microseconds now) {
  while (!book.finished.empty() &&
         (book.finished.front().first <= now || book.finished.size() > kTokensMax)) {
    const auto found = book.records.find(book.finished.front().second);
    // The token may have been used anew since: then its record expires later.
    if (found != book.records.end() && found->second.expires == book.finished.front().first) {
      book.records.erase(found);
    }
    book.finished.pop_front();
  }
}

IdempotencyTokens::Claim IdempotencyTokens::claim(const Key& key, std::string_view parameters,
                                                  Microseconds now) {
  const auto book = book_.lock();
  drop_expired(*book, now);
  auto [place, is_new] = book->records.try_emplace(joined(key));
  Record& record = place->second;
  if (is_new) {
    record.parameters = parameters;
    return {Verdict::kNew, {}};
  }
  if (record.parameters != parameters) {
    return {Verdict::kMismatch, {}};
  }
  if (record.expires == 0 || now < record.finished) {
    return {Verdict::kRunning, {}};
  }
  return {Verdict::kReplay, record.outcome};
}

void IdempotencyTokens::finish(const Key& key, std::string outcome, Microseconds now,
                               Microseconds still_running) {
  const auto book = book_.lock();
  std::string name = joined(key);
  const auto found = book->records.find(name);
  if (found == book->records.end()) {
    return;  // Forgotten by a reset meanwhile.
  }
  found->second.outcome = std::move(outcome);
  found->second.finished = now + still_running;
  found->second.expires = found->second.finished + kLifetime;
  book->finished.emplace_back(found->second.expires, std::move(name));
}

void IdempotencyTokens::abandon(const Key& key) {
  const auto book = book_.lock();
  book->records.erase(joined(key));
}

void IdempotencyTokens::forget(std::string_view tenant) {
  const auto book = book_.lock();
  std::string prefix(tenant);
  prefix.push_back('\0');
  boost::unordered::erase_if(
      book->records, [&prefix](const auto& record) { return record.first.starts_with(prefix); });
  std::erase_if(book->finished,
                [&prefix](const auto& entry) { return entry.second.starts_with(prefix); });
}

void IdempotencyTokens::forget_all() {
  const auto book = book_.lock();
  book->records.clear();
  book->finished.clear();
}

}  // namespace understudy
