// One request held against the rules: what it is about, which rules match, what they decide.
#include <algorithm>

#include "emulator/faults/active_rule.h"
#include "emulator/faults/fault_operations.h"
#include "emulator/faults/rule_index.h"
#include "emulator/model/json_codec.h"

namespace understudy {
namespace {

using Matched = boost::container::small_vector<bool, 8>;

/// The table's name in what TableName, ResourceArn or StreamArn say; a queue's at the end of its
/// URL.
std::string_view table_name_in(std::string_view name_or_arn) {
  if (name_or_arn.starts_with("http")) {
    return name_or_arn.substr(name_or_arn.rfind('/') + 1);
  }
  constexpr std::string_view kMark = ":table/";
  const std::size_t mark = name_or_arn.find(kMark);
  if (!name_or_arn.starts_with("arn:") || mark == std::string_view::npos) {
    return name_or_arn;
  }
  const std::string_view name = name_or_arn.substr(mark + kMark.size());
  return name.substr(0, name.find('/'));
}

std::string_view text_of(const JsonNode* node) {
  return node != nullptr && node->is(JsonKind::kString) ? node->text() : std::string_view();
}

/// Key or Item of a single request, of one action of a transaction, or of one write of a batch.
const JsonNode* attributes_of(const JsonNode& request) {
  const JsonNode* attributes = request.find("Item");
  if (attributes == nullptr) {
    attributes = request.find("Key");
  }
  return attributes != nullptr && attributes->is(JsonKind::kObject) ? attributes : nullptr;
}

std::span<const JsonNode> elements_of(const JsonNode* node) {
  return node != nullptr && node->is(JsonKind::kArray) ? node->elements()
                                                       : std::span<const JsonNode>();
}

template <class Items>
void add_batch_items(const JsonNode& tables, Items& items) {
  for (const JsonMember& member : tables.members()) {
    const std::string_view table = table_name_in(member.name);
    const bool writes = member.value.is(JsonKind::kArray);
    for (const JsonNode& entry : elements_of(writes ? &member.value : member.value.find("Keys"))) {
      const JsonNode* attributes = entry.is(JsonKind::kObject) ? &entry : nullptr;
      if (writes) {
        attributes = nullptr;
        for (const std::string_view kind : {"PutRequest", "DeleteRequest"}) {
          if (const JsonNode* request = entry.find(kind)) {
            attributes = attributes_of(*request);
          }
        }
      }
      items.push_back({table, attributes});
    }
  }
}

template <class Items>
void add_transaction_items(std::span<const JsonNode> entries, Items& items) {
  for (const JsonNode& entry : entries) {
    FaultItem item;
    if (entry.is(JsonKind::kObject)) {
      for (const JsonMember& action : entry.members()) {
        if (action.value.is(JsonKind::kObject)) {
          item.table = table_name_in(text_of(action.value.find("TableName")));
          item.attributes = attributes_of(action.value);
        }
      }
    }
    items.push_back(item);
  }
}

/// The attribute's text, number or base64; nullopt: it has none.
std::optional<std::string_view> scalar_of(const JsonNode& attributes, std::string_view name) {
  const JsonNode* value = attributes.find(name);
  if (value == nullptr || !value->is(JsonKind::kObject)) {
    return std::nullopt;
  }
  for (const std::string_view type : {"S", "N", "B"}) {
    if (const JsonNode* scalar = value->find(type); scalar != nullptr) {
      return scalar->is(JsonKind::kString) ? std::optional(scalar->text()) : std::nullopt;
    }
  }
  return std::nullopt;
}

bool attribute_matches(const JsonNode& attributes, const FaultPattern& wanted) {
  const auto scalar = scalar_of(attributes, wanted.name);
  return scalar && matches_pattern(wanted.pattern, *scalar);
}

bool key_matches(const JsonNode* attributes, std::span<const FaultPattern> key) {
  return key.empty() || (attributes != nullptr &&
                         std::ranges::all_of(key, [attributes](const FaultPattern& wanted) {
                           return attribute_matches(*attributes, wanted);
                         }));
}

bool size_matches(const JsonNode* attributes, const FaultMatch& match, Arena& arena) {
  if (!match.item_size_min && !match.item_size_max) {
    return true;
  }
  if (attributes == nullptr) {
    return false;
  }
  const auto decoded = decode_attributes(*attributes, arena);
  if (!decoded) {
    return false;
  }
  std::int64_t bytes = 0;
  for (const MapEntry& entry : *decoded) {
    bytes += static_cast<std::int64_t>(entry.name.size() + value_size_bytes(entry.value));
  }
  return bytes >= match.item_size_min.value_or(0) && bytes <= match.item_size_max.value_or(bytes);
}

bool envelope_matches(const FaultMatch& match, const FaultSubject& subject) {
  if (!match.tenant.empty() && !matches_pattern(match.tenant, subject.tenant)) {
    return false;
  }
  if (!match.index.empty() &&
      (text_of(subject.input.find("IndexName")).empty() ||
       !matches_pattern(match.index, text_of(subject.input.find("IndexName"))))) {
    return false;
  }
  return std::ranges::all_of(match.headers, [&subject](const FaultPattern& wanted) {
    return subject.find_header != nullptr &&
           matches_pattern(wanted.pattern, subject.find_header(subject.headers, wanted.name));
  });
}

/// Appends the rules listed under a table or key that any of the items has.
void find_by_items(const RuleSet::Phase& phase, std::span<const FaultItem> items,
                   std::size_t operation, RuleCandidates& found) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i == 0 || items[i].table != items[i - 1].table) {
      phase.tables.find(items[i].table, operation, found);
    }
    for (const NamedPatterns& key : phase.keys) {
      const auto value =
          items[i].attributes != nullptr ? scalar_of(*items[i].attributes, key.name) : std::nullopt;
      if (value) {
        key.patterns.find(*value, operation, found);
      }
    }
  }
}

