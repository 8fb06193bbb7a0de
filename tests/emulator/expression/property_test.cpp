// Random conditions and updates against models so simple that they are plainly right. rapidcheck
// prints its seed; RC_PARAMS="seed=…" repeats a run.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/emulator/expression/support.h"

namespace understudy {
namespace {

/// A value of the model: a number, a string, a set of strings, a list or a map.
struct ModelValue {
  enum class Kind { kNumber, kString, kSet, kList, kMap } kind = Kind::kNumber;
  int number = 0;
  std::string text;
  std::set<std::string> members;
  std::vector<ModelValue> list;
  std::map<std::string, ModelValue> map;

  friend bool operator==(const ModelValue&, const ModelValue&) = default;
};
using ModelItem = std::map<std::string, ModelValue>;

std::string json_of(const ModelValue& value) {
  std::string text;
  switch (value.kind) {
    case ModelValue::Kind::kNumber:
      return R"({"N":")" + std::to_string(value.number) + "\"}";
    case ModelValue::Kind::kString:
      return R"({"S":")" + value.text + "\"}";
    case ModelValue::Kind::kSet:
      for (const std::string& member : value.members) {
        text += (text.empty() ? "\"" : ",\"") + member + "\"";
      }
      return R"({"SS":[)" + text + "]}";
    case ModelValue::Kind::kList:
      for (const ModelValue& element : value.list) {
        text += (text.empty() ? "" : ",") + json_of(element);
      }
      return R"({"L":[)" + text + "]}";
    case ModelValue::Kind::kMap:
      for (const auto& [name, member] : value.map) {
        text += (text.empty() ? "\"" : ",\"") + name + "\":" + json_of(member);
      }
      return R"({"M":{)" + text + "}}";
  }
  return text;
}

std::string json_of(const ModelItem& item) {
  std::string text;
  for (const auto& [name, value] : item) {
    text += (text.empty() ? "\"" : ",\"") + name + "\":" + json_of(value);
  }
  return "{" + text + "}";
}

const std::vector<std::string> kNames = {"aa", "bb", "cc", "dd"};

ModelValue any_value(int depth) {
  ModelValue value;
  switch (*rc::gen::inRange(0, depth > 0 ? 5 : 3)) {
    case 0:
      value.number = *rc::gen::inRange(-2, 3);
      break;
    case 1:
      value.kind = ModelValue::Kind::kString;
      value.text = *rc::gen::element<std::string>("", "a", "ab", "abc", "b");
      break;
    case 2:
      value.kind = ModelValue::Kind::kSet;
      value.members.insert(*rc::gen::element<std::string>("a", "b"));
      value.members.insert(*rc::gen::element<std::string>("a", "ab"));
      break;
    case 3:
      value.kind = ModelValue::Kind::kList;
      for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
        value.list.push_back(any_value(depth - 1));
      }
      break;
    default:
      value.kind = ModelValue::Kind::kMap;
      for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
        value.map[*rc::gen::elementOf(kNames)] = any_value(depth - 1);
      }
      break;
  }
  return value;
}

ModelItem any_item() {
  ModelItem item;
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    item[*rc::gen::elementOf(kNames)] = any_value(2);
  }
  return item;
}

struct ModelStep {
  std::string name;  ///< empty: index
  std::size_t index = 0;

  friend bool operator==(const ModelStep&, const ModelStep&) = default;
};
using ModelPath = std::vector<ModelStep>;

std::string text_of(const ModelPath& path) {
  std::string text;
  for (const ModelStep& step : path) {
    text += step.name.empty() ? "[" + std::to_string(step.index) + "]"
                              : (text.empty() ? "" : ".") + step.name;
  }
  return text;
}

