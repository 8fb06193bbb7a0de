// AnswerWriter: an answer as structures, lists and maps, written the way a protocol has it: JSON,
// CBOR or XML. Operations do not know which.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/buffer.h"
#include "emulator/clock/clock.h"

namespace understudy::cloudwatch {

class AnswerWriter {
 public:
  AnswerWriter() = default;
  virtual ~AnswerWriter() = default;
  AnswerWriter(const AnswerWriter&) = delete;
  AnswerWriter& operator=(const AnswerWriter&) = delete;

  virtual void begin_structure() = 0;
  virtual void end_structure() = 0;
  virtual void begin_list() = 0;
  virtual void end_list() = 0;
  virtual void begin_map() = 0;
  virtual void end_map() = 0;
  /// The name of a structure's member, or a map's key; its value must follow.
  virtual void member(std::string_view name) = 0;
  virtual void string(std::string_view value) = 0;
  virtual void integer(std::int64_t value) = 0;
  /// Must be finite.
  virtual void decimal(double value) = 0;
  virtual void boolean(bool value) = 0;
  virtual void time(Microseconds value) = 0;
};

/// Times are seconds since 1970.
class JsonAnswer final : public AnswerWriter {
 public:
  explicit JsonAnswer(Buffer& out) : out_(out) {}
  void begin_structure() override { out_.begin_object(); }
  void end_structure() override { out_.end_object(); }
  void begin_list() override { out_.begin_array(); }
  void end_list() override { out_.end_array(); }
  void begin_map() override { out_.begin_object(); }
  void end_map() override { out_.end_object(); }
  void member(std::string_view name) override { out_.user_key(name); }
  void string(std::string_view value) override { out_.string(value); }
  void integer(std::int64_t value) override { out_.integer(value); }
  void decimal(double value) override;
  void boolean(bool value) override { out_.boolean(value); }
  void time(Microseconds value) override;

 private:
  JsonWriter out_;
};

/// Everything of indefinite length; times have tag 1. Source: RFC 8949; Smithy 2.0, rpcv2Cbor.
class CborAnswer final : public AnswerWriter {
 public:
  explicit CborAnswer(Buffer& out) : out_(out) {}
  void begin_structure() override;
  void end_structure() override;
  void begin_list() override;
  void end_list() override;
  void begin_map() override;
  void end_map() override;
  void member(std::string_view name) override { string(name); }
  void string(std::string_view value) override;
  void integer(std::int64_t value) override;
  void decimal(double value) override;
  void boolean(bool value) override;
  void time(Microseconds value) override;

 private:
  void head(std::uint8_t major, std::uint64_t value);
  Buffer& out_;
};

/// The Query protocol's XML: list elements are <member>, map entries <entry>. What stands around
/// the result is written by begin_response() and end_response().
class XmlAnswer final : public AnswerWriter {
 public:
  explicit XmlAnswer(Buffer& out) : out_(out) {}
  void begin_response(std::string_view operation);
  void end_response(std::string_view request_id);

  void begin_structure() override { open(Kind::kStructure); }
  void end_structure() override { close(); }
  void begin_list() override { open(Kind::kList); }
  void end_list() override { close(); }
  void begin_map() override { open(Kind::kMap); }
  void end_map() override { close(); }
  void member(std::string_view name) override { name_ = name; }
  void string(std::string_view value) override;
  void integer(std::int64_t value) override;
  void decimal(double value) override;
  void boolean(bool value) override;
  void time(Microseconds value) override;

 private:
  enum class Kind : std::uint8_t { kStructure, kList, kMap };
  struct Level {
    Kind kind;
    std::string tag;        ///< closed after it; empty: none
    bool in_entry = false;  ///< and a map's </entry> too
  };
  void open(Kind kind);
  void close();
  /// Opens the element of a value that comes here; returns what closes it.
  Level begin_value();
  void end_value(const Level& level);
  void scalar(std::string_view text);

  Buffer& out_;
  std::vector<Level> levels_;
  std::string name_;
  std::string operation_;
};

/// Appends text with &, <, > and quotes escaped; what XML cannot hold becomes U+FFFD.
void append_xml_text(Buffer& out, std::string_view text);
/// The shortest text that reads back as that number.
void append_decimal(Buffer& out, double value);
/// "2026-01-15T12:00:00Z", with milliseconds where there are any.
std::string xml_time(Microseconds time);

}  // namespace understudy::cloudwatch
