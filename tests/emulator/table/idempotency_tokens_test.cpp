// Client request tokens: once is enough for ten minutes.
#include "emulator/table/idempotency_tokens.h"

#include <gtest/gtest.h>

namespace understudy {
namespace {

using Verdict = IdempotencyTokens::Verdict;
constexpr IdempotencyTokens::Key kKey{"tenant", "TransactWriteItems", "token"};

TEST(IdempotencyTokens, AnswerFromMemory) {
  IdempotencyTokens tokens;
  EXPECT_EQ(tokens.claim(kKey, "p", 0).verdict, Verdict::kNew);
  tokens.finish(kKey, "done", 1);
  const auto again = tokens.claim(kKey, "p", 2);
  EXPECT_EQ(again.verdict, Verdict::kReplay);
  EXPECT_EQ(again.outcome, "done");
}

TEST(IdempotencyTokens, TellOtherParametersApart) {
  IdempotencyTokens tokens;
  tokens.claim(kKey, "p", 0);
  EXPECT_EQ(tokens.claim(kKey, "q", 0).verdict, Verdict::kMismatch);
  tokens.finish(kKey, "done", 0);
  EXPECT_EQ(tokens.claim(kKey, "q", 0).verdict, Verdict::kMismatch);
}

TEST(IdempotencyTokens, SayThatTheFirstIsStillRunning) {
  IdempotencyTokens tokens;
  tokens.claim(kKey, "p", 0);
  EXPECT_EQ(tokens.claim(kKey, "p", 0).verdict, Verdict::kRunning);
}

TEST(IdempotencyTokens, AreFreeAgainAfterARefusal) {
  IdempotencyTokens tokens;
  tokens.claim(kKey, "p", 0);
  tokens.abandon(kKey);
  EXPECT_EQ(tokens.claim(kKey, "q", 0).verdict, Verdict::kNew);
}

TEST(IdempotencyTokens, ExpireTenMinutesAfterTheyFinished) {
  IdempotencyTokens tokens;
  tokens.claim(kKey, "p", 0);
  tokens.finish(kKey, "done", 100);
  EXPECT_EQ(tokens.claim(kKey, "p", 99 + IdempotencyTokens::kLifetime).verdict, Verdict::kReplay);
  EXPECT_EQ(tokens.claim(kKey, "p", 100 + IdempotencyTokens::kLifetime).verdict, Verdict::kNew);
}

TEST(IdempotencyTokens, CountForOneTenantAndOperation) {
  IdempotencyTokens tokens;
  tokens.claim(kKey, "p", 0);
  EXPECT_EQ(tokens.claim({"other", kKey.operation, kKey.token}, "q", 0).verdict, Verdict::kNew);
  EXPECT_EQ(tokens.claim({kKey.tenant, "ExecuteTransaction", kKey.token}, "q", 0).verdict,
            Verdict::kNew);
  tokens.forget("tenant");
  EXPECT_EQ(tokens.claim(kKey, "q", 0).verdict, Verdict::kNew);
  EXPECT_EQ(tokens.claim({"other", kKey.operation, kKey.token}, "q", 0).verdict, Verdict::kRunning);
}

}  // namespace
}  // namespace understudy
