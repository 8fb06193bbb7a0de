// Collections against a std::map of the same keys: whatever is stored, erased, copied and walked.
#include "emulator/storage/collection.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "emulator/base/arena.h"

namespace understudy {
namespace {

constexpr KeyHash kFirst{0, 0};
constexpr KeyHash kLast{~std::uint64_t{0}, ~std::uint64_t{0}};

/// Where an entry stands; ordered as a scan is.
struct Place {
  KeyHash hash;
  std::string partition;
  std::string sort;

  [[nodiscard]] EncodedKey key() const { return {partition, sort, hash}; }
  friend bool operator==(const Place&, const Place&) = default;
  friend bool operator<(const Place& a, const Place& b) {
    return std::tie(a.hash, a.partition, a.sort) < std::tie(b.hash, b.partition, b.sort);
  }
};
using Model = std::map<Place, ItemRef>;

ItemRef item_of(std::string_view sort_key, std::string_view text = "x") {
  Arena arena;
  ItemBuilder builder(arena);
  builder.add("a", Value::string(text));
  return builder.build(sort_key);
}

/// Few hashes for many partitions, alike in their first bytes, so that ties and forks at every
/// depth occur.
KeyHash coarse_hash(std::string_view partition) {
  const std::uint64_t sum = std::accumulate(
      partition.begin(), partition.end(), std::uint64_t{7},
      [](std::uint64_t so_far, char c) { return so_far * 31 + static_cast<unsigned char>(c); });
  return {(sum % 3) << 62 | (sum % 5) << 24, sum % 2 * 257};
}

/// Hashes spread as the real ones are.
KeyHash spread_hash(std::string_view partition) {
  std::mt19937_64 random(std::hash<std::string_view>()(partition));
  return {random(), random()};
}

using Entries = std::vector<std::pair<Place, ItemRef>>;

Entries walk(Collection::Cursor cursor) {
  Entries entries;
  for (; !cursor.done(); cursor.next()) {
    const EntryView& entry = cursor.entry();
    entries.emplace_back(
        Place{entry.hash, std::string(entry.partition), std::string(entry.sort_key)},
        ItemRef(entry.item));
  }
  return entries;
}

Entries scan(const Collection& collection, KeyHash first = kFirst, KeyHash last = kLast,
             const EncodedKey* after = nullptr) {
  return walk(Collection::Cursor::scan(collection, first, last, after));
}

template <class Keep>
Entries expected(const Model& model, Keep keep, bool ascending = true) {
  Entries entries;
  for (const auto& [place, item] : model) {
    if (keep(place)) {
      entries.emplace_back(place, item);
    }
  }
  if (!ascending) {
    std::reverse(entries.begin(), entries.end());
  }
  return entries;
}

std::size_t total_bytes(const Model& model) {
  return std::accumulate(
      model.begin(), model.end(), std::size_t{0},
      [](std::size_t sum, const auto& entry) { return sum + entry.second->size_bytes(); });
}

bool same(const Collection& collection, const Model& model) {
  return collection.item_count() == model.size() && collection.size_bytes() == total_bytes(model) &&
         scan(collection) == expected(model, [](const Place&) { return true; });
}

// Keys out of few bytes, so that they share prefixes, end inside each other and come again.
rc::Gen<std::string> short_key(std::size_t min_bytes) {
  return rc::gen::mapcat(rc::gen::inRange<std::size_t>(min_bytes, 6), [](std::size_t bytes) {
    return rc::gen::container<std::string>(bytes, rc::gen::element('\0', 'a', 'b', '\xff'));
  });
}

Place random_place() {
  const std::string partition = *short_key(1);
  return {coarse_hash(partition), partition, *short_key(0)};
}

/// A collection with its model, and copies of both from earlier.
struct History {
  Collection collection;
  Model model;
  std::vector<std::pair<Collection, Model>> copies;

