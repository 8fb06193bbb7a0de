#include <algorithm>
#include <charconv>
#include <cmath>

#include "emulator/base/buffer.h"
#include "emulator/base/check.h"
#include "emulator/base/decimal_text.h"
#include "emulator/document/document_data.h"

namespace understudy {
namespace {

constexpr std::size_t kErrorsMax = 100;
constexpr std::size_t kQuotedBytesMax = 60;

/// A scalar for an error message: `'text'`, cut where it is long.
std::string quoted(std::string_view text) {
  if (text.size() <= kQuotedBytesMax) {
    return "'" + std::string(text) + "'";
  }
  std::size_t cut = kQuotedBytesMax;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) {
    --cut;
  }
  return "'" + std::string(text.substr(0, cut)) + "…'";
}

/// "a list", "'x'": what stands there in place of what was expected.
std::string found(const DocumentNode& node) {
  switch (node.kind()) {
    case DocumentKind::kNull:
      return "nothing";
    case DocumentKind::kList:
      return "a list";
    case DocumentKind::kMap:
      return "a map";
    case DocumentKind::kText:
      return "the text " + quoted(node.scalar());
    case DocumentKind::kBoolean:
    case DocumentKind::kNumber:
      return quoted(node.scalar());
  }
  return {};
}

template <class T>
bool read_whole(std::string_view text, T& value) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

std::string range_text(std::int64_t min, std::int64_t max) {
  if (min == INT64_MIN && max == INT64_MAX) {
    return "an integer";
  }
  if (max == INT64_MAX) {
    return "an integer of at least " + std::to_string(min);
  }
  if (min == INT64_MIN) {
    return "an integer of at most " + std::to_string(max);
  }
  return "an integer from " + std::to_string(min) + " to " + std::to_string(max);
}

/// YAML takes numbers that JSON does not: "+1", ".5", "1.", "007".
bool is_json_number(std::string_view text) {
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  const auto digit = [text](std::size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9';
  };
  if (!digit(first) || (text[first] == '0' && digit(first + 1))) {
    return false;
  }
  const std::size_t point = text.find('.');
  return point == std::string_view::npos || digit(point + 1);
}

}  // namespace

// ---- Errors
// ---------------------------------------------------------------------------------------

std::string DocumentError::message() const {
  std::string message = file;
  if (line > 0) {
    message += ':' + std::to_string(line);
  }
  message += ": ";
  if (!member.empty()) {
    message += "member '" + member + "': ";
  }
  return message + text;
}

void DocumentErrors::add(const DocumentNode& node, std::string text) {
  add({*node.data_->file, node.line(), node.column(), node.path(), std::move(text)});
}

void DocumentErrors::add(DocumentError error) {
  if (errors_.size() < kErrorsMax) {
    errors_.push_back(std::move(error));
  }
}