ModelPath any_path() {
  ModelPath path{{*rc::gen::elementOf(kNames)}};
  for (int i = *rc::gen::weightedElement<int>({{4, 0}, {2, 1}, {1, 2}}); i > 0; --i) {
    if (*rc::gen::arbitrary<bool>()) {
      path.push_back({*rc::gen::elementOf(kNames)});
    } else {
      path.push_back({"", static_cast<std::size_t>(*rc::gen::inRange(0, 3))});
    }
  }
  return path;
}

std::optional<ModelValue> at(const ModelItem& item, const ModelPath& path) {
  const auto root = item.find(path[0].name);
  if (root == item.end()) {
    return std::nullopt;
  }
  ModelValue value = root->second;
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (path[i].name.empty()) {
      if (value.kind != ModelValue::Kind::kList || path[i].index >= value.list.size()) {
        return std::nullopt;
      }
      value = ModelValue(value.list[path[i].index]);
    } else {
      const auto member = value.map.find(path[i].name);
      if (member == value.map.end()) {
        return std::nullopt;
      }
      value = ModelValue(member->second);
    }
  }
  return value;
}

/// A condition as text, with its values and its meaning.
struct Generated {
  std::string text;
  bool holds = false;
};

class ConditionModel {
 public:
  explicit ConditionModel(ModelItem item) : item_(std::move(item)) {}

  Generated condition(int depth) {
    switch (depth > 0 ? *rc::gen::inRange(0, 6) : *rc::gen::inRange(3, 6)) {
      case 0: {
        const Generated a = condition(depth - 1);
        const Generated b = condition(depth - 1);
        return {"(" + a.text + ") AND (" + b.text + ")", a.holds && b.holds};
      }
      case 1: {
        const Generated a = condition(depth - 1);
        const Generated b = condition(depth - 1);
        return {"(" + a.text + ") or (" + b.text + ")", a.holds || b.holds};
      }
      case 2: {
        const Generated a = condition(depth - 1);
        return {"NOT (" + a.text + ")", !a.holds};
      }
      case 3:
        return comparison();
      case 4:
        return function();
      default:
        return membership();
    }
  }

  std::string values() const { return values_.empty() ? "" : "{" + values_ + "}"; }

 private:
  struct Read {
    std::string text;
    std::optional<ModelValue> value;
  };

  Read constant(const ModelValue& value) {
    const std::string name = ":v" + std::to_string(count_++);
    values_ += (values_.empty() ? "\"" : ",\"") + name + "\":" + json_of(value);
    return {name, value};
  }
  Read operand(bool ordered) {
    if (*rc::gen::arbitrary<bool>()) {
      ModelValue value = any_value(1);
      while (ordered && value.kind > ModelValue::Kind::kString) {
        value = any_value(0);
      }
      return constant(value);
    }
    return path_operand();
  }
  /// A path that no other operand has: equal operands are refused.
  Read path_operand() {
    ModelPath path = any_path();
    const auto used = [&] { return std::find(paths_.begin(), paths_.end(), path) != paths_.end(); };
    while (used()) {
      path.push_back({*rc::gen::elementOf(kNames)});
    }
    paths_.push_back(path);
    return {text_of(path), at(item_, path)};
  }

  static std::optional<int> order(const Read& a, const Read& b) {
    if (!a.value || !b.value || a.value->kind != b.value->kind) {
      return std::nullopt;
    }
    if (a.value->kind == ModelValue::Kind::kNumber) {
      return a.value->number - b.value->number;
    }
    if (a.value->kind == ModelValue::Kind::kString) {
      return a.value->text.compare(b.value->text);
    }
    return std::nullopt;
  }

  Generated comparison() {
    const std::string op = *rc::gen::element<std::string>("=", "<>", "<", "<=", ">", ">=");
    const bool ordered = op != "=" && op != "<>";
    const Read a = operand(ordered);
    const Read b = operand(ordered);
    const bool same = a.value && b.value && *a.value == *b.value;
    const auto by = order(a, b);
    bool holds = false;
    if (op == "=") {
      holds = same;
    } else if (op == "<>") {
      holds = !same;
    } else if (by) {
      holds = op == "<" ? *by < 0 : op == "<=" ? *by <= 0 : op == ">" ? *by > 0 : *by >= 0;
    }
    return {a.text + op + b.text, holds};
  }

