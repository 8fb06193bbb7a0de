#include "emulator/model/item.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "emulator/model/json_codec.h"

namespace understudy {
namespace {

/// A stored item of the attributes in `json`.
ItemRef stored(const std::string& json, std::string_view sort_key = {}) {
  Arena arena;
  const std::string request = "[" + json + "]";  // Items stand inside of something else.
  const auto tree = parse_json(request, arena);
  EXPECT_TRUE(tree) << json;
  const auto attributes = decode_attributes(tree->elements().front(), arena);
  EXPECT_TRUE(attributes) << json;
  return make_item(*attributes, sort_key, arena);
}

std::string rendered(std::span<const MapEntry> attributes) {
  Buffer out;
  append_attributes(out, attributes);
  return std::string(out.view());
}

TEST(Item, KeepsCanonicalTextAndSortKey) {
  const ItemRef item = stored(
      R"({ "b":{"N":"1.0"}, "a":{"S":"x"}, "m":{"M":{"z":{"NULL":true},"y":{"SS":["q","p"]}}} })",
      std::string_view("\0\xFFkey", 5));
  EXPECT_EQ(item->text(),
            R"({"a":{"S":"x"},"b":{"N":"1"},"m":{"M":{"y":{"SS":["p","q"]},"z":{"NULL":true}}}})");
  EXPECT_EQ(item->sort_key(), std::string_view("\0\xFFkey", 5));
  EXPECT_EQ(item->attribute_count(), 3U);
  EXPECT_EQ(item->member_text(1), R"("b":{"N":"1"})");
  EXPECT_EQ(item->escaped_name(1), "b");
  EXPECT_EQ(item->value_text(0), R"({"S":"x"})");
  EXPECT_EQ(item->value_text(2), R"({"M":{"y":{"SS":["p","q"]},"z":{"NULL":true}}})");
}

TEST(Item, MayBeEmpty) {
  const ItemRef item = stored("{}");
  EXPECT_EQ(item->text(), "{}");
  EXPECT_EQ(item->size_bytes(), 0U);
  EXPECT_EQ(item->find("a"), std::nullopt);
  Arena arena;
  EXPECT_TRUE(item->decode(arena).empty());
}

// Source: A1, the developer guide's rules.
TEST(Item, KnowsItsBilledSize) {
  EXPECT_EQ(stored(R"({"shirt-color":{"S":"R"},"shirt-size":{"S":"M"}})")->size_bytes(), 23U);
  EXPECT_EQ(stored(R"({"a":{"BOOL":false},"b":{"NULL":true}})")->size_bytes(), 4U);
  EXPECT_EQ(stored("{\"\u00e9\":{\"S\":\"\u20ac\"}}")->size_bytes(), 5U);
  EXPECT_EQ(stored(R"({"b":{"B":"AAECAw=="}})")->size_bytes(), 5U);
  EXPECT_EQ(stored(R"({"l":{"L":[]}})")->size_bytes(), 4U);
  EXPECT_EQ(stored(R"({"l":{"L":[{"S":"ab"},{"N":"1"}]}})")->size_bytes(),
            1 + 3 + (1 + 2) + (1 + 2U));
  EXPECT_EQ(stored(R"({"m":{"M":{"key":{"S":"ab"}}}})")->size_bytes(), 1 + 3 + 1 + 3 + 2U);
  EXPECT_EQ(stored(R"({"s":{"SS":["a","bc"]},"n":{"NS":["1","-42"]}})")->size_bytes(),
            (1 + 3) + (1 + 2 + 3U));
}

TEST(Item, FindsAttributesByName) {
  const ItemRef item = stored(R"({"a":{"N":"1"},"ab":{"N":"2"},"b\"\n":{"N":"3"},"b":{"N":"4"}})");
  Arena arena;
  const auto number = [&](std::string_view name) {
    const auto value = item->value(name, arena);
    return value ? to_string(value->number()) : "absent";
  };
  EXPECT_EQ(number("a"), "1");
  EXPECT_EQ(number("ab"), "2");
  EXPECT_EQ(number("b\"\n"), "3");
  EXPECT_EQ(number("b"), "4");
  for (const std::string_view absent :
       {"", "c", "abc", "b\"", "b\\", "b\\\"\\n", "A", "S", "a\":{"}) {
    EXPECT_EQ(number(absent), "absent") << absent;
  }
}

// From the size on where names are searched in halves, and where offsets take four bytes.
TEST(Item, FindsAttributesInLargeItems) {
  for (const int count : {16, 17, 100, 9'000}) {
    std::string json = "{";
    for (int i = 0; i < count; ++i) {
      json += (i == 0 ? "" : ",");
      json += "\"n" + std::to_string(i) + (i % 3 == 0 ? "\\n" : "") + "\":{\"N\":\"" +
              std::to_string(i) + "\"}";
    }
    json += "}";
    const ItemRef item = stored(json, "sort");
    ASSERT_EQ(item->attribute_count(), static_cast<std::size_t>(count));
    EXPECT_EQ(item->sort_key(), "sort");
    Arena arena;
    for (int i = 0; i < count; ++i) {
      const std::string name = "n" + std::to_string(i) + (i % 3 == 0 ? "\n" : "");
      const auto value = item->value(name, arena);
      ASSERT_TRUE(value) << name;
      EXPECT_EQ(to_string(value->number()), std::to_string(i));
    }
    EXPECT_FALSE(item->find("n0"));
    EXPECT_FALSE(item->find("zzz"));
    EXPECT_EQ(rendered(item->decode(arena)), item->text());
  }
}

TEST(Item, CopiesStoredAttributesWithoutDecodingThem) {
  const ItemRef from = stored(
      R"({"a\n":{"S":"x\u0001\n\"y"},"b":{"B":"AAE="},"c":{"M":{"d\t":{"L":[{"NS":["1","22"]},{"BOOL":true}]}}},)"
      R"("d":{"BS":["AA==","AAA="]},"e":{"SS":["p\\q","r"]},"f":{"NULL":true},"g":{"M":{}},"h":{"BOOL":false}})");
  Arena arena;
  ItemBuilder all(arena);
  all.add_stored(*from, 0, 3);
  all.add_stored(*from, 3, 3);
  all.add_stored(*from, 3, from->attribute_count());
  const ItemRef copy = all.build("k");
  EXPECT_EQ(copy->text(), from->text());
  EXPECT_EQ(copy->size_bytes(), from->size_bytes());

