#include "emulator/api/journal_fan.h"

#include <algorithm>

namespace understudy {

void JournalFan::add(Journal& journal) {
  journals_.push_back(&journal);
  refresh();
}

void JournalFan::refresh() {
  want_every_request(std::ranges::any_of(
      journals_, [](const Journal* journal) { return journal->wants_every_request(); }));
}

void JournalFan::record(const JournalEntry& entry) {
  for (Journal* const journal : journals_) {
    if (!entry.note.empty() || journal->wants_every_request()) {
      journal->record(entry);
    }
  }
}

}  // namespace understudy
