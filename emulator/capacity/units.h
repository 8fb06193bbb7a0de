// Capacity units: what reads and writes cost (sections A4 to A6). Pure arithmetic on billed bytes,
// in thousandths of a unit so that halves, sums and token buckets stay exact. KB means 1024 bytes.
// Thread-safe: no state.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace understudy {

/// An amount of read or write capacity units (on demand: request units). Smallest amount charged:
/// half a unit. An int64 of thousandths holds 9·10^15 units, far above any sum of one table's life.
struct CapacityUnits {
  std::int64_t thousandths = 0;

  static constexpr CapacityUnits whole(std::int64_t units) { return {units * 1000}; }
  /// What goes into JSON: exact, since amounts are multiples of a half.
  [[nodiscard]] constexpr double value() const { return static_cast<double>(thousandths) / 1000.0; }
  [[nodiscard]] constexpr bool is_zero() const { return thousandths == 0; }

  constexpr CapacityUnits& operator+=(CapacityUnits other) {
    thousandths += other.thousandths;
    return *this;
  }
  constexpr CapacityUnits& operator-=(CapacityUnits other) {
    thousandths -= other.thousandths;
    return *this;
  }
  friend constexpr CapacityUnits operator+(CapacityUnits a, CapacityUnits b) { return a += b; }
  friend constexpr CapacityUnits operator-(CapacityUnits a, CapacityUnits b) { return a -= b; }
  friend constexpr CapacityUnits operator*(CapacityUnits a, std::int64_t times) {
    return {a.thousandths * times};
  }
  friend constexpr bool operator==(CapacityUnits a, CapacityUnits b) = default;
  friend constexpr std::strong_ordering operator<=>(CapacityUnits a, CapacityUnits b) {
    return a.thousandths <=> b.thousandths;
  }
};

enum class ReadConsistency : std::uint8_t { kEventual, kStrong, kTransactional };

inline constexpr std::size_t kReadUnitBytes = 4096;
inline constexpr std::size_t kWriteUnitBytes = 1024;

/// Read units of `bytes` read together: one per 4 KB begun, at least one; half of that read
/// eventually, twice that in a transaction. Callers decide what is read together: one item
/// (GetItem; each key of a batch or transaction; each item a local index query fetches from its
/// table), or the sum of all items evaluated on a page of a Query, or of a Scan in one partition of
/// the table, before filter and projection. Nothing found: 0 bytes, which costs the minimum.
/// Source: Developer Guide, "Provisioned throughput"; section A4.
/// Assumed: the minimum for a Query that matches nothing and for each partition a Scan visits (A4).
constexpr CapacityUnits read_units(std::size_t bytes, ReadConsistency consistency) {
  const std::size_t blocks =
      std::max<std::size_t>(1, (bytes + kReadUnitBytes - 1) / kReadUnitBytes);
  const auto strong = static_cast<std::int64_t>(blocks) * 1000;
  switch (consistency) {
    case ReadConsistency::kEventual:
      return {strong / 2};
    case ReadConsistency::kStrong:
      return {strong};
    case ReadConsistency::kTransactional:
      return {strong * 2};
  }
  return {strong};
}

/// Write units of an image of `bytes`: one per 1 KB begun, at least one.
/// Source: Developer Guide, "Provisioned throughput"; section A5.
constexpr CapacityUnits write_units(std::size_t bytes) {
  const std::size_t blocks =
      std::max<std::size_t>(1, (bytes + kWriteUnitBytes - 1) / kWriteUnitBytes);
  return CapacityUnits::whole(static_cast<std::int64_t>(blocks));
}

/// Billed bytes of an item or index entry; nullopt: there is none.
using MaybeBytes = std::optional<std::size_t>;

/// Write units of the table's arm: the larger of the images before and after the write, whatever
/// the operation, also when nothing changes; neither (delete of a missing item): 1. A failed
/// condition costs the same with the stored item as `before` and the item the request carries, if
/// any, as `after`; a ConditionCheck has the item read as `before`. Plain amount: see
/// transactional(). Source: section A5.
constexpr CapacityUnits table_write_units(MaybeBytes before, MaybeBytes after) {
  return write_units(std::max(before.value_or(0), after.value_or(0)));
}

/// The table's arm of one item inside a transaction: twice the plain write units, which are rounded
/// per item before. Index arms are not doubled. Source: section A5, A6.
constexpr CapacityUnits transactional(CapacityUnits plain_write) {
  return plain_write * 2;
}

/// Read units of one item when a transaction is answered from its client request token: twice the
/// read units of the larger image. Source: section A5.
constexpr CapacityUnits transaction_replay_units(MaybeBytes before, MaybeBytes after) {
  return read_units(std::max(before.value_or(0), after.value_or(0)),
                    ReadConsistency::kTransactional);
}

/// Write units of one index, global or local, for entries of those billed bytes (projected
/// attributes only) before and after. `same_key`: both entries stand under the same index key;
/// `same_view`: their projected attributes are equal (sets unordered); both only count when both
/// entries exist. Zero means the arm is absent from ConsumedCapacity.
/// Source: section A6.
constexpr CapacityUnits index_write_units(MaybeBytes before, MaybeBytes after, bool same_key,
                                          bool same_view) {
  if (!before && !after) {
    return {};
  }
  if (!before || !after) {
    return write_units(before ? *before : *after);
  }
  if (!same_key) {
    return write_units(*before) + write_units(*after);
  }
  return same_view ? CapacityUnits{} : std::max(write_units(*before), write_units(*after));
}

}  // namespace understudy
