#include "emulator/http/request_parser.h"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

namespace understudy {
namespace http = boost::beast::http;

namespace {

std::string_view view(RequestParser::StringView text) {
  return {text.data(), text.size()};
}

/// Up to this a body's announced length is believed; beyond it memory follows what arrives, so that
/// announcing costs a client nothing but also earns it nothing.
constexpr std::size_t kTrustedBodyBytes = std::size_t{256} * 1024;

}  // namespace

RequestParser::RequestParser(Request& request, Buffer& body, std::size_t body_bytes_max,
                             std::string_view buffer)
    : request_(&request), body_(&body), buffer_(buffer) {
  header_limit(HttpLimits::kHeadBytesMax);
  body_limit(body_bytes_max);
}

void RequestParser::on_request_impl(http::verb method, StringView method_text, StringView target,
                                    int /*version*/, ErrorCode& /*error*/) {
  request_->clear();
  request_->method = view(method_text);
  request_->target = view(target);
  is_head_request_ = method == http::verb::head;
}

void RequestParser::on_response_impl(int /*code*/, StringView /*reason*/, int /*version*/,
                                     ErrorCode& /*error*/) {}

void RequestParser::on_field_impl(http::field name, StringView name_text, StringView value,
                                  ErrorCode& error) {
  if (!in_headers_) {
    return;  // trailers of a chunked body are read and forgotten
  }
  // A value folded over lines was put together on the parser's stack. Servers may refuse such
  // (RFC 9112, 5.2), and nobody has sent any for decades.
  const bool in_buffer =
      value.data() >= buffer_.data() && value.data() <= buffer_.data() + buffer_.size();
  if (!in_buffer && !value.empty()) {
    error = http::error::bad_obs_fold;
    return;
  }
  if (name == http::field::expect) {
    expects_continue_ = boost::beast::iequals(value, "100-continue");
  }
  request_->add_header(view(name_text), value.empty() ? std::string_view("") : view(value));
}

void RequestParser::on_header_impl(ErrorCode& /*error*/) {
  in_headers_ = false;
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length,
                                      ErrorCode& /*error*/) {
  body_bytes_left_ = length.value_or(0);
  body_->clear();
}

std::size_t RequestParser::on_body_impl(StringView bytes, ErrorCode& /*error*/) {
  if (!collected_ && bytes.size() == body_bytes_left_) {
    request_->body = view(bytes);
  } else {
    if (!collected_) {
      body_->grow(std::min(body_bytes_left_, kTrustedBodyBytes));
      collected_ = true;
    }
    body_->append(view(bytes));
  }
  body_bytes_left_ -= bytes.size();
  return bytes.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t /*size*/, StringView /*extensions*/,
                                         ErrorCode& /*error*/) {}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t /*left*/, StringView bytes,
                                              ErrorCode& /*error*/) {
  collected_ = true;
  body_->append(view(bytes));
  return bytes.size();
}

void RequestParser::on_finish_impl(ErrorCode& /*error*/) {}

}  // namespace understudy
