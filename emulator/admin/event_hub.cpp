#include "emulator/admin/event_hub.h"

#include "emulator/api/request.h"
#include "emulator/api/stream_answer.h"

namespace understudy {
namespace {

std::string event_text(std::string_view event, std::string_view data, std::uint64_t id) {
  std::string text = "event: ";
  text.append(event).append("\nid: ").append(std::to_string(id)).append("\ndata: ");
  text.append(data).append("\n\n");
  return text;
}

}  // namespace

EventHub::EventHub(std::function<void()> changed) {
  want_every_request(false);
  changed_ = std::move(changed);
}

EventHub::~EventHub() {
  for (const Listener& listener : listeners_) {
    listener.stream->end();
  }
}

void EventHub::record(const JournalEntry& entry) {
  const bool of_admin = entry.request != nullptr && entry.operation.empty() &&
                        entry.request->target.starts_with("/_admin");
  if (of_admin) {
    return;
  }
  bool gone = false;
  {
    const std::lock_guard lock(mutex_);
    if (listeners_.empty()) {
      return;
    }
    JournalRecord record;
    record.assign(entry);
    record.number = ++told_;
    Buffer data;
    JsonWriter out(data);
    append_journal_record(record, out);
    const std::string text = event_text("request", data.view(), told_);
    for (const Listener& listener : listeners_) {
      if (listener.requests.fits(record)) {
        gone = !listener.stream->send(text) || gone;
      }
    }
    if (gone) {
      drop_gone_locked();
    }
  }
  if (gone && changed_) {
    changed_();
  }
}

void EventHub::tell(std::string_view event, std::string_view data) {
  const std::lock_guard lock(mutex_);
  if (listeners_.empty()) {
    return;
  }
  const std::string text = event_text(event, data, ++told_);
  for (const Listener& listener : listeners_) {
    listener.stream->send(text);
  }
}

std::shared_ptr<StreamAnswer> EventHub::listen(JournalFilter requests) {
  auto stream = std::make_shared<StreamAnswer>();
  {
    const std::lock_guard lock(mutex_);
    drop_gone_locked();
    if (listeners_.size() >= kListenersMax) {
      return nullptr;
    }
    listeners_.push_back({stream, std::move(requests)});
    want_every_request(true);
  }
  if (changed_) {
    changed_();
  }
  return stream;
}

std::size_t EventHub::listeners() const {
  const std::lock_guard lock(mutex_);
  return listeners_.size();
}

void EventHub::drop_gone_locked() {
  std::erase_if(listeners_, [](const Listener& listener) { return !listener.stream->open(); });
  want_every_request(!listeners_.empty());
}

}  // namespace understudy