  void put(const Place& place, ItemRef item) {
    const ItemRef before = collection.put(place.key(), item);
    const auto found = model.find(place);
    RC_ASSERT(before == (found == model.end() ? nullptr : found->second));
    model[place] = std::move(item);
  }
  void erase(const Place& place) {
    const ItemRef before = collection.erase(place.key());
    const auto found = model.find(place);
    RC_ASSERT(before == (found == model.end() ? nullptr : found->second));
    model.erase(place);
  }
  /// A place that is likely to be taken.
  [[nodiscard]] Place some_place() const {
    if (model.empty() || *rc::gen::weightedElement<bool>({{1, true}, {3, false}})) {
      return random_place();
    }
    return std::next(model.begin(), *rc::gen::inRange<std::ptrdiff_t>(
                                        0, static_cast<std::ptrdiff_t>(model.size())))
        ->first;
  }
  void random_step() {
    switch (*rc::gen::weightedElement<int>({{6, 0}, {2, 1}, {4, 2}, {1, 3}, {1, 4}})) {
      case 0: {
        const Place place = random_place();
        put(place, item_of(place.sort, *short_key(0)));
        break;
      }
      case 1:  // An item that was built for another collection.
        put(some_place(), item_of(*short_key(0), "shared"));
        break;
      case 2:
        erase(some_place());
        break;
      case 3:
        copies.emplace_back(collection, model);
        break;
      default:
        if (!copies.empty()) {
          copies.erase(copies.begin());
        }
    }
  }
  void grow(int steps) {
    for (int step = 0; step < steps; ++step) {
      random_step();
    }
  }
};

int random_steps() {
  return *rc::gen::inRange(0, 150);
}

RC_GTEST_PROP(Collection, KeepsWhatIsPutAndLeavesCopiesAlone, ()) {
  History history;
  history.grow(random_steps());
  RC_ASSERT(same(history.collection, history.model));
  for (const auto& [collection, model] : history.copies) {
    RC_ASSERT(same(collection, model));
  }
}

RC_GTEST_PROP(Collection, FindsExactlyWhatIsThere, ()) {
  History history;
  history.grow(random_steps());
  for (const auto& [place, item] : history.model) {
    RC_ASSERT(history.collection.find(place.key()) == item);
  }
  const Place place = random_place();
  const auto found = history.model.find(place);
  RC_ASSERT(history.collection.find(place.key()) ==
            (found == history.model.end() ? nullptr : found->second));
}

RC_GTEST_PROP(Collection, FindsManyAsItFindsOne, ()) {
  History history;
  history.grow(random_steps());
  std::vector<Place> places(*rc::gen::inRange<std::size_t>(0, 40));
  std::vector<EncodedKey> keys;
  std::vector<const EncodedKey*> pointers;
  keys.reserve(places.size());
  for (Place& place : places) {
    place = history.some_place();
    keys.push_back(place.key());
    pointers.push_back(&keys.back());
  }
  std::vector<ItemRef> items(places.size());
  history.collection.find_all(pointers, items);
  for (std::size_t i = 0; i < items.size(); ++i) {
    RC_ASSERT(items[i] == history.collection.find(keys[i]));
  }
}

RC_GTEST_PROP(Collection, RangesHoldWhatLiesBetweenTheirBounds, ()) {
  History history;
  history.grow(random_steps());
  const Place place = history.some_place();
  const std::string low = *short_key(0);
  const auto high = *rc::gen::maybe(short_key(0));
  const bool ascending = *rc::gen::arbitrary<bool>();
  const std::optional<std::string_view> bound =
      high ? std::optional<std::string_view>(*high) : std::nullopt;
  const auto inside = [&](const Place& at) {
    return at.partition == place.partition && at.sort >= low && (!high || at.sort < *high);
  };
  RC_ASSERT(walk(Collection::Cursor::range(history.collection, place.partition, place.hash, low,
                                           bound, ascending)) ==
            expected(history.model, inside, ascending));
}

RC_GTEST_PROP(Collection, ScansHoldTheirHashesAfterTheirStart, ()) {
  History history;
  history.grow(random_steps());
  const Place after = history.some_place();
  const KeyHash first = history.some_place().hash;
  const KeyHash last = history.some_place().hash;
  const auto inside = [&](const Place& at) { return at.hash >= first && at.hash <= last; };
  RC_ASSERT(scan(history.collection, first, last) == expected(history.model, inside));
  const EncodedKey start = after.key();
  RC_ASSERT(scan(history.collection, first, last, &start) ==
            expected(history.model, [&](const Place& at) { return inside(at) && after < at; }));
}

RC_GTEST_PROP(Collection, CountsEachPartition, ()) {
  History history;
  history.grow(random_steps());
  const Place place = history.some_place();
  Model partition;
  for (const auto& entry : history.model) {
    if (entry.first.partition == place.partition) {
      partition.insert(entry);
    }
  }
  RC_ASSERT(history.collection.partition_item_count(place.partition, place.hash) ==
            partition.size());
  RC_ASSERT(history.collection.partition_size_bytes(place.partition, place.hash) ==
            total_bytes(partition));
}

std::string numbered(std::string_view prefix, int number) {
  std::string digits = std::to_string(number);
  return std::string(prefix) + std::string(6 - digits.size(), '0') + digits;
}

/// 20,000 entries in partitions of four and as many in one partition under random bytes, shuffled.
std::vector<Place> many_places(std::mt19937_64& random) {
  std::vector<Place> places;
  for (int number = 0; number < 20'000; ++number) {
    const std::string partition = numbered("p", number / 4);
    places.push_back({spread_hash(partition), partition, numbered("s", number)});
    const std::uint64_t bytes = random();
    places.push_back({spread_hash("large"), "large",
                      std::string(reinterpret_cast<const char*>(&bytes), sizeof bytes)});
  }
  std::shuffle(places.begin(), places.end(), random);
  return places;
}

// Nodes of every capacity up to 256 children and back, in both trees.
TEST(Collection, GrowsAndShrinksThroughManyPartitionsAndOneLargeOne) {
  std::mt19937_64 random(1);
  std::vector<Place> places = many_places(random);
  Collection collection;
  Model model;
  for (const Place& place : places) {
    model[place] = item_of(place.sort);
    collection.put(place.key(), model[place]);
  }
  EXPECT_TRUE(same(collection, model));
  EXPECT_EQ(collection.partition_item_count("large", spread_hash("large")), 20'000U);

  const Collection copy = collection;
  const Model model_of_copy = model;
  std::shuffle(places.begin(), places.end(), random);
  for (std::size_t index = 0; index < places.size(); ++index) {
    EXPECT_EQ(collection.erase(places[index].key()), model[places[index]]);
    model.erase(places[index]);
    if (index == places.size() / 2 || index == places.size() - 100) {
      EXPECT_TRUE(same(collection, model));
    }
  }
  EXPECT_TRUE(same(collection, {}));
  EXPECT_TRUE(same(copy, model_of_copy));
}

// Every key begins the next one: the deepest tree that keys of this length can make.
TEST(Collection, HoldsKeysThatBeginEachOther) {
  Collection collection;
  Model model;
  for (std::size_t bytes = 0; bytes < 2048; ++bytes) {
    const Place place{kFirst, "p", std::string(bytes, 'k')};
    model[place] = item_of(place.sort);
    collection.put(place.key(), model[place]);
  }
  const Collection copy = collection;
  EXPECT_NE(collection.erase({"p", std::string_view(), kFirst}), nullptr);
  EXPECT_TRUE(same(copy, model));
  collection = Collection();
  EXPECT_TRUE(same(copy, model));
}

TEST(Collection, ServesAsAQueue) {
  Collection collection;
  std::vector<std::string> taken;
  for (int number = 0; number < 5'000; ++number) {
    const std::string sort = numbered("job-", number);
    collection.put({"queue", sort, kFirst}, item_of(sort));
    if (collection.item_count() > 100) {
      const auto front =
          Collection::Cursor::range(collection, "queue", kFirst, "", std::nullopt, true);
      taken.emplace_back(front.entry().sort_key);
      collection.erase({"queue", taken.back(), kFirst});
    }
  }
  EXPECT_EQ(taken.size(), 4'900U);
  EXPECT_TRUE(std::is_sorted(taken.begin(), taken.end()));
  EXPECT_EQ(taken.back(), numbered("job-", 4'899));
  EXPECT_EQ(collection.item_count(), 100U);
}

TEST(Collection, MovesLeaveAnEmptyOneBehind) {
  Collection collection;
  collection.put({"p", "s", kFirst}, item_of("s"));
  const Collection moved = std::move(collection);
  EXPECT_EQ(moved.item_count(), 1U);
  collection = Collection();
  EXPECT_EQ(collection.item_count(), 0U);
  EXPECT_EQ(collection.find({"p", "s", kFirst}), nullptr);
}

/// A collection behind a lock, as a table's is.
struct SharedTable {
  std::mutex mutex;
  Collection collection;
  std::atomic<bool> writing{true};

  void write(int round) {
    for (int number = round * 31; number < round * 31 + 50; ++number) {
      const std::string partition = numbered("p", number % 17);
      const std::string sort = numbered("s", number % 101);
      const EncodedKey key{partition, sort, spread_hash(partition)};
      const std::lock_guard lock(mutex);
      if (round % 3 == 2) {
        collection.erase(key);
      } else {
        collection.put(key, item_of(number % 2 == 0 ? sort : "another key"));
      }
    }
  }
  void read() {
    Collection copy;
    {
      const std::lock_guard lock(mutex);
      copy = collection;
    }
    const Collection second = copy;
    const Entries entries = scan(second);
    EXPECT_EQ(entries.size(), copy.item_count());
    EXPECT_TRUE(std::is_sorted(entries.begin(), entries.end(),
                               [](const auto& a, const auto& b) { return a.first < b.first; }));
  }
};

// Run under TSan: copies are taken under the lock, read and dropped outside, while a writer goes
// on.
TEST(Collection, CopiesAreReadWhileTheTableIsWritten) {
  SharedTable table;
  const auto read = [&] {
    while (table.writing) {
      table.read();
    }
  };
  std::thread reader(read);
  std::thread other_reader(read);
  for (int round = 0; round < 300; ++round) {
    table.write(round);
  }
  table.writing = false;
  reader.join();
  other_reader.join();
}

}  // namespace
}  // namespace understudy