  ItemBuilder some(arena);
  some.add_stored(*from, 1, 2);
  const Number one = parse_number("1").value();
  some.add("z", Value::number(&one));
  EXPECT_EQ(some.size_bytes(), 3 + 3U);
  EXPECT_EQ(some.build("")->text(), R"({"b":{"B":"AAE="},"z":{"N":"1"}})");
}

// Strings and numbers are written by a way of their own, what is between them is not.
TEST(Item, HasTheSameTextHoweverAttributesMix) {
  const std::vector<std::string> values = {R"({"S":"plain"})",         R"({"S":""})",
                                           R"({"S":"\u0001\""})",      R"({"N":"-12.5"})",
                                           R"({"M":{"x":{"S":"y"}}})", R"({"BOOL":true})"};
  const std::vector<std::string> names = {"a", "a name of more than sixteen bytes", R"(q\")", "Zé"};
  for (std::size_t first = 0; first < values.size(); ++first) {
    for (std::size_t second = 0; second < values.size(); ++second) {
      for (const std::string& name : names) {
        const std::string json = "{\"" + name + "\":" + values[first] + ",\"~\":" + values[second] +
                                 ",\"~~\":" + values[first] + "}";
        const ItemRef item = stored(json, "sort");
        Arena arena;
        EXPECT_EQ(item->text(), json);
        EXPECT_EQ(rendered(item->decode(arena)), json);
        std::size_t bytes = 0;
        for (const MapEntry& entry : item->decode(arena)) {
          bytes += entry.name.size() + value_size_bytes(entry.value);
        }
        EXPECT_EQ(item->size_bytes(), bytes);
      }
    }
  }
}

