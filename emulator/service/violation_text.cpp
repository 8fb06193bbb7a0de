#include "emulator/service/violation_text.h"

#include <array>

#include "emulator/base/ascii.h"
#include "emulator/base/buffer.h"
#include "emulator/service/limits.h"

namespace understudy {
namespace {

// An echo can be many times the request it echoes: every attribute value is written with all the
// members of its class. Assumed: the service cuts off somewhere as well.
constexpr std::size_t kEchoMaxBytes = std::size_t{256} * 1024;

bool is_full(std::string& out) {
  if (out.size() < kEchoMaxBytes) {
    return false;
  }
  if (!out.ends_with("...")) {
    out += "...";
  }
  return true;
}

// Only the first letter: "sSESpecification", "kMSMasterKeyId". Case: ACK DDB-TABLE-457.
std::string lower_first(std::string_view name) {
  std::string text(name);
  if (!text.empty()) {
    text[0] = lower(text[0]);
  }
  return text;
}

void append_path(const PathStep* step, bool java, std::string& out) {
  if (step == nullptr) {
    return;
  }
  append_path(step->parent, java, out);
  if (!out.empty()) {
    out += '.';
  }
  switch (step->kind) {
    case PathStep::Kind::kMember:
      out += java ? lower_first(step->name) : std::string(step->name);
      break;
    case PathStep::Kind::kIndex:
      out += std::to_string(step->position) + ".member";
      break;
    case PathStep::Kind::kKey:
      out.append(step->name).append(".member");
      break;
  }
}

void append_java(const JsonNode* node, const Shape& shape_of, std::string& out);

void append_java_list(const JsonNode& node, const Shape& element, std::string& out) {
  out += '[';
  for (std::size_t i = 0; i < node.size && !is_full(out); ++i) {
    out += i == 0 ? "" : ", ";
    append_java(&node.elements()[i], element, out);
  }
  out += ']';
}

void append_java_map(const JsonNode& node, const Shape& element, std::string& out) {
  out += '{';
  bool first = true;
  for (const JsonMember& member : node.members()) {
    if (is_full(out)) {
      return;
    }
    out += first ? "" : ", ";
    first = false;
    out.append(member.name).append("=");
    append_java(&member.value, element, out);
  }
  out += '}';
}

const Member* find_member(const Shape& shape_of, std::string_view java_name) {
  for (const Member& member : shape_of.members) {
    if (lower_first(member.name) == java_name) {
      return &member;
    }
  }
  return nullptr;
}

// AttributeValue's class has more members than the API. Case: recorded answers, 2026-09-20.
constexpr std::array<std::string_view, 16> kAttributeValueMembers = {
    "s",  "n",      "b",          "iNT",       "dECIMAL", "dOUBLE", "sS",   "nS",
    "bS", "iNTSET", "dECIMALSET", "dOUBLESET", "m",       "l",      "nULL", "bOOL",
};

void append_java_structure(const JsonNode& node, const Shape& shape_of, std::string& out) {
  out.append(shape_of.name).append("(");
  bool first = true;
  const auto append_member = [&](std::string_view java_name) {
    out += first ? "" : ", ";
    first = false;
    out.append(java_name).append("=");
    const Member* member = find_member(shape_of, java_name);
    const JsonNode* value = member == nullptr ? nullptr : node.find(member->name);
    if (value == nullptr) {
      out += "null";
    } else {
      append_java(value, shape(member->shape), out);
    }
  };
  if (shape_of.kind == ShapeKind::kAttributeValue) {
    for (const std::string_view name : kAttributeValueMembers) {
      append_member(name);
    }
  } else if (!shape_of.java_members.empty()) {
    for (const std::string_view name : shape_of.java_members) {
      append_member(name);
    }
  } else {
    for (const Member& member : shape_of.members) {
      append_member(lower_first(member.name));
    }
  }
  out += ')';
}

void append_java(const JsonNode* node, const Shape& shape_of, std::string& out) {
  switch (node->kind) {
    case JsonKind::kNull:
      out += "null";
      return;
    case JsonKind::kTrue:
      out += "true";
      return;
    case JsonKind::kFalse:
      out += "false";
      return;
    case JsonKind::kInteger:
    case JsonKind::kDecimal:
      out.append(node->text());
      return;
    case JsonKind::kString:
      if (shape_of.kind == ShapeKind::kBlob) {  // Assumed: no recorded echo has bytes in it
        const std::size_t padding =
            node->text().ends_with("==") ? 2 : (node->text().ends_with("=") ? 1 : 0);
        const std::string size = std::to_string(std::size_t{node->size} / 4 * 3 - padding);
        out += "java.nio.HeapByteBuffer[pos=0 lim=" + size + " cap=" + size + "]";
        return;
      }
      out.append(node->text());
      return;
    case JsonKind::kArray:
      append_java_list(*node, shape(shape_of.element), out);
      return;
    case JsonKind::kObject:
      if (shape_of.kind == ShapeKind::kMap) {
        append_java_map(*node, shape(shape_of.element), out);
      } else {
        append_java_structure(*node, shape_of, out);
      }
      return;
  }
}

void write_json(const JsonNode& node, JsonWriter& out) {
  if (out.buffer().size() >= kEchoMaxBytes) {
    return out.raw("null");
  }
  switch (node.kind) {
    case JsonKind::kNull:
      return out.raw("null");
    case JsonKind::kTrue:
      return out.raw("true");
    case JsonKind::kFalse:
      return out.raw("false");
    case JsonKind::kInteger:
    case JsonKind::kDecimal:
      return out.raw(node.text());
    case JsonKind::kString:
      return out.string(node.text());
    case JsonKind::kArray:
      out.begin_array();
      for (const JsonNode& element : node.elements()) {
        write_json(element, out);
      }
      return out.end_array();
    case JsonKind::kObject:
      out.begin_object();
      for (const JsonMember& member : node.members()) {
        out.user_key(member.name);
        write_json(member.value, out);
      }
      return out.end_object();
  }
}

}  // namespace

std::string java_path(const PathStep* step) {
  std::string out;
  append_path(step, true, out);
  return out;
}

std::string wire_path(const PathStep* step) {
  std::string out;
  append_path(step, false, out);
  return out;
}

std::string java_value(const JsonNode& node, const Shape& shape) {
  std::string out;
  append_java(&node, shape, out);
  return out;
}

std::string json_value(const JsonNode& node) {
  Buffer buffer;
  JsonWriter writer(buffer);
  write_json(node, writer);
  return std::string(buffer.view());
}

std::string length_at_least(std::int64_t min) {
  return "Member must have length greater than or equal to " + std::to_string(min);
}

std::string length_at_most(std::int64_t max) {
  return "Member must have length less than or equal to " + std::to_string(max);
}

std::string pattern_unmet(PatternId pattern) {
  return "Member must satisfy regular expression pattern: " + std::string(pattern_text(pattern));
}

std::string enumerators_unmet(const Shape& shape) {
  std::string out = "Member must satisfy enum value set: [";
  for (std::size_t i = 0; i < shape.enumerators.size(); ++i) {
    out.append(i == 0 ? "" : ", ").append(shape.enumerators[i]);
  }
  return out + "]";
}

std::string constraint_list(const Shape& shape) {
  std::string out;
  const auto add = [&out](const std::string& constraint) {
    out += (out.empty() ? "[" : ", ") + constraint;
  };
  if (shape.rule == ShapeRule::kTableNameOrArn) {
    // Case: recorded for the keys of BatchGetItem and BatchWriteItem, 2026-10-09.
    add(length_at_most(kTableNameMaxBytes));
    add(length_at_least(kTableNameMinBytes));
    add(pattern_unmet(kPatternTableName));
    return out + "]";
  }
  if (shape.max != kNoLimit) {
    add(length_at_most(shape.max));
  }
  if (shape.min != kNoLimit) {
    add(length_at_least(shape.min));
  }
  if (shape.pattern != kNoPattern) {
    add(pattern_unmet(shape.pattern));
  }
  if (!shape.enumerators.empty()) {
    add(enumerators_unmet(shape));
  }
  return out.empty() ? out : out + "]";
}

}  // namespace understudy
