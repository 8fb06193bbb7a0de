#include <algorithm>

#include "emulator/base/check.h"
#include "emulator/base/utf8.h"
#include "emulator/document/document_data.h"

namespace understudy {
namespace {

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

}  // namespace

DocumentBuilder::DocumentBuilder(std::string file, const DocumentLimits& limits)
    : tree_(std::make_unique<Document::Tree>()), limits_(limits) {
  tree_->file = std::move(file);
}

void DocumentBuilder::fail(Mark mark, std::string text) {
  if (!error_) {
    error_ = DocumentError{tree_->file, mark.line, mark.column, {}, std::move(text)};
  }
}

DocumentNode::Data* DocumentBuilder::add(Mark mark, DocumentKind kind) {
  if (tree_->nodes.size() >= limits_.nodes_max) {
    fail(mark, "the document has more than " + std::to_string(limits_.nodes_max) + " values");
  }
  if (failed()) {
    return nullptr;
  }
  Data& node = tree_->nodes.emplace_back();
  node.kind = kind;
  node.line = mark.line;
  node.column = mark.column;
  node.file = &tree_->file;
  if (open_.empty()) {
    if (tree_->root != nullptr) {
      fail(mark, "expected one document, this is a second one");
      return nullptr;
    }
    tree_->root = &node;
    return &node;
  }
  Data& parent = *open_.back();
  node.parent = &parent;
  if (parent.kind == DocumentKind::kMap) {
    CHECK(name_.has_value());
    node.name = *std::exchange(name_, std::nullopt);
    // A member is found where its name stands.
    node.line = name_mark_.line;
    node.column = name_mark_.column;
  } else {
    node.position = parent.children.size();
  }
  parent.children.push_back(&node);
  return &node;
}

DocumentNode::Data* DocumentBuilder::scalar(Mark mark, std::string_view text, DocumentKind kind,
                                            bool plain) {
  const bool is_name =
      !open_.empty() && open_.back()->kind == DocumentKind::kMap && !name_.has_value();
  if (is_name) {
    name_ = std::string(text);
    name_mark_ = mark;
    return nullptr;
  }
  Data* const node = add(mark, kind);
  if (node != nullptr) {
    node->scalar = text;
    node->plain = plain;
  }
  return node;
}

DocumentNode::Data* DocumentBuilder::open(Mark mark, DocumentKind kind) {
  if (open_.size() >= kDocumentDepthMax) {
    fail(mark, "lists and maps nest deeper than " + std::to_string(kDocumentDepthMax) + " levels");
  }
  if (!open_.empty() && open_.back()->kind == DocumentKind::kMap && !name_.has_value()) {
    fail(mark, "expected a text as the name of a member");
  }
  Data* const node = failed() ? nullptr : add(mark, kind);
  if (node != nullptr) {
    open_.push_back(node);
  }
  return node;
}

void DocumentBuilder::close() {
  if (failed() || open_.empty()) {
    return;
  }
  if (open_.back()->kind == DocumentKind::kMap) {
    check_members(*open_.back());
  }
  open_.pop_back();
}

void DocumentBuilder::check_members(const Data& map) {
  std::vector<const Data*> members(map.children.begin(), map.children.end());
  std::ranges::stable_sort(members, {}, &Data::name);
  const auto twice = std::ranges::adjacent_find(members, {}, &Data::name);
  if (twice != members.end()) {
    const Data& second = **std::next(twice);
    fail({second.line, second.column}, "member '" + second.name + "' stands twice, first on line " +
                                           std::to_string((*twice)->line));
  }
}

// Copies nest no deeper than what they copy and were counted then: recursion is bounded.
void DocumentBuilder::copy(Mark mark, const Data& original) {  // NOLINT(misc-no-recursion)
  const bool leaf = original.kind != DocumentKind::kList && original.kind != DocumentKind::kMap;
  if (leaf) {
    scalar(mark, original.scalar, original.kind, original.plain);
    return;
  }
  const bool is_map = original.kind == DocumentKind::kMap;
  if (open(mark, original.kind) == nullptr) {
    return;
  }
  for (std::size_t i = 0; i < original.children.size() && !failed(); ++i) {
    const Data& child = *original.children[i];
    if (is_map) {
      scalar(mark, child.name, DocumentKind::kText, true);
    }
    copy(mark, child);
  }
  close();
}

Expected<Document, DocumentError> DocumentBuilder::finish() {
  if (error_) {
    return Unexpected{*std::move(error_)};
  }
  if (tree_->root == nullptr) {
    add({1, 1}, DocumentKind::kNull);
  }
  return Document(std::move(tree_));
}

Document::Document(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Document::~Document() = default;
Document::Document(Document&& other) noexcept = default;
Document& Document::operator=(Document&& other) noexcept = default;

DocumentNode Document::root() const {
  return DocumentNode(tree_->root);
}

const std::string& Document::file() const {
  return tree_->file;
}

Expected<Document, DocumentError> Document::parse(std::string_view text, std::string file,
                                                  const DocumentLimits& limits) {
  const auto refuse = [&file](std::string why) {
    return Unexpected<DocumentError>{{file, 0, 0, {}, std::move(why)}};
  };
  if (text.size() > limits.bytes_max) {
    return refuse("the document is longer than " + std::to_string(limits.bytes_max) + " bytes");
  }
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  if (!is_valid_utf8(text)) {
    return refuse("the document is no UTF-8");
  }
  const std::string_view content = without_blanks(text);
  DocumentBuilder builder(file, limits);
  if (!content.starts_with('{') && !content.starts_with('[')) {
    read_yaml(text, limits.function_tags, builder);
    return builder.finish();
  }
  std::optional<DocumentError> wrong = read_json(text, builder);
  if (!wrong) {
    return builder.finish();
  }
  // YAML has braces and brackets, too. What is neither is told as JSON.
  DocumentBuilder second(file, limits);
  read_yaml(text, limits.function_tags, second);
  auto read = second.finish();
  if (read) {
    return read;
  }
  wrong->file = std::move(file);
  return Unexpected{*std::move(wrong)};
}

}  // namespace understudy
