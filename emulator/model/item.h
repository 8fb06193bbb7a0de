// Item: one immutable, reference-counted block in the form the item is sent: canonical DynamoDB
// JSON text, an offset per top-level attribute, the billed size and the sort key's order-preserving
// bytes. A read without projection copies text(); everything else jumps to the attribute it needs.
//
// Canonical text: attributes and map keys in ascending order of the bytes of their (unescaped)
// names, sets sorted, numbers normalised, no blanks. Equal items have equal text, so "nothing
// changed" is one memcmp. Thread-safe: immutable, the count is atomic.
#pragma once

#include <atomic>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/buffer.h"
#include "emulator/model/value.h"

namespace understudy {

class Item;
using ItemRef = boost::intrusive_ptr<const Item>;

class Item {
 public:
  Item(const Item&) = delete;
  Item& operator=(const Item&) = delete;

  /// `{"a":{"S":"x"},"b":{"N":"1"}}`
  [[nodiscard]] std::string_view text() const { return {text_start(), text_bytes_}; }
  /// Billed bytes (A1): the 400 KB limit, capacity, SizeBytes.
  [[nodiscard]] std::size_t size_bytes() const { return size_bytes_; }
  /// Order-preserving bytes of the sort key of the collection this item was built for; may be
  /// empty.
  [[nodiscard]] std::string_view sort_key() const { return {behind(), sort_key_bytes_}; }

  [[nodiscard]] std::size_t attribute_count() const { return attribute_count_; }
  /// Position of the attribute of that (unescaped) name.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
  /// The attribute as a member: `"a":{"S":"x"}`.
  [[nodiscard]] std::string_view member_text(std::size_t position) const;
  /// Its name as it stands in the text: escaped, without quotes. Unescaped unless is_plain_json
  /// fails.
  [[nodiscard]] std::string_view escaped_name(std::size_t position) const;
  /// Its value's text: `{"S":"x"}`.
  [[nodiscard]] std::string_view value_text(std::size_t position) const;
  /// Its name, unescaped into `arena` where needed.
  [[nodiscard]] std::string_view name(std::size_t position, Arena& arena) const;
  /// Its value, decoded. Points into this block and into `arena`; lives as long as both.
  [[nodiscard]] Value value(std::size_t position, Arena& arena) const;
  /// The value of that name, decoded, or nullopt.
  [[nodiscard]] std::optional<Value> value(std::string_view name, Arena& arena) const;
  /// The whole item, decoded.
  [[nodiscard]] std::span<const MapEntry> decode(Arena& arena) const;

  /// Bytes of memory this block takes (footprint reports).
  [[nodiscard]] std::size_t block_bytes() const;

 private:
  friend class ItemBuilder;
  friend void intrusive_ptr_add_ref(const Item* item);
  friend void intrusive_ptr_release(const Item* item);
  Item() = default;
  ~Item() = default;

  // Behind the object, without gaps: the sort key, one offset into the text per attribute (of its
  // name's opening quote), the text.
  [[nodiscard]] const char* behind() const { return reinterpret_cast<const char*>(this + 1); }
  [[nodiscard]] const char* text_start() const {
    return behind() + sort_key_bytes_ + std::size_t{attribute_count_} * offset_bytes_;
  }
  [[nodiscard]] std::size_t offset(std::size_t position) const;
  /// Behind the last byte of the attribute.
  [[nodiscard]] std::size_t end_offset(std::size_t position) const;
  template <class Offset>
  [[nodiscard]] std::optional<std::size_t> find_linearly(std::string_view plain_name) const;

  mutable std::atomic<std::uint32_t> references_{0};
  std::uint32_t size_bytes_ = 0;
  std::uint32_t text_bytes_ = 0;
  std::uint32_t attribute_count_ = 0;
  std::uint16_t sort_key_bytes_ = 0;
  std::uint16_t offset_bytes_ = 0;  ///< 2, or 4 where the text needs it
};

void intrusive_ptr_add_ref(const Item* item);
void intrusive_ptr_release(const Item* item);

/// Builds an Item. Attributes come in ascending order of their names (MapEntry order of a canonical
/// map; positions of a stored item).
class ItemBuilder {
 public:
  explicit ItemBuilder(Arena& arena);
  void add(std::string_view name, const Value& value);
  /// The same of many at once, whose billed bytes are known: attributes_size_bytes().
  void add_all(std::span<const MapEntry> attributes, std::size_t size_bytes);
  /// The attributes [first, last) of a stored item as they stand, without decoding them. `from`
  /// must live until build().
  void add_stored(const Item& from, std::size_t first, std::size_t last);
  /// The finished block. `sort_key`: see Item::sort_key().
  ItemRef build(std::string_view sort_key);
  /// Billed bytes so far.
  [[nodiscard]] std::size_t size_bytes() const { return size_bytes_ + stored_size_bytes(); }

 private:
  void add_text(std::string_view name, const Value& value);
  void begin_member() {
    text_.append(text_.empty() ? '{' : ',');
    offsets_.push_back(static_cast<std::uint32_t>(text_.size()));
  }
  [[nodiscard]] std::size_t stored_size_bytes() const;

  std::size_t size_bytes_ = 0;
  ArenaVector<char> text_;
  ArenaVector<std::uint32_t> offsets_;
  // Attributes taken from a stored item, in ascending order. They are sized together: when most of
  // an item is kept, sizing the few others is less work.
  const Item* stored_ = nullptr;
  ArenaVector<std::uint32_t> stored_positions_;
};

/// Shorthand: the item of a canonical map. `size_bytes`: its attributes_size_bytes().
ItemRef make_item(std::span<const MapEntry> attributes, std::size_t size_bytes,
                  std::string_view sort_key, Arena& arena);
ItemRef make_item(std::span<const MapEntry> attributes, std::string_view sort_key, Arena& arena);

}  // namespace understudy
