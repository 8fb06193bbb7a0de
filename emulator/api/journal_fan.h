// JournalFan: one journal for several that listen (log, request journal, events, recorder). Costs
// nothing while nobody wants every request. Thread-safe.
#pragma once

#include <vector>

#include "emulator/api/engine.h"

namespace understudy {

class JournalFan final : public Journal {
 public:
  JournalFan() { want_every_request(false); }

  /// Before the first request; `journal` must outlive the fan's last one.
  void add(Journal& journal);
  /// Asks all again whether they want every request.
  void refresh();

  /// To each: every entry, or only those with a note, as it wants.
  void record(const JournalEntry& entry) override;

 private:
  std::vector<Journal*> journals_;
};

}  // namespace understudy
