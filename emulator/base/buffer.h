// Buffer: bytes of an answer being written, and the JSON punctuation that goes with them. Grows by
// doubling, keeps its storage across clear(). Not thread-safe.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace understudy {

class Buffer {
 public:
  Buffer() = default;
  ~Buffer() { std::free(data_); }
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }

  void append(std::string_view text) {
    if (!text.empty()) {
      std::memcpy(grow(text.size()), text.data(), text.size());
      size_ += text.size();
    }
  }
  void append(char c) {
    *grow(1) = c;
    ++size_;
  }
  void append_integer(std::int64_t value) {
    char* to = grow(20);
    size_ += static_cast<std::size_t>(std::to_chars(to, to + 20, value).ptr - to);
  }
  /// Room for `bytes` more; write there, then commit() what was used.
  char* grow(std::size_t bytes) {
    if (size_ + bytes > capacity_) {
      reallocate(size_ + bytes);
    }
    return data_ + size_;
  }
  void commit(std::size_t bytes) { size_ += bytes; }
  void truncate(std::size_t size) { size_ = size; }
  void clear() { size_ = 0; }

  [[nodiscard]] char* data() { return data_; }
  [[nodiscard]] const char* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::string_view view() const { return {data_, size_}; }

 private:
  void reallocate(std::size_t wanted);

  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Appends `text` (valid UTF-8) as a JSON string with its quotes. Canonical escapes: \" \\ \b \f \n
/// \r \t, \u00xx for other control characters, everything else as it is.
void append_json_string(Buffer& out, std::string_view text);

/// True where append_json_string would write `text` as it is.
bool is_plain_json(std::string_view text);

/// Writes members and elements with their commas. Objects and arrays nest by begin/end.
class JsonWriter {
 public:
  explicit JsonWriter(Buffer& out) : out_(&out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  /// A member's name; a value must follow. `name` must be plain JSON: our own member names are.
  void key(std::string_view name) {
    separate();
    char* to = out_->grow(name.size() + 3);
    to[0] = '"';
    std::memcpy(to + 1, name.data(), name.size());
    to[name.size() + 1] = '"';
    to[name.size() + 2] = ':';
    out_->commit(name.size() + 3);
    comma_ = false;
  }
  /// A member's name that came from a user.
  void user_key(std::string_view name) {
    separate();
    append_json_string(*out_, name);
    out_->append(':');
    comma_ = false;
  }
  void string(std::string_view value) {
    separate();
    append_json_string(*out_, value);
    comma_ = true;
  }
  void integer(std::int64_t value) {
    separate();
    out_->append_integer(value);
    comma_ = true;
  }
  void boolean(bool value) { raw(value ? "true" : "false"); }
  /// Capacity units and times as AWS writes them: always with a fraction (`0.5`, `1.0`).
  void decimal(double value);
  /// One whole value, already JSON.
  void raw(std::string_view json) {
    separate();
    out_->append(json);
    comma_ = true;
  }
  [[nodiscard]] Buffer& buffer() { return *out_; }

 private:
  void separate() {
    if (comma_) {
      out_->append(',');
    }
  }
  void open(char c) {
    separate();
    out_->append(c);
    comma_ = false;
  }
  void close(char c) {
    out_->append(c);
    comma_ = true;
  }
  Buffer* out_;
  bool comma_ = false;
};

}  // namespace understudy
