// Arena: memory for one request. Bump allocation, freed as a whole by reset(), which keeps one
// block so that a warm thread allocates nothing. What lives here must be trivially destructible.
// Not thread-safe: one arena per request.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace understudy {

class Arena {
 public:
  /// The first block is allocated at first use.
  explicit Arena(std::size_t first_block_bytes = std::size_t{16} * 1024)
      : block_bytes_(first_block_bytes) {}
  ~Arena() { release(nullptr); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// `alignment` is a power of two.
  void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
    const std::size_t padding = -reinterpret_cast<std::uintptr_t>(next_) & (alignment - 1);
    if (padding + bytes > static_cast<std::size_t>(end_ - next_)) {
      return allocate_in_new_block(bytes, alignment);
    }
    char* const start = next_ + padding;
    next_ = start + bytes;
    return start;
  }

  template <class T, class... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return ::new (allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
  }

  /// Uninitialised storage for `count` objects of T.
  template <class T>
  T* make_array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(allocate(sizeof(T) * count, alignof(T)));
  }

  std::string_view copy(std::string_view text) {
    char* to = static_cast<char*>(allocate(text.size(), 1));
    if (!text.empty()) {
      std::memcpy(to, text.data(), text.size());
    }
    return {to, text.size()};
  }

  /// Frees everything but the newest block when that is at most 1 MB.
  void reset();

 private:
  struct Block {
    Block* previous;
    std::size_t bytes;
  };
  void* allocate_in_new_block(std::size_t bytes, std::size_t alignment);
  void release(Block* keep);

  char* next_ = nullptr;
  char* end_ = nullptr;
  Block* newest_ = nullptr;
  std::size_t block_bytes_;
};

/// A growing array in an arena, for trivially copyable T. Growing leaves the old storage behind.
template <class T>
class ArenaVector {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  explicit ArenaVector(Arena& arena) : arena_(&arena) {}

  void push_back(const T& value) {
    if (size_ == capacity_) {
      reserve(capacity_ == 0 ? 8 : capacity_ * 2);
    }
    ::new (data_ + size_) T(value);
    ++size_;
  }
  void reserve(std::size_t capacity) {
    if (capacity <= capacity_) {
      return;
    }
    T* grown = arena_->make_array<T>(capacity);
    if (size_ > 0) {
      std::memcpy(static_cast<void*>(grown), data_, size_ * sizeof(T));
    }
    data_ = grown;
    capacity_ = capacity;
  }
  void resize_down(std::size_t size) { size_ = size; }
  /// Room for `count` more; write there, then commit() what was used.
  T* grow(std::size_t count) {
    if (size_ + count > capacity_) {
      reserve(std::max({size_ + count, capacity_ * 2, kFirstBytes / sizeof(T)}));
    }
    return data_ + size_;
  }
  void commit(std::size_t count) { size_ += count; }
  void append(std::basic_string_view<T> items) requires(sizeof(T) == 1) {
    if (!items.empty()) {
      std::memcpy(grow(items.size()), items.data(), items.size());
      size_ += items.size();
    }
  }
  void append(T item) {
    *grow(1) = item;
    ++size_;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T& back() { return data_[size_ - 1]; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  [[nodiscard]] std::span<const T> span() const { return {data_, size_}; }

 private:
  static constexpr std::size_t kFirstBytes = 512;

  Arena* arena_;
  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace understudy
