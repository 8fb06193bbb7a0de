#include "emulator/faults/fault_rule.h"

#include <algorithm>
#include <array>

namespace understudy {
namespace {

struct MessageRow {
  ErrorKind kind;
  std::string_view message;
};

// Source: B3, B5, C4, F3 of the field notes; Developer Guide, "Error handling with DynamoDB" for
// LimitExceededException. Assumed: AccessDeniedException, ServiceUnavailable, ThrottlingException
// (the control plane's) and ValidationException, whose texts depend on more than the kind; of those
// of backups, exports, imports, policies, global tables and restored tables the first sentence that
// the service model says of the exception. SerializationException and UnknownOperationException
// have no text in the service either.
constexpr MessageRow kMessages[] = {
    {ErrorKind::kAccessDeniedException, "Access denied."},
    {ErrorKind::kBackupInUseException,
     "There is another ongoing conflicting backup control plane operation on the table."},
    {ErrorKind::kBackupNotFoundException, "Backup not found for the given BackupARN."},
    {ErrorKind::kConditionalCheckFailedException, "The conditional request failed"},
    {ErrorKind::kContinuousBackupsUnavailableException,
     "Backups have not yet been enabled for this table."},
    {ErrorKind::kDuplicateItemException, "Duplicate primary key exists in table"},
    {ErrorKind::kExpiredIteratorException, "Shard iterator has expired"},
    {ErrorKind::kExportConflictException,
     "There was a conflict when writing to the specified S3 bucket."},
    {ErrorKind::kExportNotFoundException, "The specified export was not found."},
    {ErrorKind::kGlobalTableAlreadyExistsException, "The specified global table already exists."},
    {ErrorKind::kGlobalTableNotFoundException, "The specified global table does not exist."},
    {ErrorKind::kIdempotentParameterMismatchException,
     "DynamoDB rejected the request because you retried a request with a different payload but "
     "with an idempotent token that was already used."},
    {ErrorKind::kImportConflictException,
     "There was a conflict when importing from the specified S3 source."},
    {ErrorKind::kImportNotFoundException, "The specified import was not found."},
    {ErrorKind::kIncompleteSignatureException,
     "The request signature does not conform to AWS standards."},
    {ErrorKind::kIndexNotFoundException, "The operation tried to access a nonexistent index."},
    {ErrorKind::kInternalServerError, "Internal server error"},
    {ErrorKind::kInvalidExportTimeException,
     "The specified ExportTime is outside of the point in time recovery window."},
    {ErrorKind::kInvalidRestoreTimeException, "An invalid restore time was specified."},
    {ErrorKind::kInvalidSignatureException,
     "The request signature we calculated does not match the signature you provided. Check your "
     "AWS Secret Access Key and signing method. Consult the service documentation for details."},
    {ErrorKind::kItemCollectionSizeLimitExceededException, "Collection size exceeded."},
    {ErrorKind::kLimitExceededException, "Too many operations for a given subscriber."},
    {ErrorKind::kMissingAuthenticationTokenException, "Request is missing Authentication Token"},
    {ErrorKind::kPointInTimeRecoveryUnavailableException,
     "Point in time recovery has not yet been enabled for this source table."},
    {ErrorKind::kPolicyNotFoundException,
     "The operation tried to access a nonexistent resource-based policy."},
    {ErrorKind::kProvisionedThroughputExceededException,
     "The level of configured provisioned throughput for the table was exceeded. Consider "
     "increasing your provisioning level with the UpdateTable API."},
    {ErrorKind::kReplicaAlreadyExistsException,
     "The specified replica is already part of the global table."},
    {ErrorKind::kReplicaNotFoundException,
     "The specified replica is no longer part of the global table."},
    {ErrorKind::kReplicatedWriteConflictException,
     "One or more items in this request are being modified by a request in another Region."},
    {ErrorKind::kRequestLimitExceeded,
     "Throughput exceeds the current throughput limit for your account. To request a limit "
     "increase, contact AWS Support at https://aws.amazon.com/support"},
    {ErrorKind::kResourceInUseException,
     "The resource which you are attempting to change is in use."},
    {ErrorKind::kResourceNotFoundException, "Requested resource not found"},
    {ErrorKind::kServiceUnavailable, "The service is currently unavailable or busy."},
    {ErrorKind::kTableAlreadyExistsException,
     "A target table with the specified name already exists."},
    {ErrorKind::kTableInUseException,
     "A target table with the specified name is either being created or deleted."},
    {ErrorKind::kTableNotFoundException, "Table not found"},
    {ErrorKind::kThrottlingException, "Rate exceeded"},
    {ErrorKind::kTransactionCanceledException,
     "Transaction cancelled, please refer cancellation reasons for specific reasons"},
    {ErrorKind::kTransactionConflictException, "Transaction is ongoing for the item"},
    {ErrorKind::kTransactionInProgressException,
     "Transaction from previous request is still in progress"},
    {ErrorKind::kTrimmedDataAccessException, "The data you are trying to access has been trimmed"},
    {ErrorKind::kUnrecognizedClientException,
     "The security token included in the request is invalid."},
    {ErrorKind::kValidationException, "One or more parameter values were invalid"},
};

struct ReasonRow {
  std::string_view code;
  std::string_view message;
};

// Source: B5 (API reference, TransactionCanceledException). ValidationError: the first of its many.
constexpr ReasonRow kReasons[] = {
    {"None", ""},
    {"ConditionalCheckFailed", "The conditional request failed"},
    {"ItemCollectionSizeLimitExceeded", "Collection size exceeded."},
    {"TransactionConflict", "Transaction is ongoing for the item"},
    {"ProvisionedThroughputExceeded",
     "The level of configured provisioned throughput for the table was exceeded. Consider "
     "increasing your provisioning level with the UpdateTable API."},
    {"ThrottlingError",
     "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically "
     "scaling your table or index so please try again shortly. If exceptions persist, check if "
     "you have a hot key: "
     "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
     "bp-partition-key-design.html"},
    {"ValidationError",
     "The provided expression refers to an attribute that does not exist in the item"},
    {"DuplicateItem", "Duplicate primary key exists in table"},
};

constexpr auto kKinds = std::to_array<ErrorKind>({
#define UNDERSTUDY_ERROR(name, ...) ErrorKind::k##name,
#include "emulator/service/error_table.inc"
#undef UNDERSTUDY_ERROR
});

}  // namespace

std::string_view fault_message(ErrorKind kind) {
  const auto* row = std::ranges::find(kMessages, kind, &MessageRow::kind);
  return row != std::end(kMessages) ? row->message : std::string_view();
}

std::optional<std::string_view> cancellation_message(std::string_view code) {
  const auto* row = std::ranges::find(kReasons, code, &ReasonRow::code);
  return row != std::end(kReasons) ? std::optional(row->message) : std::nullopt;
}

std::optional<ErrorKind> find_error_kind(std::string_view name) {
  const auto* found =
      std::ranges::find(kKinds, name, [](ErrorKind kind) { return error_row(kind).name; });
  return found != kKinds.end() ? std::optional(*found) : std::nullopt;
}

// On a mismatch the last * takes one character more: no worse than pattern times text.
bool matches_pattern(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace understudy
