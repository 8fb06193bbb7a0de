// The plain request: a POST to "/" with whole lines, a length, and nothing that changes how
// messages are framed. Every SDK sends only such. Reading one takes a quarter of what a general
// parser needs; whatever is not plain, or not there in full, is left to RequestParser, which has
// the last word on what is HTTP. tests/emulator/http/plain_request_test.cpp holds the two to the
// same reading.
#pragma once

#include <cstddef>
#include <string_view>

#include "emulator/api/request.h"
#include "emulator/http/remembered_head.h"

namespace understudy {

/// If `bytes` begin with a whole plain request of at most `body_bytes_max`: its length, and
/// `request` views it. Else 0, and `request` is spoilt. What is remembered of other heads makes no
/// difference but in time.
std::size_t read_plain_request(std::string_view bytes, std::size_t body_bytes_max,
                               RememberedHead& remembered, Request& request);

}  // namespace understudy