  Generated membership() {
    const Read a = operand(false);
    const Read b = operand(false);
    const Read c = operand(false);
    const bool holds =
        a.value && ((b.value && *a.value == *b.value) || (c.value && *a.value == *c.value));
    return {a.text + " in (" + b.text + " , " + c.text + ")", holds};
  }

  Generated function() {
    const Read path = path_operand();
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        return {"attribute_exists(" + path.text + ")", path.value.has_value()};
      case 1:
        return {"attribute_not_exists(" + path.text + ")", !path.value.has_value()};
      case 2: {
        ModelValue prefix;
        prefix.kind = ModelValue::Kind::kString;
        prefix.text = *rc::gen::element<std::string>("", "a", "ab");
        const bool holds = path.value && path.value->kind == ModelValue::Kind::kString &&
                           path.value->text.starts_with(prefix.text);
        return {"begins_with(" + path.text + ", " + constant(prefix).text + ")", holds};
      }
      case 3: {
        const Read what = constant(any_value(1));
        return {"contains(" + path.text + "," + what.text + ")",
                path.value && contains(*path.value, *what.value)};
      }
      default: {
        ModelValue size;
        size.number = *rc::gen::inRange(0, 4);
        return {"size(" + path.text + ") = " + constant(size).text,
                path.value && size_of(*path.value) == size.number};
      }
    }
  }

  static bool contains(const ModelValue& in, const ModelValue& what) {
    if (in.kind == ModelValue::Kind::kList) {
      return std::find(in.list.begin(), in.list.end(), what) != in.list.end();
    }
    if (what.kind != ModelValue::Kind::kString) {
      return false;
    }
    return in.kind == ModelValue::Kind::kSet ? in.members.count(what.text) > 0
                                             : in.kind == ModelValue::Kind::kString &&
                                                   in.text.find(what.text) != std::string::npos;
  }
  static int size_of(const ModelValue& value) {
    switch (value.kind) {
      case ModelValue::Kind::kNumber:
        return -1;
      case ModelValue::Kind::kString:
        return static_cast<int>(value.text.size());
      case ModelValue::Kind::kSet:
        return static_cast<int>(value.members.size());
      case ModelValue::Kind::kList:
        return static_cast<int>(value.list.size());
      case ModelValue::Kind::kMap:
        return static_cast<int>(value.map.size());
    }
    return -1;
  }

  ModelItem item_;
  std::string values_;
  int count_ = 0;
  std::vector<ModelPath> paths_;
};

RC_GTEST_PROP(ConditionProperty, AgreesWithTheModel, ()) {
  const ModelItem item = any_item();
  ConditionModel model(item);
  const Generated expected = model.condition(3);
  ExpressionWorld world;
  const auto condition = compile_condition(ConditionKind::kCondition, expected.text,
                                           world.context("", model.values()));
  RC_LOG() << expected.text << "\n" << model.values() << "\n" << json_of(item) << "\n";
  // BETWEEN aside, whatever is generated is well-formed; only length may be refused.
  if (!condition) {
    RC_ASSERT(error_of(condition).find("maximum allowed size") != std::string::npos);
    return;
  }
  const ItemRef stored = world.item(json_of(item));
  RC_ASSERT(holds(**condition, stored.get(), world.arena) == expected.holds);
}

