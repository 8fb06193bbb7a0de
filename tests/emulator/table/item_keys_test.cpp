// Keys of requests and items, and index keys of new images: what is refused, and in whose words.
#include <gtest/gtest.h>

#include <string>

#include "emulator/table/table.h"
#include "tests/emulator/table/items.h"

namespace understudy {
namespace {

using testing::attributes;
using testing::index_of;
using testing::settings_of;
using testing::Stage;

class ItemKeys : public ::testing::Test {
 protected:
  std::string read_key_error(const std::string& json) {
    const auto key = read_key(settings_, attributes(json, arena_), arena_);
    return key ? "" : key.error().message();
  }
  std::string read_item_error(const std::string& json,
                              ItemKeyWording wording = ItemKeyWording::kPut) {
    const auto key = read_item_key(settings_, attributes(json, arena_), arena_, wording);
    return key ? "" : key.error().message();
  }

  TableSettings settings_ = settings_of(true);
  Arena arena_;
};

TEST_F(ItemKeys, ReadsExactlyTheKeyAttributes) {
  EXPECT_EQ(read_key_error(R"({"pk":{"S":"a"},"sk":{"S":"b"}})"), "");
  const std::string mismatch = "The provided key element does not match the schema";
  EXPECT_EQ(read_key_error(R"({"pk":{"S":"a"}})"), mismatch);
  EXPECT_EQ(read_key_error(R"({"pk":{"S":"a"},"sk":{"N":"1"}})"), mismatch);
  EXPECT_EQ(read_key_error(R"({"pk":{"S":"a"},"other":{"S":"b"}})"), mismatch);
  EXPECT_EQ(read_key_error(R"({"pk":{"S":"a"},"sk":{"S":"b"},"x":{"S":"c"}})"), mismatch);
}

TEST_F(ItemKeys, RefusesEmptyKeys) {
  EXPECT_EQ(read_key_error(R"({"pk":{"S":""},"sk":{"S":"b"}})"),
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string value. Key: pk");
}

TEST_F(ItemKeys, RefusesLongKeys) {
  const auto with = [](std::size_t pk, std::size_t sk) {
    return R"({"pk":{"S":")" + std::string(pk, 'p') + R"("},"sk":{"S":")" + std::string(sk, 's') +
           R"("}})";
  };
  EXPECT_EQ(read_key_error(with(2048, 1024)), "");
  EXPECT_EQ(read_key_error(with(2049, 1024)),
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
            "size limit of2048 bytes");
  EXPECT_EQ(read_key_error(with(2048, 1025)),
            "One or more parameter values were invalid: Aggregated size of all range keys has "
            "exceeded the size limit of 1024 bytes");
}

TEST_F(ItemKeys, NamesTheKeyAnItemLacks) {
  EXPECT_EQ(read_item_error(R"({"pk":{"S":"a"}})"),
            "One or more parameter values were invalid: Missing the key sk in the item");
}

TEST_F(ItemKeys, NamesTheTypesThatDoNotMatch) {
  const std::string json = R"({"pk":{"S":"a"},"sk":{"N":"1"}})";
  EXPECT_EQ(read_item_error(json),
            "One or more parameter values were invalid: Type mismatch for key sk expected: S "
            "actual: N");
  EXPECT_EQ(read_item_error(json, ItemKeyWording::kBatch),
            "The provided key element does not match the schema");
}

class IndexKeys : public ::testing::Test {
 protected:
  IndexKeys() : stage_(make_settings()) {}

  static TableSettings make_settings() {
    TableSettings settings = settings_of(false);
    settings.indexes = {
        index_of("zebra", {{{"color", ValueType::kString}}, {}}, ProjectionType::kAll),
        index_of("ant", {{{"code", ValueType::kBinary}}, {{"pk", ValueType::kString}}},
                 ProjectionType::kAll),
        index_of(
            "parts",
            {{{"pk", ValueType::kString}}, {{"x", ValueType::kString}, {"y", ValueType::kString}}},
            ProjectionType::kAll)};
    return settings;
  }
  std::string error(const std::string& after, IndexKeyWording wording = IndexKeyWording::kPut,
                    const std::string& before = "") {
    const EncodedKey key = stage_.key_of(after);
    const ItemRef old = before.empty() ? nullptr : stage_.item(before, key);
    const auto checked = check_index_keys(*stage_.state.settings, *stage_.item(after, key), wording,
                                          stage_.arena, old.get());
    return checked ? "" : checked.error().message();
  }

  Stage stage_;
};

TEST_F(IndexKeys, MayBeAbsent) {
  EXPECT_EQ(error(R"({"pk":{"S":"a"}})"), "");
}

TEST_F(IndexKeys, MustHaveTheDeclaredType) {
  EXPECT_EQ(
      error(R"({"pk":{"S":"a"},"color":{"NULL":true}})"),
      "One or more parameter values were invalid: Type mismatch for Index Key color Expected: "
      "S Actual: NULL IndexName: zebra");
}

TEST_F(IndexKeys, MustNotBeEmpty) {
  EXPECT_EQ(error(R"({"pk":{"S":"a"},"code":{"B":""}})"),
            "One or more parameter values are not valid. A value specified for a secondary index "
            "key is not supported. The AttributeValue for a key attribute cannot contain an empty "
            "binary value. IndexName: ant, IndexKey: code");
  EXPECT_EQ(error(R"({"pk":{"S":"a"},"color":{"S":""}})", IndexKeyWording::kUpdate),
            "One or more parameter values are not valid. The update expression attempted to update "
            "a secondary index key to a value that is not supported. The AttributeValue for a key "
            "attribute cannot contain an empty string value.");
}

TEST_F(IndexKeys, MustNotBeTooLong) {
  EXPECT_EQ(error(R"({"pk":{"S":"a"},"color":{"S":")" + std::string(2048, 'c') + R"("}})"), "");
  EXPECT_NE(
      error(R"({"pk":{"S":"a"},"color":{"S":")" + std::string(2049, 'c') + R"("}})").find("2048"),
      std::string::npos);
}

TEST_F(IndexKeys, CountPartsOfAKeyTogether) {
  const std::string half = std::string(512, 'x');
  const auto with = [&half](const std::string& y) {
    return R"({"pk":{"S":"a"},"x":{"S":")" + half + R"("},"y":{"S":")" + y + R"("}})";
  };
  EXPECT_EQ(error(with(half)), "");
  EXPECT_NE(error(with(half + "x")).find("1024"), std::string::npos);
}

TEST_F(IndexKeys, NameTheIndexThatSortsFirst) {
  EXPECT_NE(error(R"({"pk":{"S":"a"},"color":{"N":"1"},"code":{"N":"1"}})").find("IndexName: ant"),
            std::string::npos);
}

// Items older than an index may not fit it; an update of something else must still pass.
TEST_F(IndexKeys, AreLeftAloneWhereAnUpdateDidNotTouchThem) {
  const std::string before = R"({"pk":{"S":"a"},"color":{"N":"1"}})";
  EXPECT_EQ(error(R"({"pk":{"S":"a"},"color":{"N":"1"},"other":{"N":"1"}})",
                  IndexKeyWording::kUpdate, before),
            "");
  EXPECT_NE(error(R"({"pk":{"S":"a"},"color":{"N":"2"}})", IndexKeyWording::kUpdate, before), "");
}

}  // namespace
}  // namespace understudy
