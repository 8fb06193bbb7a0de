// Knobs as people write them.
#include "emulator/capacity/knob_text.h"

#include <gtest/gtest.h>

namespace understudy {
namespace {

TEST(KnobText, TakesAssignments) {
  CapacityKnobs knobs;
  EXPECT_FALSE(assign_knob(knobs, "burst_seconds=60"));
  EXPECT_EQ(knobs.burst_seconds, 60);
  EXPECT_EQ(assign_knob(knobs, "burst_seconds"), "'burst_seconds' is not NAME=VALUE");
  EXPECT_EQ(assign_knob(knobs, "burst=1"), "'burst' is no knob");
  EXPECT_EQ(assign_knob(knobs, "burst_seconds=x"),
            "'burst_seconds' must be a whole number from 1 to 300");
}

TEST(KnobText, TakesAFileWholeOrNotAtAll) {
  CapacityKnobs knobs;
  EXPECT_FALSE(assign_knobs(
      knobs, "# slow\nreplica_lag: slow   # all of them\n\nallocation = uniform\r\nseed: \"7\""));
  EXPECT_EQ(knobs.replica_lag, ReplicaLag::kSlow);
  EXPECT_EQ(knobs.allocation, Allocation::kUniform);
  EXPECT_EQ(knobs.seed, 7);
  const CapacityKnobs before = knobs;
  EXPECT_EQ(assign_knobs(knobs, "seed: 8\nallocation: odd"),
            "line 2: 'allocation' must be one of adaptive|uniform");
  EXPECT_EQ(knobs, before);
}

TEST(KnobText, PrintsARowForEachKnobAndWhatWasChanged) {
  CapacityKnobs knobs;
  knobs.burst_seconds = 60;
  const std::string table = knob_table(knobs);
  EXPECT_TRUE(table.starts_with("NAME "));
  EXPECT_NE(table.find("300 [60]"), std::string::npos);
  for (const CapacityKnobRow& row : capacity_knob_rows()) {
    EXPECT_NE(table.find("\n" + std::string(row.name) + " "), std::string::npos) << row.name;
  }
}

}  // namespace
}  // namespace understudy
