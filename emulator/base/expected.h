// A value or an error, returned instead of thrown: throttles and failed conditions are what this
// product produces, and a throw costs tens of times a return. Members are named as in C++23's
// std::expected, so that this can become an alias for it.
#pragma once

#include <new>
#include <type_traits>
#include <utility>
#include <variant>

namespace understudy {

template <class E>
struct Unexpected {
  E error;
};
template <class E>
Unexpected(E) -> Unexpected<E>;

template <class T, class E>
class [[nodiscard]] Expected {
 public:
  using value_type = T;
  using error_type = E;

  // NOLINTNEXTLINE(google-explicit-constructor): `return value;` is the point.
  Expected(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  template <class F>
  requires std::is_constructible_v<E, F>
  // NOLINTNEXTLINE(google-explicit-constructor): as above.
  Expected(Unexpected<F> unexpected)
      : state_(std::in_place_index<1>, std::move(unexpected.error)) {}

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  E& error() & { return *std::get_if<1>(&state_); }
  const E& error() const& { return *std::get_if<1>(&state_); }
  E&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, E> state_;
};

template <class E>
class [[nodiscard]] Expected<void, E> {
 public:
  using value_type = void;
  using error_type = E;

  Expected() = default;
  template <class F>
  requires std::is_constructible_v<E, F>
  // NOLINTNEXTLINE(google-explicit-constructor): as above.
  Expected(Unexpected<F> unexpected)
      : state_(std::in_place_index<1>, std::move(unexpected.error)) {}

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  E& error() & { return *std::get_if<1>(&state_); }
  const E& error() const& { return *std::get_if<1>(&state_); }
  E&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<std::monostate, E> state_;
};

}  // namespace understudy

#define UNDERSTUDY_CONCAT_INNER(a, b) a##b
#define UNDERSTUDY_CONCAT(a, b) UNDERSTUDY_CONCAT_INNER(a, b)

/// TRY(auto x, expression): x is the value of the expression, or the enclosing function returns its
/// error.
#define TRY(declaration, ...) \
  TRY_NAMED(UNDERSTUDY_CONCAT(try_result_, __LINE__), declaration, __VA_ARGS__)
#define TRY_NAMED(result, declaration, ...)                     \
  auto result = (__VA_ARGS__);                                  \
  if (!result) {                                                \
    return ::understudy::Unexpected{std::move(result).error()}; \
  }                                                             \
  declaration = *std::move(result)

/// TRY_VOID(expression): the enclosing function returns the expression's error, if it has one.
#define TRY_VOID(...)                                                      \
  do {                                                                     \
    if (auto try_void_result = (__VA_ARGS__); !try_void_result) {          \
      return ::understudy::Unexpected{std::move(try_void_result).error()}; \
    }                                                                      \
  } while (false)
