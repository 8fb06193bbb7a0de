#include "emulator/model/json_codec.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/base/base64.h"
#include "emulator/base/text_scan.h"
#include "emulator/model/canonical_reader.h"
#include "emulator/model/canonical_writer.h"

namespace understudy {
namespace {

constexpr std::string_view kInvalid = "One or more parameter values were invalid: ";
constexpr std::string_view kEmptyValue =
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
constexpr std::string_view kEmptyName = "Empty attribute name";
constexpr std::string_view kTwoTypes =
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
    "supported datatypes";

std::string invalid(std::string_view what) {
  return std::string(kInvalid).append(what);
}

std::optional<ValueType> type_of_tag(std::string_view tag) {
  if (tag.size() == 1) {
    switch (tag[0]) {
      case 'S':
        return ValueType::kString;
      case 'N':
        return ValueType::kNumber;
      case 'B':
        return ValueType::kBinary;
      case 'L':
        return ValueType::kList;
      case 'M':
        return ValueType::kMap;
      default:
        return std::nullopt;
    }
  }
  for (const ValueType type : {ValueType::kBool, ValueType::kNull, ValueType::kStringSet,
                               ValueType::kNumberSet, ValueType::kBinarySet}) {
    if (tag == type_name(type)) {
      return type;
    }
  }
  return std::nullopt;
}

/// Booleans as the service converts them: strings for true are `true`, `1` and `yes` in any case.
/// Source: F4.
bool is_true(const JsonNode& node) {
  if (!node.is(JsonKind::kString)) {
    return node.is(JsonKind::kTrue);
  }
  const auto matches = [text = node.text()](std::string_view word) {
    return std::ranges::equal(text, word, [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
  };
  return matches("true") || matches("1") || matches("yes");
}

/// Place of the first member that stands in front of it already, in a set that has one. `compare`
/// is less-than.
template <class T, class Less>
std::size_t first_repeat(std::span<const T> members, Less less) {
  std::vector<std::size_t> places(members.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i] = i;
  }
  std::ranges::sort(places, [&](std::size_t a, std::size_t b) {
    return less(members[a], members[b]) || (!less(members[b], members[a]) && a < b);
  });
  std::size_t first = members.size() - 1;
  for (std::size_t i = 1; i < places.size(); ++i) {
    if (!less(members[places[i - 1]], members[places[i]])) {
      first = std::min(first, places[i]);
    }
  }
  return first;
}

/// Sentence for a set of strings or binaries with duplicates. `members` are as sent (raw bytes of a
/// binary set), `texts` what is shown of them.
/// Case: AWS capture, 2026-10. The current layer quotes the members and sorts those in front of the
/// first repeat; the older one shows them as sent.
std::string duplicates_text(ValueType type, std::span<const std::string_view> members,
                            std::span<const JsonNode> texts, ValueLayer layer) {
  std::vector<std::size_t> order(members.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  const bool binary = type == ValueType::kBinarySet;
  const bool current = layer == ValueLayer::kCurrent;
  if (current) {
    const auto sorted = static_cast<std::ptrdiff_t>(first_repeat(members, std::less<>()));
    std::sort(order.begin(), order.begin() + sorted,
              [&](std::size_t a, std::size_t b) { return members[a] < members[b]; });
  }
  const std::string_view quote = current ? "\"" : "";
  std::string text = invalid("Input collection [");
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0) {
      text.append(current && binary ? "," : ", ");
    }
    text.append(quote).append(texts[order[i]].text()).append(quote);
  }
  return text.append(binary ? "]of type BS contains duplicates." : "] contains duplicates.");
}

void set_string(const JsonNode& node, Value& value) {
  value.type = ValueType::kString;
  value.boolean = false;
  value.plain = node.plain;
  value.size = node.size;
  value.bytes = node.bytes;
}

class Decoder {
 public:
  Decoder(Arena& arena, DecodeOptions options) : arena_(&arena), options_(options) {}

  /// `level` is 1 for an attribute's own value. False: error() says why.
  bool decode(const JsonNode& node, std::size_t level, Value& value);
  bool decode_entries(const JsonNode& node, std::size_t level, std::span<const MapEntry>& entries);
  /// The same of an item's attributes, by the order of those before it where there were any.
  bool decode_item(const JsonNode& node, std::span<const MapEntry>& entries);
  ApiError error() { return std::move(*error_); }

