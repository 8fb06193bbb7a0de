#include "emulator/api/fault_delivery.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "emulator/api/late_answer.h"

namespace understudy {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(a, b, {}, lower, lower);
}

Delivery::Kind kind_of(FaultTransport::Kind kind) {
  switch (kind) {
    case FaultTransport::Kind::kReset:
      return Delivery::Kind::kReset;
    case FaultTransport::Kind::kHang:
      return Delivery::Kind::kHang;
    case FaultTransport::Kind::kTruncate:
      return Delivery::Kind::kTruncate;
    case FaultTransport::Kind::kDribble:
      return Delivery::Kind::kDribble;
    case FaultTransport::Kind::kRaw:
    case FaultTransport::Kind::kWrongCrc32:
      break;
  }
  return Delivery::Kind::kWhole;
}

}  // namespace

std::string_view find_request_header(const void* request, std::string_view name) {
  for (const Header& header : static_cast<const Request*>(request)->headers()) {
    if (same_name(header.name, name)) {
      return header.value;
    }
  }
  return {};
}

void replace_body(const FaultGate::Outcome& outcome, Response& response) {
  if (outcome.transport && outcome.transport->kind == FaultTransport::Kind::kRaw) {
    response.status = outcome.transport->status;
    response.content_type = "text/html";
    response.body.clear();
    response.body.append(outcome.transport->body);
  }
}

void shape_answer(const FaultGate::Outcome& outcome, Response& response) {
  if (outcome.retry_after_ms) {
    response.extra_headers += "x-amz-retry-after: ";
    response.extra_headers += std::to_string(*outcome.retry_after_ms);
    response.extra_headers += "\r\n";
  }
  Delivery delivery;
  delivery.delay = outcome.delay;
  if (outcome.transport) {
    const FaultTransport& transport = *outcome.transport;
    delivery.kind = kind_of(transport.kind);
    delivery.time = transport.time;
    delivery.bytes = transport.bytes;
    if (transport.kind == FaultTransport::Kind::kWrongCrc32) {
      response.crc32 = ~response.crc32;
    }
  }
  if (delivery.kind != Delivery::Kind::kWhole || delivery.delay > 0) {
    response.delivery = std::make_unique<Delivery>(delivery);
  }
}

void change_late_answer(const FaultGate::Outcome& outcome, bool answered, Response& response) {
  using Kind = FaultTransport::Kind;
  LateAnswer::Change change;
  if (answered || (outcome.transport && outcome.transport->kind == Kind::kRaw)) {
    replace_body(outcome, response);
    change.instead = LateAnswer::Content{response.status, std::string(response.content_type),
                                         std::string(response.body.view()),
                                         std::exchange(response.extra_headers, {}), std::nullopt};
    response.body.clear();
  }
  shape_answer(outcome, response);
  change.extra_headers = std::exchange(response.extra_headers, {});
  change.wrong_crc32 = outcome.transport && outcome.transport->kind == Kind::kWrongCrc32;
  if (const auto delivery = std::exchange(response.delivery, nullptr)) {
    change.delivery = *delivery;
  }
  response.late->change(std::move(change));
}

}  // namespace understudy
