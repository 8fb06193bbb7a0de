#include "emulator/operations/read_meter.h"

#include <algorithm>
#include <utility>

namespace understudy {

ReadMeter::ReadMeter(ReadConsistency consistency, std::uint64_t partitions, KeyHash first,
                     KeyHash last)
    : consistency_(consistency),
      partitions_(partitions),
      current_(partition_of({{}, {}, first})),
      last_(partition_of({{}, {}, last})) {}

ReadMeter::ReadMeter(ReadConsistency consistency, std::shared_ptr<const PartitionCuts> cuts,
                     const EncodedKey& first, KeyHash last)
    : consistency_(consistency), cuts_(std::move(cuts)), partitions_(cuts_->size()) {
  current_ = cuts_->find(KeyPosition::of(first));
  last_ = std::max<std::uint64_t>(current_, cuts_->find({last, {UINT64_MAX, UINT64_MAX}}));
}

std::uint64_t ReadMeter::partition_of(const EncodedKey& key) const {
  if (cuts_) {
    return cuts_->find(KeyPosition::of(key));
  }
  const KeyHash hash = key.hash;
  return static_cast<std::uint64_t>((static_cast<unsigned __int128>(hash.high) * partitions_) >>
                                    64);
}

void ReadMeter::advance_to(std::uint64_t partition) {
  for (; current_ < partition; ++current_) {
    close_partition();
  }
}

void ReadMeter::close_partition() {
  const CapacityUnits units = read_units(bytes_, consistency_);
  units_ += units;
  bytes_ = 0;
  if (cuts_) {
    shares_.push_back({current_, units});
  }
}

CapacityUnits ReadMeter::finish(bool whole) {
  if (whole) {
    advance_to(last_);
  }
  close_partition();
  return units_;
}

std::uint64_t storage_partitions(const TableSettings& settings, const IndexSettings* index) {
  constexpr std::int64_t kReadCeiling = 3000;
  constexpr std::int64_t kWriteCeiling = 1000;
  constexpr std::uint64_t kOnDemandPartitions = 4;
  if (settings.billing_mode == BillingMode::kPayPerRequest) {
    return kOnDemandPartitions;
  }
  const Throughput& units =
      index != nullptr && index->global ? index->provisioned.units : settings.provisioned.units;
  const std::int64_t thousandths =
      units.read * 1000 / kReadCeiling + units.write * 1000 / kWriteCeiling;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(1, (thousandths + 999) / 1000));
}

}  // namespace understudy
