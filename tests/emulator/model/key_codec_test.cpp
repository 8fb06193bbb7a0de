#include "emulator/model/key_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

#include "emulator/base/md5.h"

namespace understudy {
namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

std::string hex(KeyHash hash) {
  std::string bytes;
  for (const std::uint64_t word : {hash.high, hash.low}) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes += static_cast<char>(word >> shift);
    }
  }
  return hex(bytes);
}

std::string encoded_number(std::string_view text) {
  Arena arena;
  const Number number = parse_number(text).value();
  return std::string(encode_key_value(Value::number(&number), arena));
}

// The service's storage form, recomputed with Python from its description.
TEST(KeyCodec, EncodesNumbersInTheServicesForm) {
  struct Case {
    std::string_view number, bytes, hash;
  };
  const std::vector<Case> cases = {
      {"0", "80", "ce212d751674ab5d7a4c2add6a1b39b8"},
      {"1", "c102", "c3a0310aed78739b8c9c4133f23ed717"},
      {"-1", "3e6466", "0267df4c95559d50e1dd7e1e5ba71d60"},
      {"10", "c10b", "3c465f5ad8c28afac2e4e06d69689866"},
      {"12.5", "c10d33", "4723980bf4540964131c67ccd8b1acd0"},
      {"-12.5", "3e593366", "cd50d82986db948711591a41c31d3370"},
      {"100", "c202", "6840bd23a62fcf9a979c0f3e88004905"},
      {"1e125", "ff0b", "2f2857f5242da8c0e705022a1e52e931"},
      {"-1e125", "005b66", "88ac346f9516b0981be22e4179b13463"},
      {"1e-130", "8002", "727de75fed0d7a878c4a20e229a1b990"},
      {"-1e-130", "7f6466", "3ad3e0d25a9e39136b69501129b16642"},
      {"12345678901234567890123456789012345678", "d30d23394f5b0d23394f5b0d23394f5b0d23394f",
       "b50a4cbd60115903f771a95b98b4aeef"},
      {"-12345678901234567890123456789012345678", "2c59432d170b59432d170b59432d170b59432d1766",
       "089522115ad1ad19a5982b2800ae9c0e"},
      {"-1234567890123456789012345678901234567.8", "2c644e38220c644e38220c644e38220c644e382215",
       "335ecc43d57041561d8e6d2002e1fb8e"},
      {"0.015", "c00233", "89a247094a1ada62b13a5c9b66c67bb0"},
  };
  for (const Case& c : cases) {
    const std::string bytes = encoded_number(c.number);
    EXPECT_EQ(hex(bytes), c.bytes) << c.number;
    EXPECT_EQ(hex(hash_partition_key(bytes)), c.hash) << c.number;
  }
  EXPECT_EQ(hex(hash_partition_key("a")), "f6558e516275dee248591cc7cee85dae");
  EXPECT_EQ(hex(hash_partition_key("\u00e9")), "1062807ac84fe65a9406fad3458ec141");
}

/// The keys in scan order.
std::vector<std::string> scanned(std::vector<std::string> keys,
                                 std::string (*encode)(std::string_view)) {
  std::ranges::sort(keys, {},
                    [encode](const std::string& key) { return hash_partition_key(encode(key)); });
  return keys;
}

// Case: DLT:test/scan.js, the orders a table of the service returned (2013-15).
TEST(KeyCodec, HashesPartitionKeysIntoTheServicesScanOrder) {
  const auto plain = [](std::string_view text) { return std::string(text); };
  EXPECT_EQ(scanned({"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "aardman", "hello", "zapf",
                     "\u00e4\u00e1\u00f6\u00fc"},
                    plain),
            (std::vector<std::string>{"2", "8", "9", "1", "6", "hello", "0", "5", "4",
                                      "\u00e4\u00e1\u00f6\u00fc", "aardman", "7", "3", "zapf"}));
  EXPECT_EQ(scanned({"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "-0.09", "999.9", "0.012345",
                     "-999.9"},
                    encoded_number),
            (std::vector<std::string>{"7", "999.9", "8", "3", "2", "-999.9", "9", "4", "-0.09", "6",
                                      "1", "0", "0.012345", "5"}));
}

