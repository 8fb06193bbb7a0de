#include "emulator/admin/journal_ring.h"

#include <algorithm>

#include "emulator/api/request.h"
#include "emulator/base/ascii.h"
#include "emulator/base/utf8.h"
#include "emulator/clock/moment_text.h"

namespace understudy {
namespace {

bool is_of_admin(const JournalEntry& entry) {
  return entry.request != nullptr && entry.operation.empty() &&
         (entry.request->target.starts_with("/_admin") ||
          entry.request->target.starts_with("/_localstack"));
}

/// A quarter of a unit is the finest amount there is, but balances are exact.
void append_thousandths(std::int64_t thousandths, JsonWriter& out) {
  out.decimal(static_cast<double>(thousandths) / 1000);
}

bool fits_text(const std::optional<std::string>& wanted, const std::string& text) {
  return !wanted.has_value() || *wanted == text;
}

}  // namespace

void JournalRecord::assign(const JournalEntry& entry) {
  arrived = entry.arrived;
  took = entry.took;
  request_id = entry.request_id;
  tenant = entry.tenant;
  operation = entry.operation;
  table = entry.table;
  error = entry.error;
  status = entry.status;
  read_units_thousandths = entry.read_units_thousandths;
  write_units_thousandths = entry.write_units_thousandths;
  key_hash = entry.key_hash;
  verdict = entry.verdict;
  rule = entry.rule;
  reason = entry.reason;
  bucket = entry.bucket;
  balance_thousandths = entry.balance_thousandths;
  invocation_id = entry.invocation_id;
  sdk_request = entry.sdk_request;
  note = entry.note;
  refused.clear();
  for (const RefusedAttempt& attempt : entry.refused) {
    refused.push_back({std::string(attempt.table), std::string(attempt.index),
                       std::string(attempt.reason), std::string(attempt.bucket),
                       attempt.partition_id, attempt.balance_thousandths});
  }
  if (operation.empty() && entry.request != nullptr) {
    // A service beside DynamoDB, or an operation that does not exist.
    const std::string_view target = entry.request->header(KnownHeader::kTarget);
    operation = target.empty() ? entry.request->target : target;
  }
}

void append_journal_record(const JournalRecord& record, JsonWriter& out) {
  const auto text = [&out](std::string_view name, std::string_view value) {
    if (!value.empty()) {
      out.key(name);
      out.string(to_utf8(value));  // Some are as the client sent them.
    }
  };
  out.begin_object();
  out.key("number");
  out.integer(static_cast<std::int64_t>(record.number));
  text("arrived", moment_text(record.arrived));
  text("request_id", record.request_id);
  text("tenant", record.tenant);
  text("operation", record.operation);
  text("table", record.table);
  text("key_hash", record.key_hash == 0 ? std::string() : hexadecimal(record.key_hash));
  out.key("status");
  out.integer(record.status);
  text("error", record.error);
  out.key("read_units");
  append_thousandths(record.read_units_thousandths, out);
  out.key("write_units");
  append_thousandths(record.write_units_thousandths, out);
  out.key("took_us");
  out.integer(record.took);
  text("verdict", record.verdict);
  text("rule", record.rule);
  text("reason", record.reason);
  text("bucket", record.bucket);
  if (!record.bucket.empty()) {
    out.key("balance");
    append_thousandths(record.balance_thousandths, out);
  }
  text("invocation_id", record.invocation_id);
  text("sdk_request", record.sdk_request);
  text("note", record.note);
  if (!record.refused.empty()) {
    out.key("refused");
    out.begin_array();
    for (const JournalRecord::Refusal& refusal : record.refused) {
      out.begin_object();
      text("table", refusal.table);
      text("index", refusal.index);
      text("reason", refusal.reason);
      text("bucket", refusal.bucket);
      if (refusal.bucket == "partition") {
        out.key("partition");
        out.integer(static_cast<std::int64_t>(refusal.partition));
      }
      out.key("balance");
      append_thousandths(refusal.balance_thousandths, out);
      out.end_object();
    }
    out.end_array();
  }
  out.end_object();
}

bool JournalFilter::fits(const JournalRecord& record) const {
  return record.number > after && fits_text(tenant, record.tenant) &&
         fits_text(operation, record.operation) && fits_text(table, record.table) &&
         fits_text(error, record.error) && fits_text(verdict, record.verdict) &&
         fits_text(rule, record.rule) && fits_text(invocation_id, record.invocation_id) &&
         fits_text(request_id, record.request_id) &&
         (!status.has_value() || *status == record.status);
}

JournalRing::JournalRing(std::size_t size, std::function<void()> changed) {
  resize(size);
  changed_ = std::move(changed);
}

void JournalRing::record(const JournalEntry& entry) {
  if (is_of_admin(entry)) {
    return;
  }
  const std::lock_guard lock(mutex_);
  if (size_ == 0) {
    return;
  }
  ++recorded_;
  const std::size_t place = recorded_ % size_;
  if (records_.size() <= place) {
    records_.resize(std::min(size_, std::max(place + 1, records_.size() * 2)));
  }
  records_[place].assign(entry);
  records_[place].number = recorded_;
}

void JournalRing::resize(std::size_t size) {
  {
    const std::lock_guard lock(mutex_);
    size_ = std::min(size, kSizeMax);
    records_ = {};
    want_every_request(size_ > 0);
  }
  if (changed_) {
    changed_();
  }
}

std::size_t JournalRing::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

void JournalRing::clear() {
  const std::lock_guard lock(mutex_);
  records_ = {};
}

std::vector<JournalRecord> JournalRing::find(const JournalFilter& filter) const {
  std::vector<JournalRecord> found;
  {
    const std::lock_guard lock(mutex_);
    for (const JournalRecord& record : records_) {
      if (record.number > 0 && filter.fits(record)) {
        found.push_back(record);
      }
    }
  }
  std::ranges::sort(found, {}, &JournalRecord::number);
  if (found.size() > filter.limit) {
    found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(filter.limit));
  }
  return found;
}

std::uint64_t JournalRing::recorded() const {
  const std::lock_guard lock(mutex_);
  return recorded_;
}

}  // namespace understudy
