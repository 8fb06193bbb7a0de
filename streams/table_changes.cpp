#include "streams/table_changes.h"

#include "emulator/table/table.h"
#include "streams/stream_directory.h"

namespace understudy {

void TableChanges::append(const TableState& /*state*/, const Change& change) {
  if (log != nullptr) {
    log->append(change, nullptr);
    directory_.relieve();
  }
}

std::shared_ptr<ChangeSink> TableChanges::copy() const {
  auto copied = std::make_shared<TableChanges>(directory_);
  if (log != nullptr) {
    copied->log = log->copy();
  }
  return copied;
}

}  // namespace understudy
