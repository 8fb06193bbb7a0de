// The door of the expression room: text (or legacy parameters) in, bound plans out, pure functions
// from plan and item to answer. Compiled text comes from the plan cache; binding resolves a
// request's placeholders into its arena. A plan lives as long as the arena it was made in.
//
// Errors are ValidationExceptions in AWS's words beginning "Invalid <Kind>Expression: …", without
// "1 validation error detected: " (the operation's cohort decides that).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/buffer.h"
#include "emulator/expression/placeholders.h"
#include "emulator/model/item.h"
#include "emulator/model/key_codec.h"
#include "emulator/model/key_schema.h"
#include "emulator/service/api_error.h"

namespace understudy {

class PlanCache;

/// What binding needs. `placeholders` may be empty but not null.
struct ExpressionContext {
  PlanCache& plans;
  Placeholders& placeholders;
  Arena& arena;
};

// ---- Conditions and filters --------------------------------------------------------------------

struct Condition;  ///< condition.h

enum class ConditionKind : std::uint8_t { kCondition, kFilter };  ///< words of the error texts

Result<const Condition*> compile_condition(ConditionKind kind, std::string_view text,
                                           const ExpressionContext& context);
/// Whether the item (nullptr: no item) meets the condition. Never fails: operands whose types are
/// only known from the item compare as the service compares them.
bool holds(const Condition& condition, const Item* item, Arena& arena);
/// Top-level attributes the condition names. FilterExpression may not name key attributes of Query.
std::span<const std::string_view> attributes_named(const Condition& condition);
/// Those of them the condition looks into by `.name` or `[index]`: they may not be key attributes
/// ("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed:
/// Key: a").
std::span<const std::string_view> attributes_looked_into(const Condition& condition);

// ---- Projections -------------------------------------------------------------------------------

struct Projection;  ///< projection.h

Result<const Projection*> compile_projection(std::string_view text,
                                             const ExpressionContext& context);
/// Appends the projected item as JSON: `{}` where nothing matches.
void append_projected(Buffer& out, const Projection& projection, const Item& item, Arena& arena);
std::span<const std::string_view> attributes_named(const Projection& projection);
std::span<const std::string_view> attributes_looked_into(const Projection& projection);

// ---- Updates -----------------------------------------------------------------------------------

struct Update;  ///< update.h

Result<const Update*> compile_update(std::string_view text, const ExpressionContext& context);
/// Top-level attributes the update writes or removes (an update may not touch key attributes).
std::span<const std::string_view> attributes_written(const Update& update);
/// Attributes the update looks into by `.name` or `[index]`, for reading or writing.
std::span<const std::string_view> attributes_looked_into(const Update& update);
/// Whether the update only clears (REMOVE, DELETE): such an update creates no missing item.
bool only_clears(const Update& update);

struct UpdateTarget {
  const Item* before;             ///< nullptr: the item does not exist yet
  std::span<const MapEntry> key;  ///< the request's key, becomes part of a new item
  std::string_view sort_key;      ///< for ItemBuilder::build
};
/// The item after the update. Error: ValidationException (operand types, missing attributes,
/// document paths, nesting, number range), bare text. The size limit is the caller's.
Result<ItemRef> apply_update(const Update& update, const UpdateTarget& target, Arena& arena);
/// Appends what stands in `image` at the paths the update touched (UPDATED_OLD, UPDATED_NEW),
/// nested paths included, as `{…}`; false and nothing appended where nothing stands there.
bool append_touched(Buffer& out, const Update& update, const Item& image, Arena& arena);
/// The size the service holds against 400 KB for this update: the whole item, or what the update
/// writes and a sum per action, whichever is more.
std::size_t update_size_bytes(const Update& update, const Item& after, Arena& arena);

// ---- Key conditions ----------------------------------------------------------------------------

struct KeyCondition;  ///< key_condition.h

/// Parsed and bound as any condition. Whether it fits a key is read_key_clauses()'s question, which
/// a Query asks when all its expressions are known to be sound.
Result<const Condition*> compile_key_condition(std::string_view text,
                                               const ExpressionContext& context);
/// Error: operators, operands and repetitions no key condition may have.
Result<const KeyCondition*> read_key_clauses(const Condition& condition, Arena& arena);

/// One partition and a range of sort keys in order-preserving bytes.
struct KeyRange {
  std::string_view partition;
  KeyHash hash;
  std::string_view low;                  ///< inclusive
  std::optional<std::string_view> high;  ///< exclusive; nullopt: to the end
  bool low_named = false;                ///< the condition includes `low` by name: >=, BETWEEN
  bool high_named = false;               ///< and the last key before `high`: <=, BETWEEN
};
/// Holds the condition against a schema: every partition key by equality, sort keys from the left.
/// `composite`: the sort bytes are those of an index (self-delimiting parts).
/// Error: "Query condition missed key schema element: <name>", "Query key condition not supported",
/// "One or more parameter values were invalid: Condition parameter type does not match schema
/// type"…
Result<KeyRange> plan_key_range(const KeyCondition& condition, const KeySchema& schema,
                                bool composite, Arena& arena);

// ---- Legacy parameters: the same plans from the old forms ---------------------------------------

/// Expected + ConditionalOperator (nullptr: absent).
Result<const Condition*> compile_expected(const JsonNode& expected,
                                          const JsonNode* conditional_operator, Arena& arena);
/// QueryFilter or ScanFilter + ConditionalOperator. `layer`: in whose words bad values are refused.
Result<const Condition*> compile_legacy_filter(const JsonNode& filter,
                                               const JsonNode* conditional_operator, Arena& arena,
                                               ValueLayer layer = ValueLayer::kCurrent);
Result<const Update*> compile_attribute_updates(const JsonNode& updates, Arena& arena);
Result<const KeyCondition*> compile_legacy_key_conditions(const JsonNode& conditions, Arena& arena);
/// AttributesToGet.
Result<const Projection*> compile_attributes_to_get(const JsonNode& names, Arena& arena);

}  // namespace understudy