/// Sets and removes on distinct top-level attributes and inside documents, one action at a time.
RC_GTEST_PROP(UpdateProperty, AgreesWithTheModel, ()) {
  ModelItem item = any_item();
  const ModelPath path = any_path();
  const ModelValue value = any_value(1);
  const bool remove = *rc::gen::arbitrary<bool>();
  ExpressionWorld world;
  const std::string text = remove ? "REMOVE " + text_of(path) : "SET " + text_of(path) + " = :v";
  const auto update =
      compile_update(text, world.context("", remove ? "" : R"({":v":)" + json_of(value) + "}"));
  RC_ASSERT(update.has_value());
  const ItemRef before = world.item(json_of(item));
  const auto after = apply_update(**update, {before.get(), {}, {}}, world.arena);

  ModelValue root;
  root.kind = ModelValue::Kind::kMap;
  root.map = item;
  ModelValue* parent = &root;
  for (std::size_t i = 0; i + 1 < path.size() && parent != nullptr; ++i) {
    if (path[i].name.empty()) {
      parent = parent->kind == ModelValue::Kind::kList && path[i].index < parent->list.size()
                   ? &parent->list[path[i].index]
                   : nullptr;
    } else {
      const auto member = parent->map.find(path[i].name);
      parent = member == parent->map.end() ? nullptr : &member->second;
    }
  }
  const ModelStep& last = path.back();
  const auto wanted = last.name.empty() ? ModelValue::Kind::kList : ModelValue::Kind::kMap;
  RC_LOG() << text << "\n" << json_of(item) << "\n";
  if (parent == nullptr || parent->kind != wanted) {
    RC_ASSERT(error_of(after) ==
              "The document path provided in the update expression is invalid for update");
    return;
  }
  if (!last.name.empty()) {
    if (remove) {
      parent->map.erase(last.name);
    } else {
      parent->map[last.name] = value;
    }
  } else if (last.index < parent->list.size()) {
    if (remove) {
      parent->list.erase(parent->list.begin() + static_cast<std::ptrdiff_t>(last.index));
    } else {
      parent->list[last.index] = value;
    }
  } else if (!remove) {
    parent->list.push_back(value);
  }
  RC_ASSERT(after.has_value());
  const ItemRef expected = world.item(json_of(root.map));
  RC_ASSERT((*after)->text() == expected->text());
  RC_ASSERT((*after)->size_bytes() == expected->size_bytes());
}

/// Random tokens: always an answer, the same from a cold and a warm cache.
RC_GTEST_PROP(SyntaxProperty, AlwaysAnswers, ()) {
  std::string text;
  for (int i = *rc::gen::inRange(0, 30); i > 0; --i) {
    text += *rc::gen::element<std::string>(
        "(", ")", "[", "]", "0", ".", ",", "+", "-", "=", "<>", "<", " ", "aa", "#n", ":v", "AND ",
        "OR ", "NOT ", "BETWEEN ", "IN ", "SET ", "REMOVE ", "ADD ", "DELETE ", "size(",
        "if_not_exists(", "list_append(", "contains(", "attribute_type(", "key", "\xc3\xbc", "!");
  }
  ExpressionWorld world;
  const ExpressionContext context = world.context(R"({"#n":"name"})", R"({":v":{"N":"1"}})");
  for (int round = 0; round < 2; ++round) {
    const auto condition = compile_condition(ConditionKind::kFilter, text, context);
    const auto key = compile_key_condition(text, context);
    const auto update = compile_update(text, context);
    const auto projection = compile_projection(text, context);
    const ItemRef item = world.item(R"({"aa":{"M":{"name":{"N":"2"}}},"name":{"L":[{"N":"1"}]}})");
    if (condition) {
      (void)holds(**condition, item.get(), world.arena);
      (void)holds(**condition, nullptr, world.arena);
    }
    if (update) {
      (void)error_of(apply_update(**update, {item.get(), {}, {}}, world.arena));
    }
    if (projection) {
      Buffer out;
      append_projected(out, **projection, *item, world.arena);
      RC_ASSERT(out.size() >= 2U);
    }
    RC_ASSERT(condition || error_of(condition).starts_with("Invalid FilterExpression: "));
    RC_ASSERT(key || error_of(key).find("KeyConditionExpression") != std::string::npos);
  }
}

}  // namespace
}  // namespace understudy