// What a thread remembers of hashes never changes them: more keys than it remembers, shorter and
// longer ones than it remembers, one by one and several together, each twice.
TEST(KeyCodec, HashesTheSameKeyTheSameWay) {
  std::vector<std::string> keys = {""};
  for (std::size_t bytes = 1; bytes <= 70; ++bytes) {
    for (int i = 0; i < 60; ++i) {
      std::string key(bytes, '\0');
      key[bytes - 1] = static_cast<char>(i % 10);
      key[bytes / 2] = static_cast<char>(i);
      keys.push_back(key);
    }
  }
  for (int round = 0; round < 2; ++round) {
    std::vector<EncodedKey> together;
    for (const std::string& key : keys) {
      together.push_back({key, {}, {}});
    }
    std::vector<EncodedKey*> pointers;
    for (EncodedKey& key : together) {
      pointers.push_back(&key);
    }
    hash_keys(pointers);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const Md5Digest digest = md5("Outliers", keys[i]);
      const std::string wanted = hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
      ASSERT_EQ(hex(hash_partition_key(keys[i])), wanted) << hex(keys[i]);
      ASSERT_EQ(hex(together[i].hash), wanted) << hex(keys[i]);
    }
  }
}

// Case: DLT:test/scan.js: which of 4096 segments returned a key.
TEST(KeyCodec, HashesPartitionKeysIntoTheServicesSegments) {
  const auto segment = [](std::string_view bytes) { return hash_partition_key(bytes).high >> 52; };
  EXPECT_EQ(segment("3635"), 0U);
  EXPECT_EQ(segment("228"), 0U);
  EXPECT_EQ(segment("1668"), 1U);
  EXPECT_EQ(segment("3435"), 4U);
  EXPECT_EQ(segment(encoded_number("251")), 1U);
  EXPECT_EQ(segment(encoded_number("2388")), 4095U);
}

rc::Gen<std::string> any_number() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::uint64_t>(0, 100'000), rc::gen::inRange(0, 30),
                     rc::gen::inRange(-130, 90), rc::gen::arbitrary<bool>()),
      [](const std::tuple<std::uint64_t, int, int, bool>& parts) {
        const auto& [digits, nines, exponent, negative] = parts;
        return std::string(negative ? "-" : "") + std::to_string(digits) +
               std::string(static_cast<std::size_t>(nines), '9') + "e" + std::to_string(exponent);
      });
}

TEST(KeyCodec, OrdersNumbersByTheirBytes) {
  EXPECT_TRUE(rc::check("bytes compare as the numbers do", [] {
    const std::string first = *any_number();
    // Often a close neighbour: the last digit or the exponent differs.
    const std::string second =
        *rc::gen::oneOf(any_number(), rc::gen::just("-" + first), rc::gen::just("1" + first),
                        rc::gen::just(first + "0"));
    const auto a = parse_number(first);
    const auto b = parse_number(second);
    RC_PRE(a.has_value() && b.has_value());
    const int by_bytes = encoded_number(first).compare(encoded_number(second));
    const auto by_value = compare(*a, *b);
    RC_ASSERT((by_bytes < 0) == std::is_lt(by_value));
    RC_ASSERT((by_bytes > 0) == std::is_gt(by_value));
  }));
}

/// Short strings of few different bytes, so that prefixes, zeros and ones are common.
rc::Gen<std::string> awkward_string() {
  return rc::gen::container<std::string>(rc::gen::element('\0', '\1', '\xFE', '\xFF', 'a'));
}

std::string join_parts(const std::vector<std::string>& parts) {
  Arena arena;
  ArenaVector<char> bytes(arena);
  for (const std::string& part : parts) {
    append_key_part(bytes, part);
  }
  return {bytes.data(), bytes.size()};
}

TEST(KeyCodec, OrdersCompositeKeysPartByPart) {
  EXPECT_TRUE(rc::check("joined parts compare as the lists of parts do", [] {
    const std::vector<std::string> a = {*awkward_string(), *awkward_string()};
    const std::vector<std::string> b = {*rc::gen::oneOf(rc::gen::just(a[0]), awkward_string()),
                                        *awkward_string()};
    const int joined = join_parts(a).compare(join_parts(b));
    RC_ASSERT((joined < 0) == (a < b));
    RC_ASSERT((joined == 0) == (a == b));
  }));
}

TEST(KeyCodec, FindsTheEndOfAPrefix) {
  Arena arena;
  EXPECT_EQ(after_prefix("ab", arena), "ac");
  EXPECT_EQ(after_prefix("a\xFF\xFF", arena), "b");
  EXPECT_EQ(after_prefix("\x7F", arena), "\x80");
  EXPECT_EQ(after_prefix("\xFF\xFF", arena), std::nullopt);
  EXPECT_EQ(after_prefix("", arena), std::nullopt);
}