/// Appends those listed under anything else.
void find_by_envelope(const RuleSet::Phase& phase, const FaultSubject& subject,
                      std::size_t operation, RuleCandidates& found) {
  if (subject.find_header != nullptr) {
    for (const NamedPatterns& header : phase.headers) {
      header.patterns.find(subject.find_header(subject.headers, header.name), operation, found);
    }
  }
  if (!phase.indexes.empty()) {
    phase.indexes.find(text_of(subject.input.find("IndexName")), operation, found);
  }
  if (!phase.tenants.empty()) {
    phase.tenants.find(subject.tenant, operation, found);
  }
  for (const ListedRule& other : phase.others) {
    if (other.operations[operation]) {
      found.push_back(&other);
    }
  }
}

/// Whether the action can do anything to that request. Not: reasons that all stand behind the
/// transaction's last action (none is cancelled for nothing but "None"); an index's read capacity,
/// where the table is read; a stale answer to a consistent read.
bool has_effect(const FaultAction& action, const FaultSubject& subject, std::size_t items) {
  const std::span<const FaultReason> reasons(action.cancel.data(),
                                             std::min(action.cancel.size(), items));
  const bool cancels =
      action.cancel.empty() ||
      std::ranges::any_of(reasons, [](const FaultReason& reason) { return reason.code != "None"; });
  const bool of_index_read =
      action.throttle && action.throttle->index && action.throttle->dimension == Dimension::kRead;
  if (action.stale) {
    const JsonNode* const consistent = subject.input.find("ConsistentRead");
    if (consistent != nullptr && consistent->is(JsonKind::kTrue)) {
      return false;
    }
  }
  return cancels && !(of_index_read && text_of(subject.input.find("IndexName")).empty());
}

/// Of the matching items those that stay unprocessed.
void choose_items(const FaultPartial& partial, std::span<const FaultItem> items, Random& random,
                  Matched& matched) {
  std::uint32_t chosen = 0;
  for (std::size_t i = 0; i < matched.size(); ++i) {
    if (!matched[i]) {
      continue;
    }
    bool stays = !partial.count || chosen < *partial.count;
    if (partial.share) {
      stays = random.uniform() < *partial.share;
    }
    stays = stays && key_matches(items[i].attributes, partial.key);
    matched[i] = stays;
    chosen += stays ? 1 : 0;
  }
}

}  // namespace

FaultPass::FaultPass(std::shared_ptr<const RuleSet> rules, const FaultSubject& subject)
    : rules_(std::move(rules)), subject_(subject) {}
FaultPass::~FaultPass() = default;

void FaultPass::add(const FaultRule& rule, std::uint64_t seed) {
  own_ = std::make_unique<ActiveRule>(rule, seed, subject_.now);
}

