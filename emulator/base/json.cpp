#include "emulator/base/json.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include "emulator/base/json_escape.h"
#include "emulator/base/text_scan.h"
#include "emulator/base/utf8.h"
#include "emulator/base/work_counters.h"

namespace understudy {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class Parser {
 public:
  Parser(std::string_view document, Arena& arena)
      : begin_(document.data()),
        at_(begin_),
        end_(begin_ + document.size()),
        arena_(&arena),
        slots_(arena) {}

  Expected<JsonNode, JsonSyntaxError> parse() {
    if (end_ - begin_ > std::numeric_limits<std::uint32_t>::max()) {
      return Unexpected{JsonSyntaxError{0, "document too large"}};
    }
    slots_.reserve(kFirstSlots);
    add_slot();
    if (!parse_document()) {
      return Unexpected{JsonSyntaxError{static_cast<std::size_t>(at_ - begin_), reason_}};
    }
    return slots_[0].value;
  }

 private:
  // Open containers. Their finished children wait in slots_ from `first` on, until closing moves
  // them into an array of their own.
  struct Frame {
    std::uint32_t first;
    bool is_object;
  };
  static constexpr std::size_t kFirstSlots = 48;

  bool fail(const char* reason) {
    reason_ = reason;
    return false;
  }

  [[gnu::noinline]] void skip_blanks() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) {
      ++at_;
    }
  }
  /// Moves to the next byte that is no blank; false at the end of the document.
  bool next_token() {
    if (at_ != end_ && static_cast<unsigned char>(*at_) > ' ') {
      return true;
    }
    skip_blanks();
    return at_ < end_ || fail("document ends early");
  }
  bool take(char c) {
    if (!next_token() || *at_ != c) {
      return false;
    }
    ++at_;
    return true;
  }

  // Each round reads one value into the newest slot, or opens a container. Then as many containers
  // as end there are closed, each into the slot it was opened for.
  bool parse_document() {
    do {
      bool opened = false;
      if (at_value_) {
        if (!next_token() || !read_value(opened)) {
          return false;
        }
        if (opened) {
          continue;
        }
      }
      at_value_ = true;
      while (depth_ > 0) {
        if (!next_token()) {
          return false;
        }
        const Frame& frame = frames_[depth_ - 1];
        const char c = *at_++;
        if (c == ',') {
          if (!new_slot(frame.is_object)) {
            return false;
          }
          break;
        }
        if (c != (frame.is_object ? '}' : ']')) {
          --at_;
          return fail("comma or end of container expected");
        }
        close();
      }
    } while (depth_ > 0);
    skip_blanks();
    return at_ == end_ || fail("text behind the document");
  }

  // Slots are written member by member, in place: a whole one copied at once has to wait until its
  // parts have left the store buffer, which cost a third of the time.
  JsonMember& add_slot() {
    JsonMember* slot = slots_.grow(1);
    slots_.commit(1);
    return *slot;
  }
  static void set(JsonNode& node, JsonKind kind, std::size_t size, const char* bytes) {
    node.kind = kind;
    node.plain = false;
    node.size = static_cast<std::uint32_t>(size);
    node.bytes = bytes;
  }

  /// Makes the slot for a container's next child and, in an object, reads the child's name.
  bool new_slot(bool in_object) {
    const char* behind_name = nullptr;
    if (in_object && read_tagged_members(behind_name)) {
      at_value_ = false;
      return true;
    }
    JsonMember& slot = add_slot();
    if (!in_object) {
      return true;
    }
    if (behind_name != nullptr && behind_name[0] == '"' && behind_name[1] == ':') {
      slot.name = {at_ + 1, static_cast<std::size_t>(behind_name - at_ - 1)};
      at_ = behind_name + 2;
      return true;
    }
    if (!take('"')) {
      return fail("member name expected");
    }
    return read_string(slot.name) && (take(':') || fail("colon expected"));
  }

  bool read_value(bool& opened) {
    JsonNode& value = slots_.back().value;
    switch (*at_) {
      case '"': {
        ++at_;
        std::string_view text;
        if (!read_string(text)) {
          return false;
        }
        set(value, JsonKind::kString, text.size(), text.data());
        // Unescaped text stands in the arena, text as sent in front of its closing quote.
        value.plain = text.data() + text.size() + 1 == at_;
        return true;
      }
      case '{':
        return read_tagged_string(value) || open(true, opened);
      case '[':
        return open(false, opened);
      case 't':
        set(value, JsonKind::kTrue, 0, nullptr);
        return read_word("true");
      case 'f':
        set(value, JsonKind::kFalse, 0, nullptr);
        return read_word("false");
      case 'n':
        set(value, JsonKind::kNull, 0, nullptr);
        return read_word("null");
      default:
        return read_number(value);
    }
  }

  /// `{"S":"…"}`, with or without a blank behind the colon: most of what a request consists of is
  /// objects of one member whose name is a letter and whose value is plain text. False: it is
  /// something else, and nothing was read.
  bool read_tagged_string(JsonNode& node) {
    constexpr std::ptrdiff_t kBytesMin = 8;  // {"S":""}
    if (end_ - at_ <= kBytesMin || at_[1] != '"' || at_[3] != '"' || at_[4] != ':' ||
        at_[2] < 'A' || at_[2] > 'Z' || depth_ == kJsonDepthMax) {
      return false;
    }
    const char* const quote = at_ + 5 + (at_[5] == ' ' ? 1 : 0);
    if (*quote != '"') {
      return false;
    }
    const char* const text = quote + 1;
    const char* const after = find_json_special<NonAscii::kEnds>(text, end_);
    if (end_ - after < 2 || after[0] != '"' || after[1] != '}') {
      return false;
    }
    auto* member = arena_->make_array<JsonMember>(1);
    member->name = {at_ + 2, 1};
    set(member->value, JsonKind::kString, static_cast<std::size_t>(after - text), text);
    member->value.plain = true;
    set_tagged(node, member);
    at_ = after + 2;
    return true;
  }

  /// Members `"name":{"S":"…"}` of an object, as many as stand here one behind the other: nearly
  /// all of an item, read without going through the states of the loop above. True: `at_` stands at
  /// the brace that ends the object. False: in front of a member that is anything else;
  /// `behind_name` is the first special byte of its name if it was looked at. What is fixed between
  /// the texts is compared a word at a time. All through local pointers: a member of
  /// this class would be read again after every write to the tree.
  bool read_tagged_members(const char*& behind_name) {
    constexpr std::ptrdiff_t kFixedBytesMax =
        16;  // What is looked at without asking where it ends.
    if (depth_ == 1 || depth_ == kJsonDepthMax) {  // A request's own members are no values.
      return false;
    }
    const char* const end = end_;
    const char* at = at_ + (at_ != end_ && *at_ == ' ' ? 1 : 0);
    const bool from_first = frames_[depth_ - 1].first == slots_.size();
    std::uint32_t tags = 0;      // A bit for each letter.
    std::size_t name_sizes = 0;  // All bits that any has.
    bool ended = false;
    JsonMember* member = slots_.end();
    const JsonMember* slots_end = slots_.begin() + slots_.capacity();
    JsonMember* value = values_;
    const JsonMember* values_end = values_end_;
    while (end - at > kFixedBytesMax && *at == '"') {
      const char* const name = at + 1;
      const char* const name_end = find_json_special<NonAscii::kEnds>(name, end);
      if (end - name_end <= kFixedBytesMax) {
        break;
      }
      const std::size_t fixed_bytes = tag_bytes(name_end);
      if (fixed_bytes == 0) {
        behind_name = name_end;
        break;
      }
      const char* const text = name_end + fixed_bytes;
      const char* const behind_text = find_json_special<NonAscii::kEnds>(text, end);
      if (end - behind_text < 4 || behind_text[0] != '"' || behind_text[1] != '}') {
        break;
      }
      if (member == slots_end) {
        slots_.commit(static_cast<std::size_t>(member - slots_.end()));
        member = slots_.grow(1);
        slots_end = slots_.begin() + slots_.capacity();
      }
      if (value == values_end) {
        value = arena_->make_array<JsonMember>(kValuesAtOnce);
        values_end = value + kValuesAtOnce;
      }
      const char* const tag = text - (fixed_bytes == kCompactTagBytes ? 4 : 5);
      tags |= tag_bit(*tag);
      name_sizes |= static_cast<std::size_t>(name_end - name);
      value->name = {tag, 1};
      set(value->value, JsonKind::kString, static_cast<std::size_t>(behind_text - text), text);
      value->value.plain = true;
      member->name = {name, static_cast<std::size_t>(name_end - name)};
      set_tagged(member->value, value);
      ++member;
      ++value;
      at = behind_text + 2;
      if (*at != ',') {
        ended = true;
        break;
      }
      at += at[1] == ' ' ? 2 : 1;
    }
    slots_.commit(static_cast<std::size_t>(member - slots_.end()));
    values_ = value;
    values_end_ = values_end;
    at_ = at;
    plain_object_ = ended && *at == '}' && from_first && name_sizes <= kPlainNameBytesMax &&
                    (tags & ~(tag_bit('S') | tag_bit('N'))) == 0;
    return ended;
  }
  static std::uint32_t tag_bit(char letter) { return std::uint32_t{1} << (letter - 'A'); }

  /// `node` becomes an object of that one member.
  static void set_tagged(JsonNode& node, const JsonMember* member) {
    node.kind = JsonKind::kObject;
    node.plain = false;
    node.size = 1;
    node.first_member = member;
  }

  static constexpr std::size_t kCompactTagBytes = 8;
  /// Length of `":{"S":"` at `at` for any tag of one letter, the same with blanks behind the
  /// colons; 0: it is something else. Looks at 10 bytes.
  static std::size_t tag_bytes(const char* at) {
    if constexpr (std::endian::native != std::endian::little) {
      return 0;
    }
    const auto matches = [](const char* from, const char(&wanted)[9], std::size_t letter) {
      std::uint64_t word = 0;
      std::uint64_t pattern = 0;
      std::memcpy(&word, from, 8);
      std::memcpy(&pattern, wanted, 8);
      return ((word ^ pattern) & ~(std::uint64_t{0xFF} << (8 * letter))) == 0 &&
             from[letter] >= 'A' && from[letter] <= 'Z';
    };
    if (matches(at, "\":{\"S\":\"", 4)) {
      return kCompactTagBytes;
    }
    return matches(at, "\": {\"S\":", 5) && at[8] == ' ' && at[9] == '"' ? 10 : 0;
  }

  bool open(bool is_object, bool& opened) {
    if (depth_ == kJsonDepthMax) {
      return fail("nested too deeply");
    }
    ++at_;
    frames_[depth_++] = {static_cast<std::uint32_t>(slots_.size()), is_object};
    if (!next_token()) {
      return false;
    }
    if (*at_ == (is_object ? '}' : ']')) {
      ++at_;
      close();
      return true;
    }
    opened = true;
    return new_slot(is_object);
  }

  void close() {
    const Frame frame = frames_[--depth_];
    const std::size_t count = slots_.size() - frame.first;
    const JsonMember* children = slots_.data() + frame.first;
    JsonNode& node = slots_[frame.first - 1].value;
    node.size = static_cast<std::uint32_t>(count);
    node.plain = std::exchange(plain_object_, false);
    if (frame.is_object) {
      node.kind = JsonKind::kObject;
      auto* members = arena_->make_array<JsonMember>(count);
      if (count == 1) {
        *members = *children;  // An attribute value, nearly always.
      } else {
        std::memcpy(static_cast<void*>(members), children, count * sizeof(JsonMember));
      }
      node.first_member = members;
    } else {
      node.kind = JsonKind::kArray;
      auto* elements = arena_->make_array<JsonNode>(count);
      for (std::size_t i = 0; i < count; ++i) {
        elements[i] = children[i].value;
      }
      node.first_element = elements;
    }
    slots_.resize_down(frame.first);
  }

  /// `at_` stands behind the opening quote and moves behind the closing one.
  bool read_string(std::string_view& text) {
    const char* const start = at_;
    at_ = find_json_special<NonAscii::kEnds>(at_, end_);
    if (at_ < end_ && *at_ == '"') {
      text = {start, static_cast<std::size_t>(at_ - start)};
      ++at_;
      return true;
    }
    return read_special_string(start, text);
  }

  [[gnu::noinline]] bool read_special_string(const char* start, std::string_view& text) {
    bool escaped = false;
    for (; at_ < end_; at_ = find_json_special<NonAscii::kEnds>(at_, end_)) {
      const char c = *at_;
      if (c == '"') {
        const std::string_view raw(start, static_cast<std::size_t>(at_ - start));
        text = escaped ? unescape_json(raw, *arena_) : raw;
        ++at_;
        return true;
      }
      if (c == '\\') {
        escaped = true;
        const char* reason = nullptr;
        const char* const after = end_of_escape(at_, end_, reason);
        if (after == nullptr) {
          return fail(reason);
        }
        at_ = after;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        return fail("control character in a string");
      } else {
        do {
          const std::size_t bytes = utf8_sequence_bytes(at_, end_);
          if (bytes == 0) {
            return fail("invalid UTF-8");
          }
          at_ += bytes;
        } while (at_ < end_ && static_cast<unsigned char>(*at_) >= 0x80);
      }
    }
    return fail("string without end");
  }

  bool read_word(std::string_view word) {
    if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).substr(0, word.size()) !=
        word) {
      return fail("value expected");
    }
    at_ += word.size();
    return true;
  }

  bool read_digits() {
    const char* const start = at_;
    while (at_ < end_ && is_digit(*at_)) {
      ++at_;
    }
    return at_ > start || fail("digit expected");
  }

  [[gnu::noinline]] bool read_number(JsonNode& value) {
    const char* const start = at_;
    if (*at_ == '-') {
      ++at_;
    } else if (!is_digit(*at_)) {
      return fail("value expected");
    }
    if (at_ < end_ && *at_ == '0') {
      ++at_;
    } else if (!read_digits()) {
      return false;
    }
    JsonKind kind = JsonKind::kInteger;
    if (at_ < end_ && *at_ == '.') {
      kind = JsonKind::kDecimal;
      ++at_;
      if (!read_digits()) {
        return false;
      }
    }
    if (at_ < end_ && (*at_ == 'e' || *at_ == 'E')) {
      kind = JsonKind::kDecimal;
      ++at_;
      if (at_ < end_ && (*at_ == '+' || *at_ == '-')) {
        ++at_;
      }
      if (!read_digits()) {
        return false;
      }
    }
    set(value, kind, static_cast<std::size_t>(at_ - start), start);
    return true;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  Arena* arena_;
  // Finished children of open containers; the last slot is the one being read, slot 0 the document.
  ArenaVector<JsonMember> slots_;
  static constexpr std::size_t kValuesAtOnce = 8;
  JsonMember* values_ = nullptr;  // Room for what read_tagged_members() makes, up to values_end_.
  const JsonMember* values_end_ = nullptr;
  std::size_t depth_ = 0;
  bool at_value_ = true;       // False: what was read last ends its container.
  bool plain_object_ = false;  // The object about to be closed is plain.
  const char* reason_ = "";
  std::array<Frame, kJsonDepthMax> frames_;  // Used up to depth_.
};

}  // namespace

Expected<JsonNode, JsonSyntaxError> parse_json(std::string_view document, Arena& arena) {
  count_json_parse();
  return Parser(document, arena).parse();
}

}  // namespace understudy
