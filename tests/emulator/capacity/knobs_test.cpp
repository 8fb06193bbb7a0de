#include "emulator/capacity/knobs.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace understudy {
namespace {

// `understudy knobs` prints these: every one needs its words.
TEST(CapacityKnobs, EveryRowSaysWhatItIsAndWhereItIsFrom) {
  std::set<std::string_view> names;
  for (const CapacityKnobRow& row : capacity_knob_rows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.initial.empty()) << row.name;
    EXPECT_GT(row.meaning.size(), 10U) << row.name;
    EXPECT_GT(row.source.size(), 5U) << row.name;
  }
  EXPECT_GT(names.size(), 20U);
}

TEST(CapacityKnobs, EveryRowReadsItsDefaultAndCanBeSetToIt) {
  CapacityKnobs knobs;
  for (const CapacityKnobRow& row : capacity_knob_rows()) {
    EXPECT_EQ(capacity_knob(knobs, row.name), row.initial) << row.name;
    EXPECT_EQ(set_capacity_knob(knobs, row.name, row.initial), std::nullopt) << row.name;
  }
  EXPECT_EQ(knobs, CapacityKnobs{});
}

TEST(CapacityKnobs, SetsNumbersAndChoices) {
  CapacityKnobs knobs;
  EXPECT_EQ(set_capacity_knob(knobs, "gsi_backpressure_seconds", "15"), std::nullopt);
  EXPECT_EQ(set_capacity_knob(knobs, "allocation", "uniform"), std::nullopt);
  EXPECT_EQ(set_capacity_knob(knobs, "admission_rule", "full_cost"), std::nullopt);
  EXPECT_EQ(knobs.gsi_backpressure_seconds, 15);
  EXPECT_EQ(knobs.allocation, Allocation::kUniform);
  EXPECT_EQ(knobs.admission_rule, AdmissionRule::kFullCost);
  EXPECT_EQ(capacity_knob(knobs, "allocation"), "uniform");
}

TEST(CapacityKnobs, RefusesWhatDoesNotFitAndStaysAsItWas) {
  CapacityKnobs knobs;
  EXPECT_EQ(set_capacity_knob(knobs, "burst_seconds", "301"),
            "must be a whole number from 1 to 300");
  EXPECT_EQ(set_capacity_knob(knobs, "burst_seconds", "0"), "must be a whole number from 1 to 300");
  EXPECT_EQ(set_capacity_knob(knobs, "burst_seconds", "12s"),
            "must be a whole number from 1 to 300");
  EXPECT_EQ(set_capacity_knob(knobs, "burst_seconds", ""), "must be a whole number from 1 to 300");
  EXPECT_EQ(set_capacity_knob(knobs, "allocation", "fair"), "must be one of adaptive|uniform");
  EXPECT_EQ(set_capacity_knob(knobs, "burst", "1"), "is no knob");
  EXPECT_EQ(capacity_knob(knobs, "burst"), std::nullopt);
  EXPECT_EQ(knobs, CapacityKnobs{});
}

}  // namespace
}  // namespace understudy