 private:
  bool fail(std::string_view message) {
    error_.emplace(ErrorKind::kValidationException, std::string(message));
    return false;
  }
  bool decode_as(ValueType type, const JsonNode& node, std::size_t level, Value& value);
  bool decode_odd(std::span<const JsonMember> members, std::size_t level, Value& value);
  bool decode_number(const JsonNode& node, Number& number);
  bool decode_binary(const JsonNode& node, std::string_view& raw);
  bool decode_number_set(std::span<const JsonNode> nodes, Value& value);
  bool decode_string_set(ValueType type, std::span<const JsonNode> nodes, Value& value);
  bool decode_list(const JsonNode& node, std::size_t level, Value& value);
  bool check_name(std::string_view name);
  /// `plain`: it is one of a plain object's.
  bool decode_member(const JsonNode& value, bool plain, std::size_t level, Value& to) {
    if (!plain) {
      return decode(value, level, to);
    }
    const JsonMember& only = *value.first_member;
    if (only.name[0] == 'S') {
      set_string(only.value, to);
      return true;
    }
    return decode_as(ValueType::kNumber, only.value, level, to);
  }
  bool decode_in_known_order(const JsonNode& node, MapEntry* entries);

  Arena* arena_;
  DecodeOptions options_;
  std::optional<ApiError> error_;
};

bool Decoder::decode(const JsonNode& node, std::size_t level, Value& value) {
  if (level > options_.nesting_max) {
    return fail(kNestingMessage);
  }
  if (!node.is(JsonKind::kObject)) {
    return fail(kEmptyValue);
  }
  const auto members = node.members();
  if (members.size() == 1) [[likely]] {
    if (members[0].name == "S" && members[0].value.is(JsonKind::kString)) [[likely]] {
      set_string(members[0].value, value);
      return true;
    }
    const auto type = type_of_tag(members[0].name);
    if (type && !members[0].value.is_null()) [[likely]] {
      return decode_as(*type, members[0].value, level, value);
    }
  }
  return decode_odd(members, level, value);
}

/// A value of no type, of several, or with members that count for nothing (null or unknown).
bool Decoder::decode_odd(std::span<const JsonMember> members, std::size_t level, Value& value) {
  constexpr std::size_t kTypes = 10;
  std::array<const JsonNode*, kTypes> nodes = {};
  for (const JsonMember& member : members) {
    if (const auto type = type_of_tag(member.name)) {
      nodes[static_cast<std::size_t>(*type)] = member.value.is_null() ? nullptr : &member.value;
    }
  }
  // The service looks at each type's content before it counts the types.
  // Source: DLT:validations/index.js, which has the types in this order.
  constexpr std::array kOrder = {
      ValueType::kString, ValueType::kBinary,    ValueType::kNumber,    ValueType::kBool,
      ValueType::kNull,   ValueType::kBinarySet, ValueType::kNumberSet, ValueType::kStringSet,
      ValueType::kList,   ValueType::kMap};
  std::size_t count = 0;
  for (const ValueType type : kOrder) {
    if (const JsonNode* node = nodes[static_cast<std::size_t>(type)]; node != nullptr) {
      ++count;
      if (!decode_as(type, *node, level, value)) {
        return false;
      }
    }
  }
  if (count != 1) {
    return fail(count == 0 ? kEmptyValue : kTwoTypes);
  }
  return true;
}

bool Decoder::decode_as(ValueType type, const JsonNode& node, std::size_t level, Value& value) {
  const bool wants_array = type == ValueType::kList || type == ValueType::kStringSet ||
                           type == ValueType::kNumberSet || type == ValueType::kBinarySet;
  const bool wants_string =
      type == ValueType::kString || type == ValueType::kNumber || type == ValueType::kBinary;
  // The shape gate has refused these; whoever calls without it gets an answer all the same.
  if ((wants_array && !node.is(JsonKind::kArray)) ||
      (wants_string && !node.is(JsonKind::kString)) ||
      (type == ValueType::kMap && !node.is(JsonKind::kObject))) {
    return fail(kEmptyValue);
  }
  switch (type) {
    case ValueType::kString:
      set_string(node, value);
      return true;
    case ValueType::kNumber: {
      auto* number = arena_->make<Number>();
      value = Value::number(number);
      return decode_number(node, *number);
    }
    case ValueType::kBinary: {
      std::string_view raw;
      const bool decoded = decode_binary(node, raw);
      value = Value::binary(raw);
      return decoded;
    }
    case ValueType::kBool:
      value = Value::boolean_of(is_true(node));
      return true;
    case ValueType::kNull:
      value = Value::null();
      return is_true(node) ||
             fail(invalid("Null attribute value types must have the value of true"));
    case ValueType::kNumberSet:
      return decode_number_set(node.elements(), value);
    case ValueType::kStringSet:
    case ValueType::kBinarySet:
      return decode_string_set(type, node.elements(), value);
    case ValueType::kList:
      return decode_list(node, level, value);
    case ValueType::kMap: {
      std::span<const MapEntry> entries;
      const bool decoded = decode_entries(node, level + 1, entries);
      value = Value::map_of(entries);
      return decoded;
    }
  }
  return false;
}

bool Decoder::decode_number(const JsonNode& node, Number& number) {
  const std::string_view text = node.is(JsonKind::kString) ? node.text() : std::string_view();
  const auto parsed = parse_number(text, options_.layer);
  if (!parsed) {
    return fail(number_error_text(parsed.error(), text, options_.layer));
  }
  number = *parsed;
  return true;
}

bool Decoder::decode_binary(const JsonNode& node, std::string_view& raw) {
  const std::string_view text = node.is(JsonKind::kString) ? node.text() : std::string_view();
  const auto decoded = decode_base64(text, *arena_);
  if (decoded) {
    raw = *decoded;
    return true;
  }
  // Source: F4. Assumed: a character of no meaning is reported like a bad last one (DLT does).
  error_.emplace(ErrorKind::kSerializationException,
                 decoded.error() == Base64Error::kBadLength
                     ? "Base64 encoded length is expected a multiple of 4 bytes but found: " +
                           std::to_string(text.size())
                     : "Invalid last non-pad Base64 character dectected");
  return false;
}

bool Decoder::decode_number_set(std::span<const JsonNode> nodes, Value& value) {
  if (nodes.empty()) {
    return fail(invalid("An number set  may not be empty"));
  }
  auto* numbers = arena_->make_array<Number>(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!decode_number(nodes[i], numbers[i])) {
      return false;
    }
  }
  std::sort(numbers, numbers + nodes.size(),
            [](const Number& a, const Number& b) { return std::is_lt(compare(a, b)); });
  if (std::adjacent_find(numbers, numbers + nodes.size()) != numbers + nodes.size()) {
    // Case: AWS capture, 2026-10: both layers name no members.
    return fail(options_.layer == ValueLayer::kCurrent
                    ? invalid("Input collection contains duplicates.")
                    : "Input collection contains duplicates");
  }
  value = Value::number_set_of({numbers, nodes.size()});
  return true;
}

bool Decoder::decode_string_set(ValueType type, std::span<const JsonNode> nodes, Value& value) {
  const bool binary = type == ValueType::kBinarySet;
  if (nodes.empty()) {
    return fail(
        invalid(binary ? "Binary sets should not be empty" : "An string set  may not be empty"));
  }
  auto* members = arena_->make_array<std::string_view>(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!nodes[i].is(JsonKind::kString)) {
      // Assumed: how the service answers to a null among a set's members.
      return fail(invalid(binary ? "Binary sets may not contain null or empty values"
                                 : "An string set  may not have a null string as a member"));
    }
    members[i] = nodes[i].text();
    if (binary && !decode_binary(nodes[i], members[i])) {
      return false;
    }
  }
  auto* sorted = members;
  if (!std::is_sorted(members, members + nodes.size())) {
    sorted = arena_->make_array<std::string_view>(nodes.size());
    std::copy(members, members + nodes.size(), sorted);
    std::sort(sorted, sorted + nodes.size());
  }
  if (std::adjacent_find(sorted, sorted + nodes.size()) != sorted + nodes.size()) {
    return fail(duplicates_text(type, {members, nodes.size()}, nodes, options_.layer));
  }
  value = Value::string_set_of(type, {sorted, nodes.size()});
  return true;
}