const DocumentError& DocumentErrors::first() const {
  CHECK(!errors_.empty());
  return *std::ranges::min_element(errors_, [](const DocumentError& a, const DocumentError& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
}

std::string DocumentErrors::text() const {
  std::string text;
  for (const DocumentError& error : errors_) {
    text += error.message();
    text += '\n';
  }
  return text;
}

// ---- Nodes
// ----------------------------------------------------------------------------------------

DocumentKind DocumentNode::kind() const {
  return data_->kind;
}
int DocumentNode::line() const {
  return data_->line;
}
int DocumentNode::column() const {
  return data_->column;
}
std::string_view DocumentNode::name() const {
  return data_->name;
}
std::string_view DocumentNode::scalar() const {
  return data_->scalar;
}
std::size_t DocumentNode::size() const {
  return data_->children.size();
}

std::string DocumentNode::path() const {
  std::vector<const Data*> steps;
  for (const Data* node = data_; node->parent != nullptr; node = node->parent) {
    steps.push_back(node);
  }
  std::string path;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if ((*step)->parent->kind == DocumentKind::kList) {
      path += '[' + std::to_string((*step)->position) + ']';
    } else {
      path += (path.empty() ? "" : ".") + (*step)->name;
    }
  }
  return path;
}

std::vector<DocumentNode> DocumentNode::children() const {
  std::vector<DocumentNode> children;
  children.reserve(data_->children.size());
  for (const Data* const child : data_->children) {
    children.push_back(DocumentNode(child));
  }
  return children;
}

std::optional<DocumentNode> DocumentNode::find(std::string_view member) const {
  if (data_->kind != DocumentKind::kMap) {
    return std::nullopt;
  }
  for (const Data* const child : data_->children) {
    if (child->name == member) {
      return child->kind == DocumentKind::kNull ? std::nullopt : std::optional(DocumentNode(child));
    }
  }
  return std::nullopt;
}

std::optional<std::string> DocumentNode::text(DocumentErrors& errors) const {
  const bool scalar = kind() == DocumentKind::kNumber || kind() == DocumentKind::kBoolean;
  if (is(DocumentKind::kText) || (scalar && data_->plain)) {
    return data_->scalar;
  }
  errors.add(*this, "expected a text, not " + found(*this));
  return std::nullopt;
}

std::optional<std::int64_t> DocumentNode::integer(DocumentErrors& errors, std::int64_t min,
                                                  std::int64_t max) const {
  std::int64_t value = 0;
  if (is(DocumentKind::kNumber) && read_whole(scalar(), value) && value >= min && value <= max) {
    return value;
  }
  errors.add(*this, "expected " + range_text(min, max) + ", not " + found(*this));
  return std::nullopt;
}

std::optional<double> DocumentNode::number(DocumentErrors& errors, double min, double max) const {
  double value = 0;
  if (is(DocumentKind::kNumber) && read_whole(scalar(), value) && std::isfinite(value) &&
      value >= min && value <= max) {
    return value;
  }
  errors.add(*this, "expected a number from " + decimal_text(min) + " to " + decimal_text(max) +
                        ", not " + found(*this));
  return std::nullopt;
}

std::optional<bool> DocumentNode::boolean(DocumentErrors& errors) const {
  if (is(DocumentKind::kBoolean)) {
    return scalar().starts_with('t') || scalar().starts_with('T');
  }
  errors.add(*this, "expected true or false, not " + found(*this));
  return std::nullopt;
}

std::optional<std::int64_t> DocumentNode::duration(DocumentErrors& errors) const {
  // "0" needs no unit.
  const bool zero = is(DocumentKind::kNumber) && scalar() == "0";
  const auto value = is(DocumentKind::kText) ? parse_duration(scalar()) : std::nullopt;
  if (zero || value) {
    return value.value_or(0);
  }
  errors.add(*this, "expected a duration such as 250ms, 5s, 10min or 4h, not " + found(*this));
  return std::nullopt;
}

std::vector<std::string> DocumentNode::texts(DocumentErrors& errors) const {
  std::vector<std::string> texts;
  if (!is(DocumentKind::kList)) {
    if (auto one = text(errors)) {
      texts.push_back(*std::move(one));
    }
    return texts;
  }
  for (const DocumentNode& element : children()) {
    if (auto one = element.text(errors)) {
      texts.push_back(*std::move(one));
    }
  }
  return texts;
}

std::optional<std::size_t> DocumentNode::one_of(DocumentErrors& errors,
                                                std::span<const std::string_view> names) const {
  const auto at = is(DocumentKind::kText) ? std::ranges::find(names, scalar()) : names.end();
  if (at != names.end()) {
    return static_cast<std::size_t>(at - names.begin());
  }
  constexpr std::size_t kListedMax = 12;
  const std::string_view close = closest_name(scalar(), names);
  std::string text = "expected ";
  if (names.size() <= kListedMax) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + std::string(names[i]);
    }
  } else {
    text += "one of " + std::to_string(names.size()) + " names";
  }
  text += ", not " + found(*this);
  if (!close.empty() && names.size() > kListedMax) {
    text += " (did you mean '" + std::string(close) + "'?)";
  }
  errors.add(*this, std::move(text));
  return std::nullopt;
}

bool DocumentNode::expect(DocumentErrors& errors, DocumentKind wanted) const {
  if (kind() == wanted) {
    return true;
  }
  std::string_view name = "a scalar";
  if (wanted == DocumentKind::kMap) {
    name = "a map";
  } else if (wanted == DocumentKind::kList) {
    name = "a list";
  }
  errors.add(*this, "expected " + std::string(name) + ", not " + found(*this));
  return false;
}

namespace {

// Documents nest at most kDocumentDepthMax levels deep.
void write_json(const DocumentNode& node, JsonWriter& out) {  // NOLINT(misc-no-recursion)
  switch (node.kind()) {
    case DocumentKind::kNull:
      out.raw("null");
      return;
    case DocumentKind::kBoolean:
      out.boolean(node.scalar().starts_with('t') || node.scalar().starts_with('T'));
      return;
    case DocumentKind::kNumber: {
      double value = 0;
      if (is_json_number(node.scalar())) {
        out.raw(node.scalar());
      } else if (read_whole(node.scalar(), value) && std::isfinite(value)) {
        out.raw(decimal_text(value));
      } else {
        out.string(node.scalar());
      }
      return;
    }
    case DocumentKind::kText:
      out.string(node.scalar());
      return;
    case DocumentKind::kList:
      out.begin_array();
      for (const DocumentNode& element : node.children()) {
        write_json(element, out);
      }
      out.end_array();
      return;
    case DocumentKind::kMap:
      out.begin_object();
      for (const DocumentNode& member : node.children()) {
        out.user_key(member.name());
        write_json(member, out);
      }
      out.end_object();
      return;
  }
}

}  // namespace

std::string DocumentNode::json() const {
  Buffer text;
  JsonWriter out(text);
  write_json(*this, out);
  return std::string(text.view());
}

}  // namespace understudy