// What was sent in canonical form is copied as it was sent, from as many places as it takes.
TEST(Item, HasTheSameTextHoweverItIsSent) {
  const std::string text =
      R"({"a":{"S":"x"},"ab":{"S":""},"b":{"N":"1"},"c":{"S":"more than a word"},"d":{"S":"y"}})";
  const std::vector<std::string> forms = {
      text,
      R"({"d":{"S":"y"},"c":{"S":"more than a word"},"b":{"N":"1"},"ab":{"S":""},"a":{"S":"x"}})",
      R"({"c":{"S":"more than a word"},"d":{"S":"y"},"b":{"N":"1.0"},"a":{"S":"x"},"ab":{"S":""}})",
      R"({"a": {"S": "x"}, "ab": {"S": ""}, "b": {"N": "1"}, "c": {"S": "more than a word"}, )"
      R"("d": {"S": "y"}})",
      R"({"a":{"S":"x"} ,"ab":{"S":""}, "b":{"N":"1"},"c":{"S":"more than a word" },"d":{"S":"y"} })",
      R"({"a":{"S":"x"},"a\u0062":{"S":""},"b":{"N":"1"},"c":{"S":"more than\u0020a word"},)"
      R"("\u0064":{"S":"y"}})",
      R"({"a":{"S":"x","N":null},"ab" :{"S":""},"b":{"N":"1"},"c":{ "S":"more than a word"},)"
      R"("d":{"S" :"y"}})",
      R"({"a":{"S":"x"},"ab":{"S":"first"},"b":{"N":"1"},"ab":{"S":""},)"
      R"("c":{"S":"more than a word"},"d":{"S":"y"}})",
  };
  for (const std::string& form : forms) {
    const ItemRef item = stored(form, "sort");
    EXPECT_EQ(item->text(), text) << form;
    EXPECT_EQ(item->member_text(0), R"("a":{"S":"x"})") << form;
    EXPECT_EQ(item->member_text(1), R"("ab":{"S":""})") << form;
    EXPECT_EQ(item->member_text(2), R"("b":{"N":"1"})") << form;
    EXPECT_EQ(item->member_text(4), R"("d":{"S":"y"})") << form;
    EXPECT_EQ(item->size_bytes(), 26U) << form;
  }
}

TEST(Item, IsSharedAcrossThreads) {
  ItemRef item = stored(R"({"a":{"S":"x"}})");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([item] {
      for (int round = 0; round < 10'000; ++round) {
        const ItemRef copy = item;
        ASSERT_EQ(copy->attribute_count(), 1U);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(item->text(), R"({"a":{"S":"x"}})");
}

// Memory is a promise: one allocation, little more than the text.
TEST(Item, TakesLittleMoreMemoryThanItsText) {
  std::string json = "{";
  for (int i = 0; i < 10; ++i) {
    json += (i == 0 ? "\"name" : ",\"name") + std::to_string(i) + "\":{\"S\":\"" +
            std::string(97, 'x') + "\"}";
  }
  const ItemRef item = stored(json + "}", "sort#0001");
  EXPECT_EQ(item->size_bytes(), 1020U);
  EXPECT_LE(item->block_bytes(), item->text().size() + 64);
}

// --- Properties of random documents
// -------------------------------------------------------------------

/// A string of letters, escapes and multi-byte characters, short enough to collide often.
rc::Gen<std::string> any_text() {
  return rc::gen::map(
      rc::gen::resize(4, rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
                             "a", "b", "\"", "\\", "\n", "\x01", "\u00e9", "\U0001F600", "z"))),
      [](const std::vector<std::string>& pieces) {
        std::string text;
        for (const std::string& piece : pieces) {
          text += piece;
        }
        return text;
      });
}

std::string quoted(const std::string& text) {
  Buffer out;
  append_json_string(out, text);
  return std::string(out.view());
}

/// JSON of a random value, as a client could send it; maps in random order.
std::string any_value(int depth) {
  const int kind = *rc::gen::inRange(0, depth > 0 ? 8 : 6);
  switch (kind) {
    case 0:
      return "{\"S\":" + quoted(*any_text()) + "}";
    case 1:
      return "{\"N\":\"" + std::to_string(*rc::gen::inRange(-20, 20)) +
             *rc::gen::element<std::string>("", ".0", ".50", "e1", "e-2") + "\"}";
    case 2:
      return *rc::gen::element<std::string>(R"({"BOOL":true})", R"({"BOOL":false})",
                                            R"({"NULL":true})");
    case 3:
      return *rc::gen::element<std::string>(R"({"B":""})", R"({"B":"AA=="})", R"({"B":"AAE="})",
                                            R"({"BS":["AA==","AAE="]})",
                                            R"({"BS":["AAE=","AA=="]})");
    case 4:
      return *rc::gen::element<std::string>(R"({"SS":["a","b"]})", R"({"SS":["b","a"]})",
                                            R"({"SS":["a\n"]})");
    case 5:
      return *rc::gen::element<std::string>(R"({"NS":["1","2"]})", R"({"NS":["2.0","1e0"]})",
                                            R"({"NS":["10","9"]})");
    case 6: {
      std::string json;
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        json += (json.empty() ? "" : ",") + any_value(depth - 1);
      }
      return "{\"L\":[" + json + "]}";
    }
    default: {
      std::string json;
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        json += (json.empty() ? "" : ",") + quoted("k" + *any_text()) + ":" + any_value(depth - 1);
      }
      return "{\"M\":{" + json + "}}";
    }
  }
}