bool Decoder::decode_list(const JsonNode& node, std::size_t level, Value& value) {
  const auto nodes = node.elements();
  auto* elements = arena_->make_array<Value>(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!decode(nodes[i], level + 1, elements[i])) {
      return false;
    }
  }
  value = Value::list_of({elements, nodes.size()});
  return true;
}

bool Decoder::check_name(std::string_view name) {
  // Case: captures of the service, 2026-09 (ExtendDB issue 365): the sentence about the length
  // stands alone, for attributes and for names inside maps. Assumed: so does the other
  // (SCY:test_limits).
  if (name.empty()) [[unlikely]] {
    return fail(kEmptyName);
  }
  if (name.size() > kAttributeNameMaxBytes) [[unlikely]] {
    return fail("Attribute name is too large, must be less than 65536 bytes");
  }
  return true;
}

bool Decoder::decode_entries(const JsonNode& node, std::size_t level,
                             std::span<const MapEntry>& entries) {
  if (!node.is(JsonKind::kObject)) {
    return fail(kEmptyValue);
  }
  const auto members = node.members();
  const bool plain = node.plain && level <= options_.nesting_max;
  auto* decoded = arena_->make_array<MapEntry>(members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    decoded[i].name = members[i].name;
    if (!check_name(members[i].name) ||
        !decode_member(members[i].value, plain, level, decoded[i].value)) {
      return false;
    }
  }
  entries = {decoded, sort_entries(decoded, members.size())};
  return true;
}