TEST(KeyCodec, BoundsExactlyWhatBeginsWithAPrefix) {
  EXPECT_TRUE(rc::check("a string is within [prefix, after_prefix) iff it begins with it", [] {
    const std::string prefix = *awkward_string();
    const std::string text = *rc::gen::oneOf(
        awkward_string(),
        rc::gen::map(awkward_string(), [&](const std::string& rest) { return prefix + rest; }));
    Arena arena;
    const auto after = after_prefix(prefix, arena);
    const bool within = text >= prefix && (!after || text < *after);
    RC_ASSERT(within == text.starts_with(prefix));
  }));
}

class KeysOfItems : public ::testing::Test {
 protected:
  KeySchema table_{{{"pk", ValueType::kString}}, {{"sk", ValueType::kNumber}}};
  Number seven_ = parse_number("7").value();
  Arena arena_;
};

TEST_F(KeysOfItems, TableKeysStandAlone) {
  const std::vector<MapEntry> item = {
      {"a", Value::string("x")}, {"pk", Value::string("user")}, {"sk", Value::number(&seven_)}};
  const EncodedKey key = encode_table_key(table_, item, arena_);
  EXPECT_EQ(key.partition, "user");
  EXPECT_EQ(hex(key.sort), "c108");
  EXPECT_EQ(key.hash, hash_partition_key("user"));
  const KeySchema hash_only{{{"pk", ValueType::kString}}, {}};
  EXPECT_EQ(encode_table_key(hash_only, item, arena_).sort, "");
}

TEST_F(KeysOfItems, IndexKeysEndWithTheTableKey) {
  const KeySchema index{{{"city", ValueType::kString}}, {{"age", ValueType::kNumber}}};
  const std::vector<MapEntry> item = {{"age", Value::number(&seven_)},
                                      {"city", Value::string("Oslo")},
                                      {"pk", Value::string("user")},
                                      {"sk", Value::number(&seven_)}};
  const auto key = encode_index_key(index, table_, item, arena_);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->partition, "Oslo");
  EXPECT_EQ(key->sort, join_parts({"\xC1\x08", "user", "\xC1\x08"}));
  const ItemRef stored = make_item(item, "", arena_);
  const auto from_stored = encode_index_key(index, table_, *stored, arena_);
  ASSERT_TRUE(from_stored);
  EXPECT_EQ(from_stored->partition, key->partition);
  EXPECT_EQ(from_stored->sort, key->sort);
  EXPECT_EQ(from_stored->hash, key->hash);
}

TEST_F(KeysOfItems, ItemsWithoutAnIndexKeyAreNotInTheIndex) {
  const KeySchema index{{{"city", ValueType::kString}}, {{"age", ValueType::kNumber}}};
  const std::vector<MapEntry> without = {
      {"city", Value::string("Oslo")}, {"pk", Value::string("u")}, {"sk", Value::number(&seven_)}};
  EXPECT_FALSE(encode_index_key(index, table_, without, arena_));
  const std::vector<MapEntry> wrong_type = {{"age", Value::string("7")},
                                            {"city", Value::string("Oslo")},
                                            {"pk", Value::string("u")},
                                            {"sk", Value::number(&seven_)}};
  EXPECT_FALSE(encode_index_key(index, table_, wrong_type, arena_));
  EXPECT_FALSE(encode_index_key(index, table_, *make_item(wrong_type, "", arena_), arena_));
}

TEST_F(KeysOfItems, SeveralPartitionAttributesMakeOnePartition) {
  const KeySchema index{{{"a", ValueType::kString}, {"b", ValueType::kString}}, {}};
  const auto partition = [&](std::string_view a, std::string_view b) {
    const std::vector<MapEntry> item = {{"a", Value::string(a)},
                                        {"b", Value::string(b)},
                                        {"pk", Value::string("u")},
                                        {"sk", Value::number(&seven_)}};
    return encode_index_key(index, table_, item, arena_)->partition;
  };
  EXPECT_NE(partition("x", "yz"), partition("xy", "z"));
  EXPECT_EQ(partition("x", "y"), join_parts({"x", "y"}));
}

TEST(KeySchema, FindsItsAttributes) {
  const KeySchema schema{{{"pk", ValueType::kString}}, {{"sk", ValueType::kNumber}}};
  ASSERT_NE(schema.find("sk"), nullptr);
  EXPECT_EQ(schema.find("sk")->type, ValueType::kNumber);
  EXPECT_TRUE(schema.has("pk"));
  EXPECT_FALSE(schema.has("p"));
  EXPECT_EQ(schema.size(), 2U);
}

}  // namespace
}  // namespace understudy
