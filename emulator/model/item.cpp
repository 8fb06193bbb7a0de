#include "emulator/model/item.h"

#include <cstring>
#include <limits>
#include <new>

#include "emulator/base/check.h"
#include "emulator/base/json.h"
#include "emulator/base/text_scan.h"
#include "emulator/model/canonical_reader.h"
#include "emulator/model/canonical_writer.h"
#include "emulator/model/item_memory.h"
#include "emulator/model/json_codec.h"

namespace understudy {
namespace {

/// Up to this many attributes looking at each is faster than a binary search.
constexpr std::size_t kLinearAttributesMax = 16;

bool is_escaped(std::string_view raw) {
  return raw.find('\\') != std::string_view::npos;
}

/// Billed bytes of `"name":{…}`.
std::size_t member_size_bytes(std::string_view member) {
  CanonicalReader reader(member);
  const std::size_t name_bytes = reader.skip_string();
  reader.expect(':');
  return name_bytes + reader.skip_value();
}

bool escaped_precedes(std::string_view escaped, std::string_view name) {
  if (!is_escaped(escaped)) {
    return escaped < name;
  }
  Arena arena(escaped.size() + 64);
  return unescape_json(escaped, arena) < name;
}

}  // namespace

void intrusive_ptr_add_ref(const Item* item) {
  item->references_.fetch_add(1, std::memory_order_relaxed);
}

void intrusive_ptr_release(const Item* item) {
  if (item->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    const std::size_t bytes = item->block_bytes();
    item->~Item();
    give_back_item_block(const_cast<Item*>(item), bytes);
  }
}

std::size_t Item::offset(std::size_t position) const {
  const char* at = behind() + sort_key_bytes_ + position * offset_bytes_;
  if (offset_bytes_ == sizeof(std::uint16_t)) {
    std::uint16_t narrow = 0;
    std::memcpy(&narrow, at, sizeof(narrow));
    return narrow;
  }
  std::uint32_t wide = 0;
  std::memcpy(&wide, at, sizeof(wide));
  return wide;
}

std::size_t Item::end_offset(std::size_t position) const {
  // One byte less: the comma in front of the next attribute, or the last brace.
  return (position + 1 < attribute_count_ ? offset(position + 1) : text_bytes_) - 1;
}

template <class Offset>
std::optional<std::size_t> Item::find_linearly(std::string_view plain_name) const {
  const char* offsets = behind() + sort_key_bytes_;
  const char* const start = text_start();
  const std::size_t length = plain_name.size();
  for (std::size_t position = 0; position < attribute_count_; ++position) {
    Offset offset = 0;
    std::memcpy(&offset, offsets + position * sizeof(Offset), sizeof(Offset));
    // Behind the opening quote. A plain name followed by a quote is the whole name.
    const std::size_t name = std::size_t{offset} + 1;
    if (name + length < text_bytes_ && start[name + length] == '"' &&
        start[name] == plain_name[0] && std::memcmp(start + name, plain_name.data(), length) == 0) {
      return position;
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> Item::find(std::string_view name) const {
  if (name.empty()) {
    return std::nullopt;
  }
  if (attribute_count_ <= kLinearAttributesMax && is_short_plain_json(name)) {
    return offset_bytes_ == sizeof(std::uint16_t) ? find_linearly<std::uint16_t>(name)
                                                  : find_linearly<std::uint32_t>(name);
  }
  std::size_t low = 0;
  std::size_t high = attribute_count_;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (escaped_precedes(escaped_name(middle), name)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  Arena arena(name.size() + 64);
  if (low == attribute_count_ || this->name(low, arena) != name) {
    return std::nullopt;
  }
  return low;
}

std::string_view Item::member_text(std::size_t position) const {
  const std::size_t start = offset(position);
  return text().substr(start, end_offset(position) - start);
}

std::string_view Item::escaped_name(std::size_t position) const {
  return CanonicalReader(text().substr(offset(position))).read_raw_string();
}

std::string_view Item::value_text(std::size_t position) const {
  const std::string_view member = member_text(position);
  return member.substr(CanonicalReader(member).read_raw_string().size() + 3);  // Quotes and colon.
}

std::string_view Item::name(std::size_t position, Arena& arena) const {
  const std::string_view escaped = escaped_name(position);
  return is_escaped(escaped) ? unescape_json(escaped, arena) : escaped;
}

Value Item::value(std::size_t position, Arena& arena) const {
  return decode_canonical(value_text(position), arena);
}

std::optional<Value> Item::value(std::string_view name, Arena& arena) const {
  const auto position = find(name);
  if (!position) {
    return std::nullopt;
  }
  return value(*position, arena);
}

std::span<const MapEntry> Item::decode(Arena& arena) const {
  auto* entries = arena.make_array<MapEntry>(attribute_count_);
  CanonicalReader reader(text());
  for (std::size_t i = 0; i < attribute_count_; ++i) {
    reader.expect(i == 0 ? '{' : ',');
    entries[i].name = reader.read_string(arena);
    reader.expect(':');
    entries[i].value = reader.read_value(arena);
  }
  return {entries, attribute_count_};
}

std::size_t Item::block_bytes() const {
  return static_cast<std::size_t>(text_start() - reinterpret_cast<const char*>(this)) + text_bytes_;
}

ItemBuilder::ItemBuilder(Arena& arena) : text_(arena), offsets_(arena), stored_positions_(arena) {}

void ItemBuilder::add(std::string_view name, const Value& value) {
  add_text(name, value);
  size_bytes_ += name.size() + value_size_bytes(value);
}

void ItemBuilder::add_text(std::string_view name, const Value& value) {
  begin_member();
  write_json_string(text_, name);
  text_.append(':');
  write_value(text_, value);
}

namespace {

constexpr std::string_view kStringBegins = R"(":{"S":")";
constexpr std::string_view kNumberBegins = R"(":{"N":")";
constexpr std::string_view kTextEnds = R"("})";
constexpr std::string_view kMemberBegins = R"(,")";

bool is_plain_string(const Value& value) {
  return value.type == ValueType::kString && value.plain;
}

/// Upper bound of what write_short_form() writes, in front of it a comma or brace.
std::size_t short_form_bytes_max(std::string_view name, const Value& value) {
  constexpr std::size_t kFixedBytes = 2 + kStringBegins.size() + kTextEnds.size();
  return kFixedBytes + name.size() + (is_plain_string(value) ? value.size : kNumberTextMax);
}

/// Writes `"name":{"S":"…"}` or `"name":{"N":"…"}`, what most attributes are, and returns where it
/// ends; nullptr: it is not of that form, or the name needs escapes.
inline char* write_short_form(char* to, std::string_view name, const Value& value) {
  const bool plain = is_plain_string(value);
  if ((!plain && value.type != ValueType::kNumber) || !copy_plain_json(name, to + 1)) {
    return nullptr;
  }
  *to = '"';
  to += 1 + name.size();
  std::memcpy(to, (plain ? kStringBegins : kNumberBegins).data(), kStringBegins.size());
  to += kStringBegins.size();
  if (plain) {
    std::memcpy(to, value.bytes, value.size);
    to += value.size;
  } else {
    to += format_number(value.number(), to);
  }
  std::memcpy(to, kTextEnds.data(), kTextEnds.size());
  return to + kTextEnds.size();
}

bool stands_at(const char* at, std::string_view text) {
  return std::memcmp(at, text.data(), text.size()) == 0;
}

/// Where `"name":{"S":"…"}` ends if the text that the two were read from has it in this form;
/// nullptr: it has not. A value that close behind a name was sent with it, so the name stands
/// there without escapes, and behind the value there is at least a brace.
inline const char* end_as_read(std::string_view name, const Value& value) {
  const char* const behind_name = name.data() + name.size();
  const char* const behind_value = value.bytes + value.size;
  return is_plain_string(value) && value.bytes == behind_name + kStringBegins.size() &&
                 stands_at(behind_name, kStringBegins) && stands_at(behind_value, kTextEnds)
             ? behind_value + kTextEnds.size()
             : nullptr;
}

/// Copies the attributes from `at` on that were read from one text, where they stand one behind the
/// other in canonical form: nearly all of an item that comes without blanks. Moves `at` behind the
/// last of them and `offset` behind their offsets; `begin` is the offset of what is written to
/// `to`. Returns where the copy ends: `to` if there is no such attribute.
inline char* copy_as_read(std::span<const MapEntry>::iterator& at,
                          std::span<const MapEntry>::iterator end, char* to, std::size_t begin,
                          std::uint32_t*& offset) {
  const char* read_end = end_as_read(at->name, at->value);
  if (read_end == nullptr) {
    return to;
  }
  const char* const read = at->name.data() - 1;
  for (const char* next_end = read_end; next_end != nullptr;) {
    read_end = next_end;
    *offset++ =
        static_cast<std::uint32_t>(begin) + static_cast<std::uint32_t>(at->name.data() - 1 - read);
    ++at;
    const bool adjoins = at != end && at->name.data() == read_end + kMemberBegins.size() &&
                         stands_at(read_end, kMemberBegins);
    next_end = adjoins ? end_as_read(at->name, at->value) : nullptr;
  }
  const auto bytes = static_cast<std::size_t>(read_end - read);
  std::memcpy(to, read, bytes);
  return to + bytes;
}

}  // namespace

// Written through local pointers: a member that is written through for every byte is read again
// after it.
void ItemBuilder::add_all(std::span<const MapEntry> attributes, std::size_t size_bytes) {
  std::size_t bytes_max = 0;
  for (const MapEntry& attribute : attributes) {
    bytes_max += short_form_bytes_max(attribute.name, attribute.value);
  }
  char* to = text_.grow(bytes_max);
  std::uint32_t* offset = offsets_.grow(attributes.size());
  std::size_t begin = text_.size();
  char separator = begin == 0 ? '{' : ',';
  for (auto attribute = attributes.begin(); attribute != attributes.end();) {
    char* end = copy_as_read(attribute, attributes.end(), to + 1, begin + 1, offset);
    if (end == to + 1) {
      const auto& [name, value] = *attribute++;
      end = write_short_form(to + 1, name, value);
      if (end == nullptr) {
        text_.commit(begin - text_.size());
        offsets_.commit(static_cast<std::size_t>(offset - offsets_.end()));
        add_text(name, value);
        begin = text_.size();
        to = text_.grow(bytes_max);
        offset = offsets_.grow(attributes.size());
        separator = ',';
        continue;
      }
      *offset++ = static_cast<std::uint32_t>(begin + 1);
    }
    *to = separator;
    begin += static_cast<std::size_t>(end - to);
    to = end;
    separator = ',';
  }
  text_.commit(begin - text_.size());
  offsets_.commit(static_cast<std::size_t>(offset - offsets_.end()));
  size_bytes_ += size_bytes;
}

void ItemBuilder::add_stored(const Item& from, std::size_t first, std::size_t last) {
  if (first == last) {
    return;
  }
  if (stored_ != &from) {
    size_bytes_ += stored_size_bytes();
    stored_positions_.resize_down(0);
    stored_ = &from;
  }
  // They stand one behind the other there, too, and are copied as one.
  const std::size_t begin = from.offset(first);
  const std::size_t shift = text_.size() + 1 - begin;
  text_.append(text_.empty() ? '{' : ',');
  text_.append(from.text().substr(begin, from.end_offset(last - 1) - begin));
  std::uint32_t* offset = offsets_.grow(last - first);
  std::uint32_t* stored = stored_positions_.grow(last - first);
  for (std::size_t position = first; position < last; ++position) {
    *offset++ = static_cast<std::uint32_t>(from.offset(position) + shift);
    *stored++ = static_cast<std::uint32_t>(position);
  }
  offsets_.commit(last - first);
  stored_positions_.commit(last - first);
}

std::size_t ItemBuilder::stored_size_bytes() const {
  if (stored_ == nullptr) {
    return 0;
  }
  const bool mostly_kept = stored_positions_.size() * 2 > stored_->attribute_count();
  std::size_t size = 0;
  if (!mostly_kept) {
    for (const std::uint32_t position : stored_positions_) {
      size += member_size_bytes(stored_->member_text(position));
    }
    return size;
  }
  const std::uint32_t* kept = stored_positions_.begin();
  for (std::size_t position = 0; position < stored_->attribute_count(); ++position) {
    if (kept != stored_positions_.end() && *kept == position) {
      ++kept;
    } else {
      size += member_size_bytes(stored_->member_text(position));
    }
  }
  CHECK(kept == stored_positions_.end());
  return stored_->size_bytes() - size;
}

namespace {

template <class Offset>
char* copy_offsets(std::span<const std::uint32_t> offsets, char* to) {
  for (const std::uint32_t offset : offsets) {
    const auto stored = static_cast<Offset>(offset);
    std::memcpy(to, &stored, sizeof(stored));
    to += sizeof(stored);
  }
  return to;
}

}  // namespace

ItemRef ItemBuilder::build(std::string_view sort_key) {
  if (text_.empty()) {
    text_.append('{');
  }
  text_.append('}');
  constexpr std::size_t kNarrowMax = std::numeric_limits<std::uint16_t>::max();
  CHECK(sort_key.size() <= kNarrowMax);
  CHECK(text_.size() <= std::numeric_limits<std::uint32_t>::max());
  const std::size_t offset_bytes =
      text_.size() <= kNarrowMax ? sizeof(std::uint16_t) : sizeof(std::uint32_t);

  const std::size_t block_bytes =
      sizeof(Item) + sort_key.size() + offsets_.size() * offset_bytes + text_.size();
  void* block = take_item_block(block_bytes);
  auto* item = new (block) Item();
  item->size_bytes_ = static_cast<std::uint32_t>(size_bytes());
  item->text_bytes_ = static_cast<std::uint32_t>(text_.size());
  item->attribute_count_ = static_cast<std::uint32_t>(offsets_.size());
  item->sort_key_bytes_ = static_cast<std::uint16_t>(sort_key.size());
  item->offset_bytes_ = static_cast<std::uint16_t>(offset_bytes);

  char* to = static_cast<char*>(block) + sizeof(Item);
  if (!sort_key.empty()) {
    std::memcpy(to, sort_key.data(), sort_key.size());
    to += sort_key.size();
  }
  to = offset_bytes == sizeof(std::uint16_t) ? copy_offsets<std::uint16_t>(offsets_.span(), to)
                                             : copy_offsets<std::uint32_t>(offsets_.span(), to);
  std::memcpy(to, text_.data(), text_.size());
  return ItemRef(item);
}

ItemRef make_item(std::span<const MapEntry> attributes, std::size_t size_bytes,
                  std::string_view sort_key, Arena& arena) {
  ItemBuilder builder(arena);
  builder.add_all(attributes, size_bytes);
  return builder.build(sort_key);
}

ItemRef make_item(std::span<const MapEntry> attributes, std::string_view sort_key, Arena& arena) {
  return make_item(attributes, attributes_size_bytes(attributes), sort_key, arena);
}

}  // namespace understudy
