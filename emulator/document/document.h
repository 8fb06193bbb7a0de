// Document: a YAML or JSON text as a tree whose nodes know where they stand. What is wrong with a
// document is told as "FILE:LINE: member 'rules[2].when.probability': expected …"; reading goes on,
// so that one look at a document finds all of it.
//
//   DocumentErrors errors;
//   const auto document = Document::parse(text, "faults.yaml");
//   if (!document) return document.error().message();
//   {
//     MapReader map(document->root(), errors);
//     const auto name = map.required("name") ? map.text("name") : std::nullopt;
//     const double share = map.number("share", 0, 1).value_or(0.5);
//   }  // members nobody asked for are errors now
//   if (!errors.empty()) return errors.first().message();
//
// Nodes and readers point into their Document, which must outlive them. Documents are immutable:
// reading one is thread-safe. Nothing is thrown. Files are read by whoever has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/base/expected.h"

namespace understudy {

/// What is wrong, and where.
struct DocumentError {
  std::string file;
  int line = 0;        ///< from 1; 0: of the document as a whole
  int column = 0;      ///< from 1
  std::string member;  ///< path from the root ("rules[2].when.probability"); empty: the root
  std::string text;    ///< "expected a number from 0 to 1, not 'x'"

  /// One sentence for a person: "FILE:LINE: member 'PATH': TEXT".
  [[nodiscard]] std::string message() const;
};

class DocumentNode;

/// Collects errors in the order found; of very many the first ones.
class DocumentErrors {
 public:
  void add(const DocumentNode& node, std::string text);
  void add(DocumentError error);
  [[nodiscard]] bool empty() const { return errors_.empty(); }
  /// There must be one. The one that stands first in the document.
  [[nodiscard]] const DocumentError& first() const;
  [[nodiscard]] std::span<const DocumentError> all() const { return errors_; }
  /// All messages, a line each.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<DocumentError> errors_;
};

enum class DocumentKind : std::uint8_t { kNull, kBoolean, kNumber, kText, kList, kMap };

/// A name a document may use, and what it stands for.
template <class E>
struct DocumentName {
  std::string_view name;
  E value;
};

/// A place in a document, cheap to copy. Typed reads add to `errors` and return nullopt where the
/// node is something else. A duration is text with a unit: us, ms, s, min, h, d ("250ms", "1.5s").
class DocumentNode {
 public:
  [[nodiscard]] DocumentKind kind() const;
  [[nodiscard]] bool is(DocumentKind wanted) const { return kind() == wanted; }
  [[nodiscard]] bool is_null() const { return kind() == DocumentKind::kNull; }
  [[nodiscard]] int line() const;
  [[nodiscard]] int column() const;
  /// Name as a member of its map; empty elsewhere.
  [[nodiscard]] std::string_view name() const;
  /// From the root: "rules[2].when".
  [[nodiscard]] std::string path() const;
  /// A scalar as it was written (a text without its quotes); empty for lists and maps.
  [[nodiscard]] std::string_view scalar() const;

  /// Elements of a list, members of a map, in their order; empty elsewhere.
  [[nodiscard]] std::vector<DocumentNode> children() const;
  [[nodiscard]] std::size_t size() const;
  /// The member of that name, unless it is absent or null.
  [[nodiscard]] std::optional<DocumentNode> find(std::string_view member) const;

  /// In YAML also a number or boolean without quotes, as it was written.
  std::optional<std::string> text(DocumentErrors& errors) const;
  std::optional<std::int64_t> integer(DocumentErrors& errors, std::int64_t min = INT64_MIN,
                                      std::int64_t max = INT64_MAX) const;
  std::optional<double> number(DocumentErrors& errors, double min, double max) const;
  std::optional<bool> boolean(DocumentErrors& errors) const;
  /// Microseconds, not negative.
  std::optional<std::int64_t> duration(DocumentErrors& errors) const;
  /// A list of texts, or one text for a list of one.
  std::vector<std::string> texts(DocumentErrors& errors) const;
  /// The position of the text in `names`; the error lists them, or the closest.
  std::optional<std::size_t> one_of(DocumentErrors& errors,
                                    std::span<const std::string_view> names) const;
  bool expect(DocumentErrors& errors, DocumentKind wanted) const;

