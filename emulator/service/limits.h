// Quotas of the service that are not one file's alone, with unit and source. What the service model
// states (lengths of names, list sizes) is held by the input validator; it is repeated here only
// where other rooms need the number.
#pragma once

#include <cstddef>
#include <cstdint>

namespace understudy {

// Source: Developer Guide, "Service, account, and table quotas", where nothing else is said.

// --- Items
inline constexpr std::size_t kItemSizeMaxBytes = std::size_t{400} * 1024;
inline constexpr std::size_t kPartitionKeyMaxBytes = 2048;
inline constexpr std::size_t kSortKeyMaxBytes = 1024;
inline constexpr std::size_t kAttributeNameMaxBytes = 65'535;
/// Lists and maps within each other. Case: 31 wraps of a scalar pass, 32 fail (H1).
inline constexpr std::size_t kNestingLevelsMax = 32;

// --- Expressions
inline constexpr std::size_t kExpressionMaxBytes = 4096;
inline constexpr std::size_t kInOperandsMax = 100;
inline constexpr std::size_t kPlaceholderNameMaxBytes = 255;
inline constexpr std::size_t kSubstitutionsMaxBytes = std::size_t{2} * 1024 * 1024;

// --- Requests and answers
/// What a Query or Scan evaluates before it ends its page.
inline constexpr std::size_t kPageMaxBytes = std::size_t{1024} * 1024;
inline constexpr std::size_t kBatchGetKeysMax = 100;
inline constexpr std::size_t kBatchGetAnswerMaxBytes = std::size_t{16} * 1024 * 1024;
/// Of one partition: 1 MB and one item more. Source: dynalite (captured).
inline constexpr std::size_t kBatchGetPartitionMaxBytes = kPageMaxBytes + kItemSizeMaxBytes - 3;
inline constexpr std::size_t kBatchWriteRequestsMax = 25;
inline constexpr std::size_t kTransactMaxBytes = std::size_t{4} * 1024 * 1024;

// --- Tables and indexes
inline constexpr std::size_t kTablesMax = 2500;
inline constexpr std::size_t kTableNameMinBytes = 3;
inline constexpr std::size_t kTableNameMaxBytes = 255;
inline constexpr std::size_t kGlobalIndexesMax = 20;
inline constexpr std::size_t kLocalIndexesMax = 5;

// --- Tags
inline constexpr std::size_t kTagsMax = 50;

// --- Streams
inline constexpr std::int64_t kStreamRetentionSeconds = 86'400;

}  // namespace understudy
