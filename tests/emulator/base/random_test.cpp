#include "emulator/base/random.h"

#include <gtest/gtest.h>

#include <array>

namespace understudy {
namespace {

// The first draws for seed 42, recomputed with another implementation of the two published
// algorithms: a change of the generator would change every recorded run.
TEST(Random, IsXoshiroSeededBySplitMix) {
  Random random(42);
  EXPECT_EQ(random.next(), 1546998764402558742U);
  EXPECT_EQ(random.next(), 6990951692964543102U);
  EXPECT_EQ(random.next(), 12544586762248559009U);
}

TEST(Random, ForksDependOnSeedAndNameAlone) {
  Random root(7);
  Random early = root.fork("faults");
  root.next();
  Random late = root.fork("faults");
  EXPECT_EQ(early.next(), late.next());
  EXPECT_NE(Random(7).fork("faults").next(), Random(7).fork("lag").next());
  EXPECT_NE(Random(7).fork("faults").next(), Random(8).fork("faults").next());
  EXPECT_NE(Random(7).fork("faults").next(), Random(7).next());
}

TEST(Random, DrawsBelowItsBoundEvenly) {
  Random random(1);
  std::array<int, 10> counts = {};
  for (int i = 0; i < 100'000; ++i) {
    ++counts.at(random.below(10));
  }
  for (const int count : counts) {
    EXPECT_NEAR(count, 10'000, 500);
  }
  EXPECT_EQ(random.below(1), 0U);
}

TEST(Random, DrawsUniformlyFromTheUnitInterval) {
  Random random(1);
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double drawn = random.uniform();
    ASSERT_GE(drawn, 0.0);
    ASSERT_LT(drawn, 1.0);
    sum += drawn;
  }
  EXPECT_NEAR(sum / 100'000, 0.5, 0.01);
}

}  // namespace
}  // namespace understudy
