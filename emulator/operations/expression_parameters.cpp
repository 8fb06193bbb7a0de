#include "emulator/operations/expression_parameters.h"

#include <set>
#include <string>

#include "emulator/operations/request_reader.h"

namespace understudy {
namespace {

constexpr std::string_view kCondition[] = {"ConditionExpression"};
// Assumed: ConditionalOperator counts with the writes as with Query and Scan, where dynalite found
// it to; DynamoDB Local 3.3.1 says so, too.
constexpr std::string_view kExpected[] = {"Expected", "ConditionalOperator"};
constexpr std::string_view kUpdate[] = {"UpdateExpression", "ConditionExpression"};
constexpr std::string_view kUpdates[] = {"AttributeUpdates", "Expected", "ConditionalOperator"};
constexpr std::string_view kProjection[] = {"ProjectionExpression"};
constexpr std::string_view kAttributes[] = {"AttributesToGet"};
constexpr std::string_view kQuery[] = {"ProjectionExpression", "FilterExpression",
                                       "KeyConditionExpression"};
constexpr std::string_view kQueryLegacy[] = {"AttributesToGet", "QueryFilter",
                                             "ConditionalOperator", "KeyConditions"};
constexpr std::string_view kScan[] = {"ProjectionExpression", "FilterExpression"};
constexpr std::string_view kScanLegacy[] = {"AttributesToGet", "ScanFilter", "ConditionalOperator"};

// Source: AWS's DAX client, which repeats the service's checks; Alternator
// test_conditional_operator_expected_missing, test_update_expected_empty.
constexpr std::string_view kNothingToCombine =
    "ConditionalOperator cannot be used without Filter or Expected";

bool any_sent(const JsonNode& input, std::span<const std::string_view> members) {
  for (const std::string_view member : members) {
    if (input.find(member) != nullptr) {
      return true;
    }
  }
  return false;
}

/// A name of the list that was sent, appended with its comma.
void append_sent(std::string& to, const JsonNode& input, std::string_view member) {
  if (input.find(member) == nullptr) {
    return;
  }
  if (to.back() != '{') {
    to += ", ";
  }
  to += member;
}

/// KeyConditions go with a ProjectionExpression or FilterExpression; only a KeyConditionExpression
/// beside them is a mixture. LaunchDarkly's SDKs send exactly that. Source: field notes on
/// clients, trap 1; dynalite validateExpressionParams.
bool counts_as_legacy(const JsonNode& input, std::string_view member) {
  return member != "KeyConditions" || input.find("KeyConditionExpression") != nullptr;
}

Result<void> check_mixture(const JsonNode& input, const ParameterForms& forms) {
  std::string legacy = "{";
  for (const std::string_view member : forms.legacy) {
    if (counts_as_legacy(input, member)) {
      append_sent(legacy, input, member);
    }
  }
  if (legacy == "{") {
    return {};
  }
  std::string expressions = "{";
  for (const std::string_view member : forms.expressions) {
    append_sent(expressions, input, member);
  }
  return validation_error(
      "Can not use both expression and non-expression parameters in the same request: "
      "Non-expression parameters: " +
      legacy + "} Expression parameters: " + expressions + "}");
}

/// "ConditionExpression is null", "UpdateExpression and ConditionExpression are null": the tail
/// that the older layer puts behind the message about ExpressionAttributeValues.
std::string absent_expressions(const ParameterForms& forms) {
  std::string text;
  std::size_t count = 0;
  for (const std::string_view member : forms.expressions) {
    if (member == "ProjectionExpression") {
      continue;
    }
    text += count++ == 0 ? "" : " and ";
    text += member;
  }
  return text + (count == 1 ? " is null" : " are null");
}

Result<void> check_values_have_expression(const JsonNode& input, const ParameterForms& forms,
                                          const Wording& wording) {
  bool takes_values = false;
  for (const std::string_view member : forms.expressions) {
    if (member == "ProjectionExpression") {
      continue;
    }
    takes_values = true;
    if (input.find(member) != nullptr) {
      return {};
    }
  }
  if (!takes_values) {
    return {};
  }
  std::string text = "ExpressionAttributeValues can only be specified when using expressions";
  // The current layer's single-item writes stop there. Source: AWS capture of 2026-10-09.
  if (wording.prefix.empty()) {
    text += ": " + absent_expressions(forms);
  }
  return validation_error(std::move(text));
}

Result<void> check_forms(const JsonNode& input, const ParameterForms& forms,
                         const Wording& wording) {
  const bool expressions = any_sent(input, forms.expressions);
  if (expressions) {
    TRY_VOID(check_mixture(input, forms));
  }
  if (!expressions && input.find("ExpressionAttributeNames") != nullptr) {
    return validation_error(
        "ExpressionAttributeNames can only be specified when using expressions");
  }
  if (input.find("ExpressionAttributeValues") != nullptr) {
    TRY_VOID(check_values_have_expression(input, forms, wording));
  }
  if (input.find("ConditionalOperator") != nullptr && input.find("Expected") == nullptr &&
      input.find("QueryFilter") == nullptr && input.find("ScanFilter") == nullptr) {
    return validation_error(std::string(kNothingToCombine));
  }
  return {};
}

}  // namespace

const ParameterForms kConditionForms{kCondition, kExpected};
const ParameterForms kUpdateForms{kUpdate, kUpdates};
const ParameterForms kGetForms{kProjection, kAttributes};
const ParameterForms kQueryForms{kQuery, kQueryLegacy};
const ParameterForms kScanForms{kScan, kScanLegacy};
const ParameterForms kTransactForms{kCondition, {}};
const ParameterForms kTransactUpdateForms{kUpdate, {}};
const ParameterForms kTransactGetForms{kProjection, {}};

Result<void> check_parameter_forms(const JsonNode& input, const ParameterForms& forms,
                                   const Wording& wording) {
  return enveloped(wording, check_forms(input, forms, wording));
}

Result<void> check_conditional_operator(const JsonNode& input, const JsonNode* conditions,
                                        const Wording& wording) {
  if (input.find("ConditionalOperator") == nullptr || conditions == nullptr ||
      conditions->size > 1) {
    return {};
  }
  const std::string_view problem =
      conditions->size == 0
          ? kNothingToCombine
          : "ConditionalOperator can only be used when Filter or Expected has two or more elements";
  return Unexpected{
      enveloped(wording, ApiError(ErrorKind::kValidationException, std::string(problem)))};
}

Result<void> check_attributes_to_get(const JsonNode& names) {
  std::set<std::string_view> seen;
  for (const JsonNode& name : names.elements()) {
    if (!seen.insert(name.text()).second) {
      return validation_error(
          "One or more parameter values were invalid: Duplicate value in attribute name: " +
          std::string(name.text()));
    }
  }
  return {};
}

Result<Placeholders*> read_placeholders(const JsonNode& input, const Wording& wording,
                                        Arena& arena) {
  return enveloped(wording, Placeholders::read(input.find("ExpressionAttributeNames"),
                                               input.find("ExpressionAttributeValues"),
                                               wording.value_errors(), arena));
}

Result<const Condition*> read_condition(const JsonNode& input, OperationContext& context,
                                        Placeholders* placeholders, const Wording& wording) {
  if (const JsonNode* text = input.find("ConditionExpression")) {
    return enveloped(wording, compile_condition(ConditionKind::kCondition, text->text(),
                                                {context.plans, *placeholders, context.arena}));
  }
  const JsonNode* expected = input.find("Expected");
  if (expected == nullptr) {
    return static_cast<const Condition*>(nullptr);
  }
  TRY(const Condition* condition,
      enveloped(wording,
                compile_expected(*expected, input.find("ConditionalOperator"), context.arena)));
  TRY_VOID(check_conditional_operator(input, expected, wording));
  return expected->size == 0 ? nullptr : condition;
}

Result<const Projection*> read_projection(const JsonNode& input, OperationContext& context,
                                          Placeholders* placeholders, const Wording& wording) {
  if (const JsonNode* text = input.find("ProjectionExpression")) {
    return enveloped(
        wording, compile_projection(text->text(), {context.plans, *placeholders, context.arena}));
  }
  if (const JsonNode* names = input.find("AttributesToGet")) {
    return enveloped(wording, compile_attributes_to_get(*names, context.arena));
  }
  return static_cast<const Projection*>(nullptr);
}

}  // namespace understudy
