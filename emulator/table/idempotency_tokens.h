// Client request tokens of transactions: a token that was used within the last ten minutes answers
// from memory instead of doing the work again (section B5). Thread-safe.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "emulator/base/guarded.h"
#include "emulator/clock/clock.h"

namespace understudy {

class IdempotencyTokens {
 public:
  /// A token counts for one tenant and one operation.
  struct Key {
    std::string_view tenant;
    std::string_view operation;
    std::string_view token;
  };
  enum class Verdict : std::uint8_t {
    kNew,       ///< do the work, then finish() or abandon()
    kReplay,    ///< done before with the same parameters: answer from `outcome`
    kMismatch,  ///< done or begun before with other parameters:
                ///< IdempotentParameterMismatchException
    kRunning,   ///< the first one is not finished yet: TransactionInProgressException
  };
  struct Claim {
    Verdict verdict = Verdict::kNew;
    std::string outcome;  ///< what finish() was given
  };

  /// Tokens count this long after the request with them finished.
  static constexpr Microseconds kLifetime = Microseconds{600} * 1'000'000;
  /// Beyond that many the oldest are forgotten: SDKs make a token for every transaction.
  static constexpr std::size_t kTokensMax = 100'000;

  /// `parameters`: a digest of what must be equal for the same token.
  Claim claim(const Key& key, std::string_view parameters, Microseconds now);
  /// The work is done; `outcome` is whatever the operation needs to answer again. `still_running`:
  /// for that long it counts as unfinished all the same (transactions that take time).
  void finish(const Key& key, std::string outcome, Microseconds now,
              Microseconds still_running = 0);
  /// The work was refused: the token is free again.
  void abandon(const Key& key);
  /// Forgets the tokens of that tenant, or all.
  void forget(std::string_view tenant);
  void forget_all();

 private:
  struct Record {
    std::string parameters;
    std::string outcome;
    Microseconds expires = 0;  ///< 0: still running
    Microseconds finished = 0;
  };
  struct Book {
    boost::unordered_flat_map<std::string, Record> records;
    std::deque<std::pair<Microseconds, std::string>> finished;  ///< in the order of their expiry
  };
  static void drop_expired(Book& book, Microseconds now);

  Guarded<Book> book_;
};

}  // namespace understudy
