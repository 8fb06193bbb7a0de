#!/usr/bin/env python3
"""Compiles the official service models into constant C++ tables.

  compile_model.py MODELS VERSION   reads dynamodb-service-2.json and dynamodbstreams-service-2.json in
                                    MODELS (from the PyPI package botocore, of that VERSION), strips the
                                    documentation, writes *.model.json, then the tables.
  compile_model.py                  writes the tables from the checked-in *.model.json and overrides.json.
  compile_model.py --check          says whether the checked-in tables are what that would write.

The tables are service_model.inc (shapes, members, operations), pattern_ids.inc (the regular
expressions by name) and service_model.cpp (the lookups).
Everything in them is constant-initialised, so that start-up runs no code for them.
"""

import difflib
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODELS = {"dynamodb": "dynamodb.model.json", "dynamodbstreams": "streams.model.json"}
KINDS = {
    "structure": "kStructure", "list": "kList", "map": "kMap", "string": "kString",
    "integer": "kInteger", "long": "kLong", "double": "kDouble", "boolean": "kBoolean",
    "blob": "kBlob", "timestamp": "kTimestamp",
}
REPORTS = {
    "echo": "kEcho", "generic_alone_2026": "kGenericAlone2026",
    "nameless_2026": "kNameless2026", "nameless_alone_2026": "kNamelessAlone2026",
    "parameter": "kParameter", "sentence": "kSentence", "batch_get_items": "kBatchGetItems",
    "batch_get_keys": "kBatchGetKeys", "batch_write_items": "kBatchWriteItems",
}
# Where an override may say what. A misspelt key is an error, not a row without effect.
SHAPE_CHANGES = {"enumerators", "min", "max", "pattern", "checks", "order", "rule", "java_members"}
MEMBER_CHANGES = {"shape", "report", "report_shape", "required"}


