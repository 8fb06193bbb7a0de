// From what fault rules made of a request to its answer.
#pragma once

#include <string_view>

#include "emulator/api/request.h"
#include "emulator/api/response.h"
#include "emulator/operations/fault_gate.h"

namespace understudy {

/// The header in which a request carries its own fault.
inline constexpr std::string_view kFaultHeader = "x-understudy-fault";

/// Value of that header of a Request (lower case); empty: not sent. For FaultSubject.
std::string_view find_request_header(const void* request, std::string_view name);

/// What is done once body and checksum of the answer stand.
void shape_answer(const FaultGate::Outcome& outcome, Response& response);
/// What is done before: a body that is no answer of ours.
void replace_body(const FaultGate::Outcome& outcome, Response& response);
/// Both, for an answer that comes later. `answered`: the response holds the answer of a rule, which
/// is given in its place.
void change_late_answer(const FaultGate::Outcome& outcome, bool answered, Response& response);

}  // namespace understudy