// Blocks are handed on from item to item: on their thread, and where another thread drops the last
// reference.
TEST(Item, KeepsItsTextWhileOthersComeAndGo) {
  const auto history = [](unsigned seed) {
    std::mt19937 random(seed);
    std::map<std::string, ItemRef> items;
    for (int step = 0; step < 4000; ++step) {
      const std::string text(random() % 5000, static_cast<char>('a' + random() % 26));
      items[std::to_string(random() % 40)] =
          stored(R"({"a":{"S":")" + text + R"("}})", text.substr(0, 9));
      if (const auto gone = items.find(std::to_string(random() % 40)); gone != items.end()) {
        items.erase(gone);
      }
    }
    return items;
  };
  std::map<std::string, ItemRef> kept;
  std::thread other([&] { kept = history(1); });
  std::map<std::string, ItemRef> own = history(2);
  other.join();
  for (const auto* items : {&kept, &own}) {
    for (const auto& [name, item] : *items) {
      Arena arena;
      const std::string_view text = item->value("a", arena)->text();
      EXPECT_EQ(text, std::string(text.size(), text.empty() ? 'a' : text.front()));
      EXPECT_EQ(item->sort_key(), text.substr(0, 9));
    }
  }
}

TEST(Value, ComesBackFromItsCanonicalText) {
  EXPECT_TRUE(rc::check("decode_canonical undoes append_value, and sizes agree", [] {
    const std::string json = any_value(3);
    Arena arena;
    const auto tree = parse_json(json, arena);
    RC_ASSERT(tree.has_value());
    const auto value = decode_value(*tree, arena);
    RC_ASSERT(value.has_value());
    Buffer out;
    append_value(out, *value);
    const Value back = decode_canonical(out.view(), arena);
    RC_ASSERT(equal(back, *value));
    RC_ASSERT(value_size_bytes(back) == value_size_bytes(*value));
    RC_ASSERT(canonical_size_bytes(out.view()) == value_size_bytes(*value));
    Buffer again;
    append_value(again, back);
    RC_ASSERT(again.view() == out.view());
  }));
}

TEST(Value, IsEqualExactlyWhenItsTextIs) {
  EXPECT_TRUE(rc::check("equal values have equal text and the other way round", [] {
    Arena arena;
    const auto value_of = [&arena](const std::string& json) {
      const auto tree = parse_json(arena.copy(json), arena);
      RC_ASSERT(tree.has_value());
      const auto value = decode_value(*tree, arena);
      RC_ASSERT(value.has_value());
      return *value;
    };
    const Value a = value_of(any_value(2));
    const Value b = value_of(any_value(2));
    Buffer a_text;
    Buffer b_text;
    append_value(a_text, a);
    append_value(b_text, b);
    RC_ASSERT(equal(a, b) == (a_text.view() == b_text.view()));
  }));
}

TEST(Value, FindsMapEntries) {
  std::vector<MapEntry> entries = {
      {"b", Value::string("1")}, {"a", Value::null()}, {"b", Value::string("2")}};
  entries.resize(sort_entries(entries.data(), entries.size()));
  ASSERT_EQ(entries.size(), 2U);
  ASSERT_NE(find(entries, "b"), nullptr);
  EXPECT_EQ(find(entries, "b")->text(), "2");
  EXPECT_EQ(find(entries, "c"), nullptr);
  EXPECT_EQ(find(entries, ""), nullptr);
}

TEST(Value, NamesItsTypes) {
  EXPECT_EQ(type_name(ValueType::kBinarySet), "BS");
  EXPECT_EQ(type_name(ValueType::kNull), "NULL");
  EXPECT_TRUE(Value::number_set_of({}).is_set());
  EXPECT_FALSE(Value::null().is_set());
}

}  // namespace
}  // namespace understudy
