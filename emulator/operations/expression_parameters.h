// The rules between expressions, the legacy parameters they replaced and the placeholder maps: not
// both forms in one request, no placeholders without an expression, each placeholder used.
// Everything here is of the request gate: no table is known yet.
#pragma once

#include <span>
#include <string_view>

#include "emulator/base/json.h"
#include "emulator/expression/expression.h"
#include "emulator/operations/operation.h"
#include "emulator/operations/wording.h"

namespace understudy {

/// The parameters of an operation in either form, each in the order the messages name them.
struct ParameterForms {
  std::span<const std::string_view> expressions;
  std::span<const std::string_view> legacy;
};

extern const ParameterForms kConditionForms;  ///< PutItem, DeleteItem
extern const ParameterForms kUpdateForms;     ///< UpdateItem
extern const ParameterForms kGetForms;        ///< GetItem, one table of BatchGetItem
extern const ParameterForms kQueryForms;
extern const ParameterForms kScanForms;
extern const ParameterForms kTransactForms;  ///< Put, Delete, ConditionCheck of a transaction
extern const ParameterForms kTransactUpdateForms;
extern const ParameterForms kTransactGetForms;

/// Error: "Can not use both expression and non-expression parameters in the same request: …",
/// "ExpressionAttributeNames can only be specified when using expressions" and its twin,
/// "ConditionalOperator cannot be used without Filter or Expected".
/// Source: dynalite validations/index.js; wording of 2026: AWS capture of 2026-10-09.
Result<void> check_parameter_forms(const JsonNode& input, const ParameterForms& forms,
                                   const Wording& wording);

/// "ConditionalOperator can only be used when Filter or Expected has two or more elements": what it
/// combines must have something to combine. Source: AWS capture of 2026-10-09.
Result<void> check_conditional_operator(const JsonNode& input, const JsonNode* conditions,
                                        const Wording& wording);

/// AttributesToGet names each attribute once. Error: "…Duplicate value in attribute name: a".
Result<void> check_attributes_to_get(const JsonNode& names);

/// The placeholder maps of `input`, never null.
Result<Placeholders*> read_placeholders(const JsonNode& input, const Wording& wording,
                                        Arena& arena);

/// The condition of a write, from ConditionExpression or Expected; nullptr: unconditional.
/// `placeholders` comes from read_placeholders, or is nullptr where `input` has no expression.
Result<const Condition*> read_condition(const JsonNode& input, OperationContext& context,
                                        Placeholders* placeholders, const Wording& wording);

/// The projection of a read, from ProjectionExpression or AttributesToGet; nullptr: everything.
Result<const Projection*> read_projection(const JsonNode& input, OperationContext& context,
                                          Placeholders* placeholders, const Wording& wording);

}  // namespace understudy