  /// The subtree as JSON on one line; numbers as written where JSON allows.
  [[nodiscard]] std::string json() const;

 private:
  friend class Document;
  friend class DocumentErrors;
  friend class MapReader;
  struct Data;
  friend class DocumentBuilder;
  explicit DocumentNode(const Data* data) : data_(data) {}
  const Data* data_;
};

struct DocumentLimits {
  std::size_t bytes_max = std::size_t{16} * 1024 * 1024;
  std::size_t nodes_max = 1'000'000;
  /// Reads YAML's `!Ref x` as {"Ref": x} and `!Sub x` as {"Fn::Sub": x}, as CloudFormation does;
  /// else such tags are errors.
  bool function_tags = false;
};
/// How deep lists and maps may nest.
inline constexpr std::size_t kDocumentDepthMax = 64;

class Document {
 public:
  /// `file` is the name that errors use: a path, "body" for that of a request. A text that begins
  /// with { or [ is read as strict JSON first. Error: syntax, members standing twice, tags other
  /// than !!str, more than one YAML document, a limit. No text is a null root.
  static Expected<Document, DocumentError> parse(std::string_view text, std::string file,
                                                 const DocumentLimits& limits = {});
  ~Document();
  Document(Document&& other) noexcept;
  Document& operator=(Document&& other) noexcept;

  [[nodiscard]] DocumentNode root() const;
  [[nodiscard]] const std::string& file() const;

 private:
  friend class DocumentBuilder;
  struct Tree;
  explicit Document(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

/// Reads a map's members by name. Every member must have been asked for when the reader goes: the
/// others are errors, with the name that may have been meant. A member that is null counts as
/// absent.
class MapReader {
 public:
  /// Adds an error where the node is no map; then every member is absent.
  MapReader(const DocumentNode& node, DocumentErrors& errors);
  ~MapReader();
  MapReader(const MapReader&) = delete;
  MapReader& operator=(const MapReader&) = delete;

  [[nodiscard]] bool has(std::string_view name) { return find(name).has_value(); }
  std::optional<DocumentNode> find(std::string_view name);
  /// As find(), with an error where it is absent.
  std::optional<DocumentNode> required(std::string_view name);

  std::optional<std::string> text(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min = INT64_MIN,
                                      std::int64_t max = INT64_MAX);
  std::optional<double> number(std::string_view name, double min, double max);
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::int64_t> duration(std::string_view name);
  std::vector<std::string> texts(std::string_view name);
  std::optional<DocumentNode> list(std::string_view name);
  std::optional<DocumentNode> map(std::string_view name);
  template <class E, std::size_t N>
  std::optional<E> one_of(std::string_view name, const DocumentName<E> (&names)[N]);

  /// An error about this map, or about that member of it.
  void complain(std::string text);
  void complain(std::string_view name, std::string text);
  /// The rest of the members may be anything.
  void ignore_rest() { rest_ignored_ = true; }
  [[nodiscard]] const DocumentNode& node() const { return node_; }
  [[nodiscard]] DocumentErrors& errors() { return errors_; }

 private:
  DocumentNode node_;
  DocumentErrors& errors_;
  std::vector<std::string> asked_;
  bool rest_ignored_ = false;
};

template <class E, std::size_t N>
std::optional<E> MapReader::one_of(std::string_view name, const DocumentName<E> (&names)[N]) {
  const auto node = find(name);
  if (!node) {
    return std::nullopt;
  }
  std::vector<std::string_view> texts;
  for (const DocumentName<E>& row : names) {
    texts.push_back(row.name);
  }
  const auto position = node->one_of(errors_, texts);
  return position ? std::optional<E>(names[*position].value) : std::nullopt;
}

/// The one of `names` that `text` may have been meant to be; empty: none is close.
std::string_view closest_name(std::string_view text, std::span<const std::string_view> names);

/// Microseconds of "250ms", "5s", "10min", "4h", "1d"; nullopt: no duration, or one beyond a
/// thousand years.
std::optional<std::int64_t> parse_duration(std::string_view text);
/// The shortest text that parse_duration() reads back: "250ms".
std::string duration_text(std::int64_t microseconds);

}  // namespace understudy
