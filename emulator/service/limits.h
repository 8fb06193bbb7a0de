// Every quota of the service once, with its unit and source. What the service model states (lengths
// of names, list sizes) is held by the input validator; it is repeated here only where other rooms
// need the number.
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
/// Names of key attributes and of those an index projects. Model: KeySchemaAttributeName.
inline constexpr std::size_t kKeyAttributeNameMaxBytes = 255;
/// Lists and maps within each other. Case: 31 wraps of a scalar pass, 32 fail (H1).
inline constexpr std::size_t kNestingLevelsMax = 32;
inline constexpr std::size_t kNumberDigitsMax = 38;

// --- Expressions
inline constexpr std::size_t kExpressionMaxBytes = 4096;
inline constexpr std::size_t kExpressionOperatorsMax = 300;
inline constexpr std::size_t kInOperandsMax = 100;
inline constexpr std::size_t kPlaceholderNameMaxBytes = 255;
inline constexpr std::size_t kSubstitutionsMaxBytes = std::size_t{2} * 1024 * 1024;

// --- Requests and answers
/// What a Query or Scan evaluates before it ends its page.
inline constexpr std::size_t kPageMaxBytes = std::size_t{1024} * 1024;
inline constexpr std::size_t kBatchGetKeysMax = 100;
inline constexpr std::size_t kBatchGetAnswerMaxBytes = std::size_t{16} * 1024 * 1024;
inline constexpr std::size_t kBatchWriteRequestsMax = 25;
inline constexpr std::size_t kBatchWriteMaxBytes = std::size_t{16} * 1024 * 1024;
inline constexpr std::size_t kTransactActionsMax = 100;
inline constexpr std::size_t kTransactMaxBytes = std::size_t{4} * 1024 * 1024;
/// Case: 413 above. Source: dynalite's connection tests; Scylla's test_manual_requests.
inline constexpr std::size_t kRequestBodyMaxBytes = std::size_t{16} * 1024 * 1024;
inline constexpr std::size_t kRequestHeadMaxBytes = std::size_t{16} * 1024;
/// PartiQL. Model: PartiQLStatement, PartiQLBatchRequest, ParameterizedStatements.
inline constexpr std::size_t kStatementMaxBytes = 8192;
inline constexpr std::size_t kBatchStatementsMax = 25;
inline constexpr std::size_t kTransactStatementsMax = 100;
/// Model: ScanTotalSegments.
inline constexpr std::int64_t kScanSegmentsMax = 1'000'000;
/// Model: ListTablesInputLimit.
inline constexpr std::int64_t kListTablesMax = 100;

// --- Idempotency. Model: ClientRequestToken; Source: TransactWriteItems, "valid for 10 minutes".
inline constexpr std::size_t kClientTokenMaxBytes = 36;
inline constexpr std::int64_t kClientTokenValidSeconds = 600;

// --- Tables and indexes
inline constexpr std::size_t kTablesMax = 2500;
inline constexpr std::size_t kTableNameMinBytes = 3;
inline constexpr std::size_t kTableNameMaxBytes = 255;
/// Model: TableArn.
inline constexpr std::size_t kTableArnMaxBytes = 1024;
inline constexpr std::size_t kGlobalIndexesMax = 20;
inline constexpr std::size_t kLocalIndexesMax = 5;
/// Attributes all indexes of a table project by INCLUDE, counted per index.
inline constexpr std::size_t kProjectedAttributesMax = 100;
/// Each of partition and sort key. Source: Scylla's test_gsi_composite_keys.
inline constexpr std::size_t kGlobalIndexKeyPartsMax = 4;
/// Items and local index entries of one partition key, for tables with local indexes.
inline constexpr std::uint64_t kItemCollectionMaxBytes = 10ULL * 1024 * 1024 * 1024;

// --- Throughput
inline constexpr std::int64_t kTableReadUnitsMax = 40'000;
inline constexpr std::int64_t kTableWriteUnitsMax = 40'000;
inline constexpr std::int64_t kAccountReadUnitsMax = 80'000;
inline constexpr std::int64_t kAccountWriteUnitsMax = 80'000;
/// Per second, for one partition. Source: Developer Guide, "Designing partition keys".
inline constexpr std::int64_t kPartitionReadUnitsMax = 3000;
inline constexpr std::int64_t kPartitionWriteUnitsMax = 1000;
/// Instant capacity of a new on-demand table. Source: "Read/write capacity mode".
inline constexpr std::int64_t kOnDemandInitialReadUnits = 12'000;
inline constexpr std::int64_t kOnDemandInitialWriteUnits = 4'000;
/// Unused capacity kept. Source: Developer Guide, "Using burst capacity effectively".
inline constexpr std::int64_t kBurstSeconds = 300;
/// Decreases of throughput that need no waiting, per UTC day and resource; then one an hour.
inline constexpr std::int64_t kFreeDecreasesPerDay = 4;
inline constexpr std::int64_t kDecreaseIntervalSeconds = 3600;
inline constexpr std::int64_t kDecreasesPerDayMax = 27;
/// Case: "Given value 1000000000001 for ReadCapacityUnits is out of bounds" (dynalite).
inline constexpr std::int64_t kCapacityUnitsValueMax = 1'000'000'000'000;

// --- Tags
inline constexpr std::size_t kTagsMax = 50;
inline constexpr std::size_t kTagKeyMaxCharacters = 128;
inline constexpr std::size_t kTagValueMaxCharacters = 256;

// --- Resource policies
inline constexpr std::size_t kResourcePolicyMaxBytes = 20'480;

// --- Streams
inline constexpr std::int64_t kStreamRetentionSeconds = 86'400;
inline constexpr std::int64_t kShardIteratorValidSeconds = 900;
/// Model: PositiveIntegerObject of the Streams model states no maximum; Source: GetRecords, Limit.
inline constexpr std::int64_t kGetRecordsMax = 1000;
inline constexpr std::size_t kGetRecordsMaxBytes = std::size_t{1024} * 1024;
inline constexpr std::int64_t kListStreamsMax = 100;
inline constexpr std::int64_t kDescribeStreamShardsMax = 100;

}  // namespace understudy
