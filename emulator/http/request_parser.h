// Reads one HTTP/1.x request with Beast's parser straight into an api Request: no field container,
// no copies of headers. Views point into the bytes that were put in, which must stay where they are
// until the request is answered. Inside this room only.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <string_view>

#include "emulator/api/request.h"
#include "emulator/base/buffer.h"
#include "emulator/http/limits.h"

namespace understudy {

class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  using ErrorCode = boost::beast::error_code;
  using StringView = boost::beast::string_view;

  /// `buffer_begin`, `buffer_end`: where the bytes put in live. A body that does not come in one
  /// piece there is collected in `body`.
  RequestParser(Request& request, Buffer& body, std::size_t body_bytes_max,
                std::string_view buffer);

  [[nodiscard]] bool expects_continue() const { return expects_continue_; }
  /// Bytes of the body still to come; 0 where it is chunked or there is none.
  [[nodiscard]] std::size_t body_bytes_left() const { return body_bytes_left_; }
  /// The body's next bytes were read past the parser.
  void body_bytes_read(std::size_t bytes) { body_bytes_left_ -= bytes; }
  [[nodiscard]] bool is_head_request() const { return is_head_request_; }
  [[nodiscard]] bool collected() const { return collected_; }

 private:
  void on_request_impl(boost::beast::http::verb method, StringView method_text, StringView target,
                       int version, ErrorCode& error) override;
  void on_response_impl(int code, StringView reason, int version, ErrorCode& error) override;
  void on_field_impl(boost::beast::http::field name, StringView name_text, StringView value,
                     ErrorCode& error) override;
  void on_header_impl(ErrorCode& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode& error) override;
  std::size_t on_body_impl(StringView bytes, ErrorCode& error) override;
  void on_chunk_header_impl(std::uint64_t size, StringView extensions, ErrorCode& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t left, StringView bytes, ErrorCode& error) override;
  void on_finish_impl(ErrorCode& error) override;

  Request* request_;
  Buffer* body_;
  std::string_view buffer_;
  std::size_t body_bytes_left_ = 0;
  bool in_headers_ = true;
  bool expects_continue_ = false;
  bool is_head_request_ = false;
  bool collected_ = false;  ///< the body is in *body_, not in the buffer
};

}  // namespace understudy
