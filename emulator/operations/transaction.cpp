#include "emulator/operations/transaction.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "emulator/service/limits.h"

namespace understudy {
namespace {

/// Two independent 64-bit hashes of a JSON tree, members summed so that their order is nothing.
struct Digest {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
};

constexpr std::uint64_t kPrimeA = 0x9E3779B97F4A7C15;
constexpr std::uint64_t kPrimeB = 0xC2B2AE3D27D4EB4F;

std::uint64_t scramble(std::uint64_t value, std::uint64_t prime) {
  value = (value ^ (value >> 32)) * prime;
  value = (value ^ (value >> 29)) * prime;
  return value ^ (value >> 32);
}

Digest combine(Digest digest, std::uint64_t value) {
  return {scramble(digest.a ^ value, kPrimeA), scramble(digest.b + value, kPrimeB)};
}

Digest digest_text(Digest digest, std::string_view text) {
  digest = combine(digest, text.size());
  for (std::size_t i = 0; i < text.size(); i += 8) {
    std::uint64_t word = 0;
    for (std::size_t j = i; j < std::min(i + 8, text.size()); ++j) {
      word = (word << 8) | static_cast<unsigned char>(text[j]);
    }
    digest = combine(digest, word);
  }
  return digest;
}

/// Nesting is bounded by kJsonDepthMax.
Digest digest_node(const JsonNode& node) {  // NOLINT(misc-no-recursion)
  Digest digest = combine({1, 2}, static_cast<std::uint64_t>(node.kind));
  switch (node.kind) {
    case JsonKind::kNull:
    case JsonKind::kFalse:
    case JsonKind::kTrue:
      return digest;
    case JsonKind::kInteger:
    case JsonKind::kDecimal:
    case JsonKind::kString:
      return digest_text(digest, node.text());
    case JsonKind::kArray:
      for (const JsonNode& element : node.elements()) {
        const Digest inner = digest_node(element);
        digest = combine(combine(digest, inner.a), inner.b);
      }
      return digest;
    case JsonKind::kObject: {
      Digest sum;
      for (const JsonMember& member : node.members()) {
        if (member.value.is_null()) {
          continue;
        }
        const Digest value = digest_node(member.value);
        const Digest one = combine(combine(digest_text({3, 4}, member.name), value.a), value.b);
        sum.a += one.a;
        sum.b += one.b;
      }
      return combine(combine(digest, sum.a), sum.b);
    }
  }
  return digest;
}

}  // namespace

Result<std::size_t> TransactionTables::find(OperationContext& context, std::string_view name) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].name == name) {
      return i;
    }
  }
  TRY(FoundTable found, find_table(context, name));
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].found.table == found.table) {
      return i;
    }
  }
  entries_.push_back({std::move(found), name});
  return entries_.size() - 1;
}

TransactionLocks::TransactionLocks(const TransactionTables& tables) {
  boost::container::small_vector<std::size_t, 2> order(tables.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  std::ranges::sort(order, std::less<>{},
                    [&](std::size_t i) { return tables[i].found.table.get(); });
  accesses_.reserve(tables.size());
  states_.resize(tables.size());
  for (const std::size_t i : order) {
    accesses_.push_back(tables[i].found.table->lock());
    states_[i] = &*accesses_.back();
  }
}

CancellationReason reason_of(ApiError&& error) {
  CancellationReason reason;
  if (error.kind() == ErrorKind::kConditionalCheckFailedException) {
    reason.code = "ConditionalCheckFailed";
    reason.item = error.members();
  } else if (error.kind() == ErrorKind::kItemCollectionSizeLimitExceededException) {
    reason.code = "ItemCollectionSizeLimitExceeded";
  } else if (error.kind() == ErrorKind::kTransactionConflictException) {
    reason.code = "TransactionConflict";
  } else {
    reason.code = "ValidationError";
  }
  reason.message = error.message();
  return reason;
}

ApiError transaction_canceled(std::span<const CancellationReason> reasons) {
  std::string message =
      "Transaction cancelled, please refer cancellation reasons for specific reasons [";
  Buffer members;
  members.append("\"CancellationReasons\":");
  JsonWriter out(members);
  out.begin_array();
  for (const CancellationReason& reason : reasons) {
    message += message.back() == '[' ? "" : ", ";
    message += reason.code;
    out.begin_object();
    out.key("Code");
    out.string(reason.code);
    if (!reason.item.empty()) {
      out.raw(reason.item);
    }
    if (!reason.message.empty()) {
      out.key("Message");
      out.string(reason.message);
    }
    out.end_object();
  }
  out.end_array();
  return ApiError(ErrorKind::kTransactionCanceledException, message + "]")
      .with_members(std::string(members.view()));
}

Result<void> admit_transaction(OperationContext& context, JointAdmission& admission,
                               std::span<CancellationReason> reasons) {
  if (admission.admit(context)) {
    return {};
  }
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    auto refused = admission.refused(i);
    if (!refused) {
      continue;
    }
    const std::string_view code = admission.cancellation_code(i);
    if (code.empty()) {
      return Unexpected{*std::move(refused)};
    }
    reasons[i] = {code, refused->message(), {}};
  }
  return Unexpected{transaction_canceled(reasons)};
}

bool is_empty_key_error(const ApiError& error) {
  return error.message().starts_with("One or more parameter values are not valid.");
}

Result<void> check_transaction_size(std::size_t bytes) {
  if (bytes > kTransactMaxBytes) {
    // Assumed: all but "size cannot exceed" and the word payload, which Alternator's
    // test_transact_write_items_put_5MB has from the service.
    return validation_error("Transaction payload size cannot exceed 4194304 bytes");
  }
  return {};
}

std::string digest_of_parameters(const JsonNode& input) {
  Digest sum;
  for (const std::string_view member : {"TransactItems", "ReturnItemCollectionMetrics"}) {
    if (const JsonNode* node = input.find(member)) {
      const Digest value = digest_node(*node);
      sum = combine(combine(digest_text(sum, member), value.a), value.b);
    }
  }
  const std::array<std::uint64_t, 2> words = {sum.a, sum.b};
  return {reinterpret_cast<const char*>(words.data()), sizeof(words)};
}

}  // namespace understudy
