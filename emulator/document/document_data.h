// What a Document is made of. Inside this room only.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "emulator/document/document.h"

namespace understudy {

struct DocumentNode::Data {
  DocumentKind kind = DocumentKind::kNull;
  bool plain = false;  ///< a YAML scalar without quotes
  int line = 0;
  int column = 0;
  std::string scalar;
  std::string name;          ///< as a member of a map
  std::size_t position = 0;  ///< as an element of a list
  Data* parent = nullptr;
  const std::string* file = nullptr;
  std::vector<Data*> children;
};

struct Document::Tree {
  std::string file;
  std::deque<DocumentNode::Data> nodes;
  DocumentNode::Data* root = nullptr;
};

/// Puts a tree together from what a parser meets. Once something is wrong the rest is ignored.
class DocumentBuilder {
 public:
  struct Mark {
    int line = 0;
    int column = 0;
  };
  using Data = DocumentNode::Data;

  DocumentBuilder(std::string file, const DocumentLimits& limits);

  /// The next value: an element of the open list, a member's value, a member's name where one is
  /// due, or the root. nullptr: it was a name, or something is wrong.
  Data* scalar(Mark mark, std::string_view text, DocumentKind kind, bool plain);
  Data* open(Mark mark, DocumentKind kind);
  void close();
  /// A copy of a value that stands elsewhere, with all below it.
  void copy(Mark mark, const Data& original);

  void fail(Mark mark, std::string text);
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] bool has_root() const { return tree_->root != nullptr; }
  Expected<Document, DocumentError> finish();

 private:
  Data* add(Mark mark, DocumentKind kind);
  void check_members(const Data& map);

  std::unique_ptr<Document::Tree> tree_;
  DocumentLimits limits_;
  std::vector<Data*> open_;
  std::optional<std::string> name_;  ///< of the member whose value comes next
  Mark name_mark_;
  std::optional<DocumentError> error_;
};

/// JSON, RFC 8259. Nothing is built where the error is returned.
std::optional<DocumentError> read_json(std::string_view text, DocumentBuilder& builder);
/// YAML 1.2 as far as yaml-cpp reads it, core schema.
void read_yaml(std::string_view text, bool function_tags, DocumentBuilder& builder);

}  // namespace understudy