bool Decoder::decode_item(const JsonNode& node, std::span<const MapEntry>& entries) {
  NameOrder* const order = options_.order;
  if (order == nullptr || !node.is(JsonKind::kObject)) {
    return decode_entries(node, 1, entries);
  }
  const auto members = node.members();
  if (order->knows(members.size())) {
    auto* decoded = arena_->make_array<MapEntry>(members.size());
    if (decode_in_known_order(node, decoded)) {
      entries = {decoded, members.size()};
      return true;
    }
  }
  if (!decode_entries(node, 1, entries)) {
    return false;
  }
  order->learn(members, entries);
  return true;
}

/// Each value to its place. False: the names are others, or a value is not sound; who decodes it
/// in the plain way finds out which.
bool Decoder::decode_in_known_order(const JsonNode& node, MapEntry* entries) {
  const NameOrder& order = *options_.order;
  const bool plain = node.plain;
  const auto members = node.members();
  for (std::size_t i = 0; i < members.size(); ++i) {
    const JsonMember& member = members[i];
    if (!is_same_short_text(member.name, order.name(i))) {
      return false;
    }
    MapEntry& entry = entries[order.place(i)];
    entry.name = member.name;
    if (!decode_member(member.value, plain, 1, entry.value)) {
      return false;
    }
  }
  return true;
}

/// Whether a value nests deeper than items may.
bool nests_too_deep(const JsonNode& node, std::size_t level) {
  if (level > kNestingMax) {
    return true;
  }
  const auto deep_below = [&](const JsonNode& value) { return nests_too_deep(value, level + 1); };
  return node.is(JsonKind::kObject) &&
         std::ranges::any_of(node.members(), [&](const JsonMember& member) {
           if (member.name == "L" && member.value.is(JsonKind::kArray)) {
             return std::ranges::any_of(member.value.elements(), deep_below);
           }
           return member.name == "M" && member.value.is(JsonKind::kObject) &&
                  std::ranges::any_of(member.value.members(), deep_below, &JsonMember::value);
         });
}

/// The older layer looks at all names of an item's attributes, then at the depth of its values,
/// then into them. Case: AWS capture, 2026-10, for these three in transactions.
ApiError first_in_older_layer(const JsonNode& node, ApiError found) {
  if (found.message() != kEmptyName && found.message() != kNestingMessage) {
    return found;
  }
  const auto members = node.members();
  const bool unnamed =
      std::ranges::any_of(members, [](const JsonMember& member) { return member.name.empty(); });
  const bool deep = std::ranges::any_of(
      members, [](const JsonMember& member) { return nests_too_deep(member.value, 1); });
  return std::move(found).with_message(
      std::string(unnamed || !deep ? kEmptyName : kNestingMessage));
}

}  // namespace

Result<Value> decode_value(const JsonNode& node, Arena& arena, DecodeOptions options) {
  Decoder decoder(arena, options);
  Value value;
  if (!decoder.decode(node, 1, value)) {
    return Unexpected{decoder.error()};
  }
  return value;
}

void NameOrder::learn(std::span<const JsonMember> members, std::span<const MapEntry> sorted) {
  count_ = 0;
  if (members.size() > kNamesMax || sorted.size() != members.size() || lessons_ == kLessonsMax) {
    return;
  }
  ++lessons_;
  for (std::size_t i = 0; i < members.size(); ++i) {
    names_[i] = members[i].name;
    const auto place = std::ranges::find_if(
        sorted, [name = names_[i].data()](const auto& entry) { return entry.name.data() == name; });
    places_[i] = static_cast<std::uint8_t>(place - sorted.begin());
  }
  count_ = members.size();
}

Result<std::span<const MapEntry>> decode_attributes(const JsonNode& node, Arena& arena,
                                                    DecodeOptions options) {
  Decoder decoder(arena, options);
  std::span<const MapEntry> entries;
  if (!decoder.decode_item(node, entries)) {
    ApiError error = decoder.error();
    return Unexpected{options.layer == ValueLayer::kOlder
                          ? first_in_older_layer(node, std::move(error))
                          : std::move(error)};
  }
  return entries;
}

Value decode_canonical(std::string_view text, Arena& arena) {
  return CanonicalReader(text).read_value(arena);
}

std::size_t canonical_size_bytes(std::string_view text) {
  return CanonicalReader(text).skip_value();
}

void append_value(Buffer& out, const Value& value) {
  write_value(out, value);
}

void append_attributes(Buffer& out, std::span<const MapEntry> attributes) {
  write_entries(out, attributes);
}

}  // namespace understudy