std::span<const FaultItem> FaultPass::items() {
  if (!items_.empty()) {
    return {items_.data(), items_.size()};
  }
  const JsonNode& input = subject_.input;
  const JsonNode* batch = input.find("RequestItems");
  const JsonNode* transaction = input.find("TransactItems");
  if (batch != nullptr && batch->is(JsonKind::kObject)) {
    add_batch_items(*batch, items_);
  } else if (transaction != nullptr) {
    add_transaction_items(elements_of(transaction), items_);
  }
  if (items_.empty()) {
    std::string_view table = subject_.table;
    for (const std::string_view member : {"TableName", "ResourceArn", "StreamArn", "ShardIterator",
                                          "QueueUrl", "QueueName", "FunctionName"}) {
      table = table.empty() ? text_of(input.find(member)) : table;
    }
    items_.push_back({table_name_in(table), attributes_of(input)});
  }
  return {items_.data(), items_.size()};
}

bool FaultPass::match_items(const FaultRule& rule, Matched& matched) {
  const std::span<const FaultItem> all = items();
  matched.assign(all.size(), false);
  bool any = false;
  for (std::size_t i = 0; i < all.size(); ++i) {
    matched[i] = (rule.match.table.empty() || matches_pattern(rule.match.table, all[i].table)) &&
                 key_matches(all[i].attributes, rule.match.key) &&
                 size_matches(all[i].attributes, rule.match, subject_.arena);
    any = any || matched[i];
  }
  return any;
}

void FaultPass::ask(ActiveRule& active, FaultDecision& decision) {
  const FaultRule& rule = active.rule;
  const FaultAction& action = rule.action;
  if (action.answers() && decision.answer != nullptr) {
    return;  // The request does not get that far.
  }
  Matched matched;
  if (!active.in_force(subject_.now) || !envelope_matches(rule.match, subject_) ||
      !match_items(rule, matched) || !has_effect(action, subject_, matched.size())) {
    return;
  }
  const std::uint64_t n = active.matches.fetch_add(1, std::memory_order_relaxed) + 1;
  Random random = active.draws(n);
  if (!active.chooses(n, subject_.now, random)) {
    return;
  }
  const Microseconds delay = action.latency ? draw_latency(*action.latency, random) : 0;
  const bool hangs = action.transport && action.transport->kind == FaultTransport::Kind::kHang;
  if (!active.take(subject_.now, delay + (hangs ? action.transport->time : 0)) || rule.dry_run) {
    return;
  }
  if (decision.rule_id.empty()) {
    decision.rule_id = subject_.arena.copy(rule.id);
  }
  decision.delay += delay;
  decision.retry_after_ms = action.retry_after_ms ? action.retry_after_ms : decision.retry_after_ms;
  if (action.answers()) {
    if (action.partial) {
      choose_items(*action.partial, items(), random, matched);
    }
    decision.answer = &rule;
    decision.items = std::move(matched);
  }
  decision.stale = action.stale ? &rule : decision.stale;
  decision.stream = action.stream ? &rule : decision.stream;
  if (action.capacity) {
    decision.capacity = &rule;
    // A rule of this request alone is over before anybody could see what it did.
    if (&active != own_.get()) {
      decision.capacity_hold = {{active.shared_from_this(), &active.over},
                                active.ends(subject_.now)};
    }
  }
}

bool FaultPass::concerns(FaultPhase phase) const {
  const std::size_t operation = position_of(subject_.operation);
  return own_ != nullptr || rules_->phases[static_cast<std::size_t>(phase)].operations[operation];
}

FaultDecision FaultPass::decide(FaultPhase phase) {
  FaultDecision decision;
  if (own_ != nullptr && own_->rule.phase == phase) {
    ask(*own_, decision);
  }
  const std::size_t operation = position_of(subject_.operation);
  const RuleSet::Phase& listed = rules_->phases[static_cast<std::size_t>(phase)];
  if (!listed.operations[operation]) {
    return decision;
  }
  RuleCandidates found;
  if (!listed.tables.empty() || !listed.keys.empty()) {
    find_by_items(listed, items(), operation, found);
  }
  find_by_envelope(listed, subject_, operation, found);
  // In the order rules are asked; several items may have found the same one.
  std::ranges::sort(found, {}, &ListedRule::position);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  for (const ListedRule* const candidate : found) {
    ask(*candidate->rule, decision);
  }
  return decision;
}

}  // namespace understudy
