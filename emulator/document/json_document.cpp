// JSON into a document. The text is checked by the one JSON parser there is; then a second walk
// over what is known to be valid notes where things stand.
#include <algorithm>

#include "emulator/base/json.h"
#include "emulator/document/document_data.h"

namespace understudy {
namespace {

class JsonWalk {
 public:
  JsonWalk(std::string_view text, Arena& arena, DocumentBuilder& builder)
      : text_(text), arena_(arena), builder_(builder) {}

  /// One flat pass: punctuation opens and closes, everything else is a scalar.
  void run() {
    while (at_ < text_.size() && !builder_.failed()) {
      step(text_[at_]);
    }
  }

 private:
  using Mark = DocumentBuilder::Mark;

  [[nodiscard]] Mark mark() const { return {line_, static_cast<int>(at_ - line_start_) + 1}; }

  void step(char c) {
    switch (c) {
      case '\n':
        ++line_;
        line_start_ = ++at_;
        break;
      case '{':
        builder_.open(mark(), DocumentKind::kMap);
        ++at_;
        break;
      case '[':
        builder_.open(mark(), DocumentKind::kList);
        ++at_;
        break;
      case '}':
      case ']':
        builder_.close();
        ++at_;
        break;
      case ' ':
      case '\t':
      case '\r':
      case ',':
      case ':':
        ++at_;
        break;
      case '"':
        string();
        break;
      default:
        word();
    }
  }

  void string() {
    std::size_t end = at_ + 1;
    while (text_[end] != '"') {
      end += text_[end] == '\\' ? 2U : 1U;
    }
    const std::string_view raw = text_.substr(at_ + 1, end - at_ - 1);
    builder_.scalar(mark(), unescape_json(raw, arena_), DocumentKind::kText, false);
    at_ = end + 1;
  }

  void word() {
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n,:]}", at_), text_.size());
    const std::string_view word = text_.substr(at_, end - at_);
    DocumentKind kind = DocumentKind::kNumber;
    if (word == "null") {
      kind = DocumentKind::kNull;
    } else if (word == "true" || word == "false") {
      kind = DocumentKind::kBoolean;
    }
    builder_.scalar(mark(), word, kind, false);
    at_ = end;
  }

  const std::string_view text_;
  Arena& arena_;
  DocumentBuilder& builder_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
};

}  // namespace

std::optional<DocumentError> read_json(std::string_view text, DocumentBuilder& builder) {
  Arena arena;
  if (const auto parsed = parse_json(text, arena); !parsed) {
    const JsonSyntaxError& wrong = parsed.error();
    const std::string_view before = text.substr(0, wrong.offset);
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    DocumentError error;
    error.line = static_cast<int>(std::ranges::count(before, '\n')) + 1;
    error.column = static_cast<int>(wrong.offset - line_start) + 1;
    error.text = std::string("no valid JSON: ") + wrong.reason;
    return error;
  }
  JsonWalk(text, arena, builder).run();
  return std::nullopt;
}

}  // namespace understudy
