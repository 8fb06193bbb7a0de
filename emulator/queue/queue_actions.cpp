// Actions on queues.
#include <algorithm>
#include <charconv>

#include "emulator/queue/queue_call.h"

namespace understudy {
namespace {

constexpr std::int64_t kListedMax = 1000;

/// The part of a list that a page has. A page ends at `MaxResults`; a token is the name it ended
/// with. Source: API reference of SQS, ListQueues.
QueueResult<void> write_page(QueueCall& call, std::string_view member,
                             const std::vector<QueueStore::Listed>& queues) {
  TRY(const auto most, call.integer("MaxResults"));
  TRY(const auto token, call.text("NextToken"));
  if (most.has_value() && (*most < 1 || *most > kListedMax)) {
    return queue_error(QueueErrorKind::kInvalidParameterValueException,
                       "Value " + std::to_string(*most) +
                           " for parameter MaxResults is invalid. Reason: MaxResults must be an "
                           "integer between 1 and 1000.");
  }
  const auto limit = static_cast<std::size_t>(most.value_or(kListedMax));
  std::size_t at = 0;
  while (token.has_value() && at < queues.size() && queues[at].name <= *token) {
    ++at;
  }
  const std::size_t end = std::min(queues.size(), at + limit);
  JsonWriter out(call.body);
  out.begin_object();
  if (at < end) {
    out.key(member);
    out.begin_array();
    for (std::size_t i = at; i < end; ++i) {
      out.string(call.url_of(queues[i]));
    }
    out.end_array();
  }
  if (most.has_value() && end < queues.size()) {
    out.key("NextToken");
    out.string(queues[end - 1].name);
  }
  out.end_object();
  return {};
}

void write_text_map(JsonWriter& out, const std::map<std::string, std::string, std::less<>>& map) {
  out.begin_object();
  for (const auto& [name, value] : map) {
    out.user_key(name);
    out.string(value);
  }
  out.end_object();
}

void write_queue_url(QueueCall& call, const QueueStore::Listed& queue) {
  JsonWriter out(call.body);
  out.begin_object();
  out.key("QueueUrl");
  out.string(call.url_of(queue));
  out.end_object();
}

}  // namespace

QueueResult<void> create_queue(QueueCall& call) {
  TRY(const std::string_view name, call.needed_text("QueueName"));
  TRY(const auto attributes, call.text_map("Attributes"));
  TRY(const auto tags, call.text_map("tags"));
  TRY(std::string arn, call.store.create(call.scope, name, attributes, tags));
  write_queue_url(call, {std::string(name), std::move(arn)});
  return {};
}

QueueResult<void> delete_queue(QueueCall& call) {
  TRY(const QueueAddress queue, call.queue());
  return call.store.destroy(queue);
}

QueueResult<void> get_queue_attributes(QueueCall& call) {
  TRY(const QueueAddress queue, call.queue());
  TRY(const auto names, call.texts("AttributeNames"));
  for (const std::string& name : names) {
    if (!is_queue_attribute(name)) {
      return queue_error(QueueErrorKind::kInvalidAttributeName, "Unknown Attribute " + name + ".");
    }
  }
  TRY(const auto all, call.store.attributes(queue));
  const bool wants_all = std::ranges::find(names, "All") != names.end();
  QueueStore::Attributes wanted;
  for (const auto& [name, value] : all) {
    if (wants_all || std::ranges::find(names, name) != names.end()) {
      wanted.emplace(name, value);
    }
  }
  JsonWriter out(call.body);
  out.begin_object();
  if (!wanted.empty()) {
    out.key("Attributes");
    write_text_map(out, wanted);
  }
  out.end_object();
  return {};
}

QueueResult<void> get_queue_url(QueueCall& call) {
  TRY(const std::string_view name, call.needed_text("QueueName"));
  TRY(const QueueStore::Listed queue, call.store.find({name, call.scope.tenant}));
  write_queue_url(call, queue);
  return {};
}

QueueResult<void> list_dead_letter_source_queues(QueueCall& call) {
  TRY(const QueueAddress queue, call.queue());
  TRY(const auto sources, call.store.sources_of(queue));
  if (sources.empty()) {
    call.body.append(R"({"queueUrls":[]})");  // A required member of the answer.
    return {};
  }
  return write_page(call, "queueUrls", sources);
}

QueueResult<void> list_queue_tags(QueueCall& call) {
  TRY(const QueueAddress queue, call.queue());
  TRY(const auto tags, call.store.tags(queue));
  JsonWriter out(call.body);
  out.begin_object();
  if (!tags.empty()) {
    out.key("Tags");
    write_text_map(out, tags);
  }
  out.end_object();
  return {};
}

QueueResult<void> list_queues(QueueCall& call) {
  TRY(const auto prefix, call.text("QueueNamePrefix"));
  return write_page(call, "QueueUrls",
                    call.store.list(call.scope.tenant, prefix.value_or(std::string_view{})));
}

QueueResult<void> purge_queue(QueueCall& call) {
  TRY(const QueueAddress queue, call.queue());
  return call.store.purge(queue);
}

QueueResult<void> set_queue_attributes(QueueCall& call) {
  TRY(const QueueAddress queue, call.queue());
  TRY(const auto attributes, call.text_map("Attributes"));
  if (attributes.empty()) {
    return queue_error(QueueErrorKind::kMissingRequiredParameterException,
                       "The request must contain the parameter Attributes.");
  }
  return call.store.set_attributes(queue, attributes);
}

QueueResult<void> tag_queue(QueueCall& call) {
  TRY(const QueueAddress queue, call.queue());
  TRY(const auto tags, call.text_map("Tags"));
  return call.store.change_tags(queue, tags, {});
}

QueueResult<void> untag_queue(QueueCall& call) {
  TRY(const QueueAddress queue, call.queue());
  TRY(const auto names, call.texts("TagKeys"));
  return call.store.change_tags(queue, {}, names);
}

}  // namespace understudy
