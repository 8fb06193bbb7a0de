// What the engine does when its own code fails: nothing leaves it but answers.
#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

#include "emulator/operations/operation.h"
#include "tests/emulator/api/exchange.h"

namespace understudy {
namespace {

/// Throws in the middle of its answer.
Result<void> fail(OperationContext& /*context*/, const JsonNode& /*input*/, JsonWriter& out) {
  out.begin_object();
  out.key("Half");
  throw std::runtime_error("out of luck");
}
/// Throws what is no exception.
Result<void> fail_oddly(OperationContext& /*context*/, const JsonNode& /*input*/,
                        JsonWriter& /*out*/) {
  throw 1;  // NOLINT(hicpp-exception-baseclass)
}

class BrokenOperations final : public OperationSet {
 public:
  [[nodiscard]] std::span<const Operation> rows() const override { return rows_; }

 private:
  std::array<Operation, 2> rows_{
      Operation{"ListBackups", Service::kDynamoDb, Access::kControl, &fail, false},
      Operation{"ListImports", Service::kDynamoDb, Access::kControl, &fail_oddly, false}};
};

class KeptNotes final : public Journal {
 public:
  void record(const JournalEntry& entry) override { notes.emplace_back(entry.note); }
  std::vector<std::string> notes;
};

TEST(Engine, AnswersInternalServerErrorToWhatIsThrown) {
  KeptNotes journal;
  BrokenOperations broken;
  EngineOptions options;
  options.journal = &journal;
  Engine engine(options);
  engine.add_operations(broken);
  for (const std::string_view operation : {"ListBackups", "ListImports"}) {
    const Exchanged answer = exchange(engine, call_headers(operation), "{}");
    EXPECT_EQ(answer.status, 500) << operation;
    EXPECT_EQ(answer.body, R"({"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError",)"
                           R"("message":"Internal server error"})");
    EXPECT_EQ(answer.request_id.size(), 52U);
  }
  ASSERT_EQ(journal.notes.size(), 2U);
  EXPECT_EQ(journal.notes[0], "internal error: out of luck");
  EXPECT_EQ(journal.notes[1], "internal error");
  // Its memory is sound: the next one is served.
  EXPECT_EQ(exchange(engine, call_headers("ListTables"), "{}").body, R"({"TableNames":[]})");
}

}  // namespace
}  // namespace understudy
