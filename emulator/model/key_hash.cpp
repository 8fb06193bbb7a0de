// Hashes of partition keys. MD5 is a good part of what a look-up costs, and clients ask for the
// same few partitions again and again: each thread remembers those it hashed lately.
#include <array>
#include <bit>
#include <cstring>

#include "emulator/base/md5.h"
#include "emulator/model/key_codec.h"

namespace understudy {
namespace {

constexpr std::string_view kHashSalt = "Outliers";

std::uint64_t load_big_endian(const std::uint8_t* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof(word));
  return std::endian::native == std::endian::little ? __builtin_bswap64(word) : word;
}

KeyHash hash_of(const Md5Digest& digest) {
  return {load_big_endian(digest.data()), load_big_endian(digest.data() + 8)};
}

/// A key's text and hash, of the size of a cache line.
class KnownHash {
 public:
  static constexpr std::size_t kTextMax = 47;

  [[nodiscard]] bool is_of(std::string_view partition) const {
    return partition == std::string_view(text_.data(), size_);
  }
  [[nodiscard]] const KeyHash& hash() const { return hash_; }
  void set(std::string_view partition, const KeyHash& hash) {
    hash_ = hash;
    size_ = static_cast<std::uint8_t>(partition.copy(text_.data(), kTextMax));
  }

 private:
  KeyHash hash_;
  std::uint8_t size_ = 0;  ///< 0: nothing is known here
  std::array<char, kTextMax> text_{};
};
static_assert(sizeof(KnownHash) == 64);
static_assert(kHashSalt.size() + KnownHash::kTextMax <= kMd5BlockTextMax);

constexpr std::size_t kKnownHashes = 1024;
alignas(64) thread_local std::array<KnownHash, kKnownHashes> known_hashes;

/// An empty key is refused in the end, but hashed before.
bool may_be_known(std::string_view partition) {
  return !partition.empty() && partition.size() <= KnownHash::kTextMax;
}

/// The only place where that key may be known. Keys of one table differ at their ends.
KnownHash& place_of(std::string_view partition) {
  std::uint64_t last = 0;
  if (partition.size() >= sizeof(last)) {
    std::memcpy(&last, partition.data() + partition.size() - sizeof(last), sizeof(last));
  } else {
    std::memcpy(&last, partition.data(), partition.size());
  }
  constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15;  // 2^64 divided by the golden ratio
  return known_hashes[((last + partition.size()) * kGolden) >>
                      (64 - std::countr_zero(kKnownHashes))];
}

constexpr std::size_t kLanes = 4;

/// Keys that wait to be hashed together.
class Waiting {
 public:
  void add(EncodedKey& key) {
    keys_[count_] = &key;
    texts_[count_] = key.partition;
    if (++count_ == kLanes) {
      hash();
    }
  }
  void hash() {
    if (count_ == 1) {  // Four at once cost half as much again as one.
      keys_[0]->hash = hash_partition_key(texts_[0]);
    } else if (count_ > 1) {
      const auto digests = md5_of_four(kHashSalt, texts_);
      for (std::size_t lane = 0; lane < count_; ++lane) {
        keys_[lane]->hash = hash_of(digests[lane]);
        place_of(texts_[lane]).set(texts_[lane], keys_[lane]->hash);
      }
    }
    count_ = 0;
  }

 private:
  std::array<EncodedKey*, kLanes> keys_{};
  std::array<std::string_view, kLanes> texts_{"", "", "", ""};
  std::size_t count_ = 0;
};

}  // namespace

KeyHash hash_partition_key(std::string_view partition) {
  if (!may_be_known(partition)) {
    return hash_of(md5(kHashSalt, partition));
  }
  KnownHash& known = place_of(partition);
  if (!known.is_of(partition)) {
    known.set(partition, hash_of(md5(kHashSalt, partition)));
  }
  return known.hash();
}

void hash_keys(std::span<EncodedKey* const> keys) {
  Waiting waiting;
  for (EncodedKey* const key : keys) {
    if (!may_be_known(key->partition)) {
      key->hash = hash_of(md5(kHashSalt, key->partition));
    } else if (const KnownHash& known = place_of(key->partition); known.is_of(key->partition)) {
      key->hash = known.hash();
    } else {
      waiting.add(*key);
    }
  }
  waiting.hash();
}

}  // namespace understudy
