// YAML into a document: the events of yaml-cpp, and the core schema for scalars without quotes.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <sstream>

#include "emulator/base/utf8.h"
#include "emulator/document/document_data.h"

namespace understudy {
namespace {

constexpr std::string_view kTextTag = "tag:yaml.org,2002:str";

bool is_number(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  // "inf" and "nan" are words here.
  if (text.size() <= first || text.find_first_of("0123456789") == std::string_view::npos ||
      text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) {
    return false;
  }
  double ignored = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ignored);
  return end == text.data() + text.size() &&
         (error == std::errc() || error == std::errc::result_out_of_range);
}

DocumentKind kind_of(std::string_view plain) {
  constexpr std::array<std::string_view, 5> kNulls = {"", "~", "null", "Null", "NULL"};
  constexpr std::array<std::string_view, 6> kBooleans = {"true",  "True",  "TRUE",
                                                         "false", "False", "FALSE"};
  for (const std::string_view name : kNulls) {
    if (plain == name) {
      return DocumentKind::kNull;
    }
  }
  for (const std::string_view name : kBooleans) {
    if (plain == name) {
      return DocumentKind::kBoolean;
    }
  }
  return is_number(plain) ? DocumentKind::kNumber : DocumentKind::kText;
}

/// yaml-cpp writes the escapes \N and \_ as one byte of Latin-1. The source is known to be UTF-8,
/// so a byte that begins no sequence is one of these.
std::string mended(std::string value) {
  if (is_valid_utf8(value)) {
    return value;
  }
  std::string text;
  const char* at = value.data();
  const char* const end = at + value.size();
  while (at != end) {
    const std::size_t bytes = utf8_sequence_bytes(at, end);
    if (bytes == 0) {
      text += '\xC2';  // U+0080 to U+00BF: the second byte is the code point's own
    }
    text.append(at, std::max<std::size_t>(bytes, 1));
    at += std::max<std::size_t>(bytes, 1);
  }
  return text;
}

class Handler final : public YAML::EventHandler {
 public:
  Handler(DocumentBuilder& builder, bool function_tags)
      : builder_(builder), function_tags_(function_tags) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) {
      builder_.fail(at(mark), "expected one document, this is a second one");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    remember(anchor, builder_.scalar(at(mark), "", DocumentKind::kNull, true));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end() || is_open(found->second)) {
      builder_.fail(at(mark), "this alias names nothing that stands complete before it");
      return;
    }
    builder_.copy(at(mark), *found->second);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& read) override {
    const std::string value = mended(read);
    if (is_function(tag)) {
      remember(anchor, open_function(mark, tag));
      builder_.scalar(at(mark), value, DocumentKind::kText, true);
      builder_.close();
      return;
    }
    const bool plain = tag == "?" || tag.empty();
    if (!plain && tag != "!" && tag != kTextTag) {
      refuse_tag(mark, tag);
    }
    remember(anchor,
             builder_.scalar(at(mark), value, plain ? kind_of(value) : DocumentKind::kText, plain));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, DocumentKind::kList);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, DocumentKind::kMap);
  }
  void OnMapEnd() override { close(); }

 private:
  static DocumentBuilder::Mark at(const YAML::Mark& mark) {
    return {mark.line + 1, mark.column + 1};
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            DocumentKind kind) {
    const bool function = is_function(tag);
    const DocumentBuilder::Data* const outer = function ? open_function(mark, tag) : nullptr;
    if (!function && tag != "?" && tag != "!" && !tag.empty()) {
      refuse_tag(mark, tag);
    }
    const DocumentBuilder::Data* const node = builder_.open(at(mark), kind);
    remember(anchor, function ? outer : node);
    open_.push_back({node, function});
  }
  void close() {
    builder_.close();
    if (!open_.empty()) {
      if (open_.back().in_function) {
        builder_.close();
      }
      open_.pop_back();
    }
  }

  [[nodiscard]] bool is_function(const std::string& tag) const {
    return function_tags_ && tag.size() > 1 && tag[0] == '!' && tag[1] != '!';
  }
  /// Opens the map of the long form, up to its value.
  const DocumentBuilder::Data* open_function(const YAML::Mark& mark, const std::string& tag) {
    const std::string name = tag.substr(1);
    const DocumentBuilder::Data* const node = builder_.open(at(mark), DocumentKind::kMap);
    builder_.scalar(at(mark), name == "Ref" || name == "Condition" ? name : "Fn::" + name,
                    DocumentKind::kText, true);
    return node;
  }

  void remember(YAML::anchor_t anchor, const DocumentBuilder::Data* node) {
    if (anchor != 0 && node != nullptr) {
      anchors_[anchor] = node;
    }
  }
  [[nodiscard]] bool is_open(const DocumentBuilder::Data* node) const {
    for (const Open& open : open_) {
      if (open.node == node) {
        return true;
      }
    }
    return false;
  }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    builder_.fail(at(mark), "the tag " + tag + " means nothing here");
  }

  struct Open {
    const DocumentBuilder::Data* node;
    bool in_function;
  };

  DocumentBuilder& builder_;
  const bool function_tags_;
  std::map<YAML::anchor_t, const DocumentBuilder::Data*> anchors_;
  std::vector<Open> open_;
  int documents_ = 0;
};

}  // namespace

void read_yaml(std::string_view text, bool function_tags, DocumentBuilder& builder) {
  try {
    // With the mark yaml-cpp does not guess UTF-16 or UTF-32 from where NUL bytes stand.
    std::istringstream in{"\xEF\xBB\xBF" + std::string(text)};
    YAML::Parser parser(in);
    Handler handler(builder, function_tags);
    while (!builder.failed() && parser.HandleNextDocument(handler)) {
    }
  } catch (const YAML::Exception& wrong) {
    builder.fail({wrong.mark.line + 1, wrong.mark.column + 1}, "no valid YAML: " + wrong.msg);
  } catch (const std::exception& wrong) {
    builder.fail({}, std::string("no valid YAML: ") + wrong.what());
  }
}

}  // namespace understudy
