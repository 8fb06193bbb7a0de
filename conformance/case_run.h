// Runs one case against an endpoint: tables first, then the steps, then whatever the endpoint needs
// cleaned up.
#pragma once

#include <map>
#include <string>

#include "conformance/case_file.h"
#include "conformance/endpoint.h"

namespace understudy::conformance {

enum class Verdict { kPassed, kFailed, kSkipped };

struct Outcome {
  Verdict verdict = Verdict::kPassed;
  std::string
      report;  ///< For a failure: which step, what was expected, what came. Else why skipped.
};

/// `tenant`: 12 digits of its own for endpoints of ours; others are signed for by `signer`.
Outcome run_case(const Case& one, const std::map<std::string, Json>& tables, Endpoint& endpoint,
                 const Signer& signer);

}  // namespace understudy::conformance
