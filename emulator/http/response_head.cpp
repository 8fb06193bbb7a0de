#include "emulator/http/response_head.h"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>

namespace understudy {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string_view status_line(int status) {
  switch (status) {
    case 200:
      return "HTTP/1.1 200 OK\r\n";
    case 400:
      return "HTTP/1.1 400 Bad Request\r\n";
    case 403:
      return "HTTP/1.1 403 Forbidden\r\n";
    case 404:
      return "HTTP/1.1 404 Not Found\r\n";
    case 408:
      return "HTTP/1.1 408 Request Timeout\r\n";
    case 413:
      return "HTTP/1.1 413 Request Entity Too Large\r\n";
    case 500:
      return "HTTP/1.1 500 Internal Server Error\r\n";
    case 503:
      return "HTTP/1.1 503 Service Unavailable\r\n";
    default:
      return {};
  }
}

/// Appends to memory that is known to be large enough.
class Pen {
 public:
  explicit Pen(char* at) : at_(at) {}
  void text(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void number(std::uint64_t value) { at_ = std::to_chars(at_, at_ + 20, value).ptr; }
  [[nodiscard]] const char* at() const { return at_; }

 private:
  char* at_;
};

}  // namespace

void DateLines::render(Microseconds now) {
  const std::int64_t seconds = now / 1'000'000;
  second_ = seconds * 1'000'000;
  const std::int64_t days = seconds / 86400;
  const auto of_day = static_cast<int>(seconds % 86400);
  const std::chrono::sys_days day{std::chrono::days(days)};
  const std::chrono::year_month_day date{day};
  const int length = std::snprintf(
      text_.data(), text_.size(), "Server: Server\r\nDate: %s, %02u %s %04d %02d:%02d:%02d GMT\r\n",
      kDays[std::chrono::weekday(day).c_encoding()].data(), static_cast<unsigned>(date.day()),
      kMonths[static_cast<unsigned>(date.month()) - 1].data(), static_cast<int>(date.year()),
      of_day / 3600, of_day / 60 % 60, of_day % 60);
  size_ = static_cast<std::size_t>(length);
}

void write_head(const Response& response, Persistence persistence, DateLines& dates, Buffer& head) {
  constexpr std::size_t kFixedBytesMax = 512;
  head.clear();
  char* const start = head.grow(kFixedBytesMax + response.content_type.size() +
                                response.content_encoding.size() + response.extra_headers.size());
  Pen pen(start);
  const std::string_view status = status_line(response.status);
  if (status.empty()) {
    pen.text("HTTP/1.1 ");
    pen.number(static_cast<std::uint64_t>(response.status));
    pen.text(" Status\r\n");
  } else {
    pen.text(status);
  }
  pen.text(dates.at(response.arrived));
  if (!response.content_type.empty()) {
    pen.text("Content-Type: ");
    pen.text(response.content_type);
    pen.text("\r\n");
  }
  const bool streamed = response.stream != nullptr;
  if (response.chunked || streamed) {
    pen.text("Transfer-Encoding: chunked\r\n");
  } else {
    pen.text("Content-Length: ");
    pen.number(response.body.size());
    pen.text("\r\n");
  }
  if (!response.content_encoding.empty()) {
    pen.text("Content-Encoding: ");
    pen.text(response.content_encoding);
    pen.text("\r\n");
  }
  pen.text(persistence == Persistence::kKeepAlive ? "Connection: keep-alive\r\nx-amzn-RequestId: "
                                                  : "Connection: close\r\nx-amzn-RequestId: ");
  pen.text(response.request_id_text());
  pen.text("\r\n");
  if (!streamed) {
    pen.text("x-amz-crc32: ");
    pen.number(response.crc32);
    pen.text("\r\n");
  }
  pen.text(response.extra_headers);
  pen.text("\r\n");
  if (response.chunked) {
    pen.text("0\r\n\r\n");
  }
  head.commit(static_cast<std::size_t>(pen.at() - start));
}

}  // namespace understudy