def strip(node, in_members=False):
    """The model without documentation, keys sorted but for members, whose order the service prints."""
    if isinstance(node, list):
        return [strip(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items()
            if in_members or not (key == "documentation" and isinstance(value, str))}
    keys = kept if in_members else sorted(kept)
    return {key: strip(kept[key], key == "members" and not in_members) for key in keys}


def import_models(folder, version):
    for name, target in MODELS.items():
        model = strip(json.loads((Path(folder) / f"{name}-service-2.json").read_text()))
        model = {"source": f"PyPI botocore {version}, documentation stripped", **model}
        (HERE / target).write_text(json.dumps(model, indent=1, ensure_ascii=True) + "\n")


def quoted(text):
    return json.dumps(text)  # JSON's escapes are C++'s for the ASCII the models hold


class Tables:
    """Shapes of both services in one id space; a shape both define alike is stored once."""

    def __init__(self):
        self.shapes = {}      # key → definition; key is the name, or "streams.Name" where they differ
        self.operations = []
        for service, (name, enumerator) in enumerate(
                [("dynamodb", "kDynamoDb"), ("dynamodbstreams", "kDynamoDbStreams")]):
            model = json.loads((HERE / MODELS[name]).read_text())
            self.add_model(model, "" if service == 0 else "streams.", enumerator)
        overrides = json.loads((HERE / "overrides.json").read_text())
        for name, definition in sorted(overrides["new_shapes"].items()):
            self.shapes[name] = dict(definition, java=definition.get("java", name))
        for row in overrides["rows"]:
            self.amend(row)

    def add_model(self, model, prefix, service):
        shapes = model["shapes"]
        keys = {}
        for name, shape in shapes.items():
            same = name in self.shapes and self.shapes[name]["model"] == shape
            keys[name] = name if not prefix or same or name not in self.shapes else prefix + name
        # A shape is only the same when everything it refers to is.
        def refers(name):
            shape = shapes[name]
            yield from (m["shape"] for m in shape.get("members", {}).values())
            yield from (shape[part]["shape"] for part in ("member", "key", "value") if part in shape)
        changed = True
        while changed and prefix:
            changed = False
            for name in shapes:
                if not keys[name].startswith(prefix) and name in self.shapes and any(
                        keys[other].startswith(prefix) for other in refers(name)):
                    keys[name] = prefix + name
                    changed = True
        for name, shape in shapes.items():
            if keys[name] not in self.shapes:
                self.shapes[keys[name]] = self.definition(name, shape, keys)
        for name, operation in model["operations"].items():
            self.operations.append({
                "name": name, "service": service, "input": keys[operation["input"]["shape"]],
                "output": keys[operation["output"]["shape"]] if "output" in operation else None,
                "errors": sorted(error["shape"] for error in operation.get("errors", [])),
            })

    @staticmethod
    def definition(name, shape, keys):
        made = {"model": shape, "java": name, "kind": shape["type"]}
        if name == "AttributeValue":
            made["kind"] = "attribute_value"
        for limit in ("min", "max", "pattern"):
            if limit in shape:
                made[limit] = shape[limit]
        if "enum" in shape:
            made["enumerators"] = shape["enum"]
        if "key" in shape:
            made["key"] = keys[shape["key"]["shape"]]
        element = shape.get("member") or shape.get("value")
        if element:
            made["element"] = keys[element["shape"]]
        required = set(shape.get("required", []))
        made["members"] = {member: {"shape": keys[definition["shape"]], "required": member in required}
                           for member, definition in shape.get("members", {}).items()}
        return made

    def amend(self, row):
        change = row["change"]
        assert row["evidence"].startswith(("Case:", "Source:", "Assumed:", "Model:")), row
        shape = row.get("shape")
        if "operation" in row:
            shape = next(op["input"] for op in self.operations if op["name"] == row["operation"])
        if "member" not in row:
            unknown = set(change) - SHAPE_CHANGES
            assert not unknown, (unknown, row)
            if "order" in change:
                assert set(change["order"]) <= set(self.shapes[shape]["members"]), row
            if "enumerators" in change:
                assert set(change["enumerators"]) == set(self.shapes[shape]["enumerators"]), row
            self.shapes[shape].update(change)
            return
        unknown = set(change) - MEMBER_CHANGES
        assert not unknown, (unknown, row)
        self.shapes[shape]["members"][row["member"]].update(change)

    def patterns(self):
        """Text → name: the alphabetically last shape that has it ("TableName", not "BackupName")."""
        named = {}
        for key in sorted(self.shapes):
            if "pattern" in self.shapes[key]:
                named[self.shapes[key]["pattern"]] = self.shapes[key]["java"]
        return dict(sorted(named.items(), key=lambda item: item[1]))

    def emit_patterns(self):
        lines = ["// Generated by compile_model.py. Do not edit.",
                 "// UNDERSTUDY_PATTERN(name, text as the messages print it)", "// clang-format off"]
        lines += [f"UNDERSTUDY_PATTERN({name}, {quoted(text)})"
                  for text, name in self.patterns().items()]
        return "\n".join(lines + ["// clang-format on"]) + "\n"

    def emit(self):
        ids = {key: number for number, key in enumerate(sorted(self.shapes))}
        out = ["// Generated by compile_model.py from *.model.json and overrides.json. Do not edit.",
               "// clang-format off"]
        patterns = self.patterns()
        shape_rows = []
        for key, number in ids.items():
            shape = self.shapes[key]
            shape_rows.append(self.emit_shape(out, number, shape, ids, patterns))
        out.append("constexpr Shape kShapes[] = {")
        out += shape_rows
        out.append("};")
        self.emit_operations(out, ids)
        out.append("// clang-format on")
        return "\n".join(out) + "\n"

    @staticmethod
    def emit_shape(out, number, shape, ids, patterns):
        members, enumerators, order, java = "{}", "{}", "{}", "{}"
        if shape.get("members"):
            out.append(f"constexpr Member kMembers{number}[] = {{  // {shape['java']}")
            for name, member in shape["members"].items():
                report_shape = member.get("report_shape")
                out.append("    {%s, %d, %d, %s, MemberReport::%s}," % (
                    quoted(name), ids[member["shape"]],
                    ids[report_shape] if report_shape else ids[member["shape"]],
                    "true" if member.get("required") else "false",
                    REPORTS[member.get("report", "echo")]))
            out.append("};")
            members = f"kMembers{number}"
            if "order" in shape:
                names = list(shape["members"])
                first = [names.index(name) for name in shape["order"]]
                rest = [place for place in range(len(names)) if place not in first]
                out.append(f"constexpr std::uint8_t kOrder{number}[] = "
                           "{%s};" % ", ".join(map(str, first + rest)))
                order = f"kOrder{number}"
            if "java_members" in shape:
                out.append(f"constexpr std::string_view kJava{number}[] = "
                           "{%s};" % ", ".join(map(quoted, shape["java_members"])))
                java = f"kJava{number}"
        if "enumerators" in shape:
            out.append(f"constexpr std::string_view kEnum{number}[] = "
                       "{%s};" % ", ".join(map(quoted, shape["enumerators"])))
            enumerators = f"kEnum{number}"
        kind = "kAttributeValue" if shape["kind"] == "attribute_value" else KINDS[shape["kind"]]
        limit = lambda name: str(shape[name]) if name in shape else "kNoLimit"
        flags = {"": "ShapeRule::kNone", "table_name_or_arn": "ShapeRule::kTableNameOrArn"}[
            shape.get("rule", "")]
        return ("    /* %d */ {%s, ShapeKind::%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s}," % (
            number, quoted(shape["java"]), kind,
            "kPattern" + patterns[shape["pattern"]] if "pattern" in shape else "kNoPattern",
            flags, "true" if shape.get("checks") == "length_first" else "false",
            ids[shape["key"]] if "key" in shape else "kNoShape",
            ids[shape["element"]] if "element" in shape else "kNoShape",
            limit("min"), limit("max"), members, enumerators, order, java))

    def emit_operations(self, out, ids):
        lists = []
        for operation in self.operations:
            if operation["errors"] not in lists:
                lists.append(operation["errors"])
        for number, errors in enumerate(lists):
            if errors:
                out.append(f"constexpr std::string_view kErrors{number}[] = "
                           "{%s};" % ", ".join(map(quoted, errors)))
        out.append("constexpr ModelOperation kOperations[] = {")
        for operation in sorted(self.operations, key=lambda op: (op["service"], op["name"])):
            number = lists.index(operation["errors"])
            out.append("    {%s, Service::%s, %d, %s, %s}," % (
                quoted(operation["name"]), operation["service"], ids[operation["input"]],
                ids[operation["output"]] if operation["output"] else "kNoShape",
                f"kErrors{number}" if operation["errors"] else "{}"))
        out.append("};")


SOURCE = '''// Generated by compile_model.py. Do not edit.
// The service model's tables and the lookups in them. All of it is constant-initialised.
#include <array>
#include <cstddef>

#include "emulator/base/check.h"
#include "emulator/service/shape.h"

namespace understudy {
namespace {

#include "emulator/service/service_model.inc"

constexpr std::size_t kSlotCount = 256;

constexpr std::size_t slot_of(Service service, std::string_view name) {
  const auto at = [name](std::size_t i) -> std::size_t {
    return static_cast<unsigned char>(name[i]);
  };
  return (name.size() * 5 + at(0) * 3 + at(name.size() / 2) * 7 + at(name.size() - 1) * 11 +
          at(name.size() / 3) * 13 + static_cast<std::size_t>(service)) % kSlotCount;
}

// Open addressing, built by the compiler: 0 is empty, else the operation's index + 1.
constexpr std::array<std::uint8_t, kSlotCount> kSlots = [] {
  std::array<std::uint8_t, kSlotCount> slots{};
  for (std::size_t i = 0; i < std::size(kOperations); ++i) {
    std::size_t slot = slot_of(kOperations[i].service, kOperations[i].name);
    while (slots[slot] != 0) {
      slot = (slot + 1) % kSlotCount;
    }
    slots[slot] = static_cast<std::uint8_t>(i + 1);
  }
  return slots;
}();

}  // namespace

std::span<const ModelOperation> model_operations() { return kOperations; }

const ModelOperation* find_model_operation(Service service, std::string_view name) {
  if (name.empty()) {
    return nullptr;
  }
  for (std::size_t slot = slot_of(service, name); kSlots[slot] != 0; slot = (slot + 1) % kSlotCount) {
    const ModelOperation& operation = kOperations[kSlots[slot] - 1];
    if (operation.name == name && operation.service == service) {
      return &operation;
    }
  }
  return nullptr;
}

const Shape& shape(ShapeId id) {
  CHECK(id < std::size(kShapes));
  return kShapes[id];
}

std::string_view pattern_text(PatternId id) {
  switch (id) {
#define UNDERSTUDY_PATTERN(name, text) \\
  case kPattern##name:                 \\
    return text;
#include "emulator/service/pattern_ids.inc"
#undef UNDERSTUDY_PATTERN
    case kNoPattern:
      break;
  }
  return {};
}

}  // namespace understudy
'''


def main(arguments):
    if len(arguments) == 2 and arguments[0] != "--check":
        import_models(*arguments)
        arguments = []
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    tables = Tables()
    written = {"service_model.inc": tables.emit(), "pattern_ids.inc": tables.emit_patterns(),
               "service_model.cpp": SOURCE}
    stale = False
    for name, text in written.items():
        path = HERE / name
        if not arguments:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale = True
            old = path.read_text().splitlines() if path.exists() else []
            print("\n".join(list(difflib.unified_diff(old, text.splitlines(), name, "regenerated",
                                                      lineterm=""))[:60]))
    if stale:
        sys.exit("The checked-in tables are stale: run emulator/service/compile_model.py")


if __name__ == "__main__":
    main(sys.argv[1:])
