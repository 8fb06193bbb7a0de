#include "emulator/clock/scheduler.h"

namespace understudy {

Scheduler::Ticket Scheduler::at(Microseconds due, Work work) {
  const std::lock_guard lock(mutex_);
  const Ticket ticket{due, inserted_++};
  work_.emplace(ticket, std::move(work));
  publish_next_due();
  return ticket;
}

void Scheduler::cancel(Ticket ticket) {
  const std::lock_guard lock(mutex_);
  work_.erase(ticket);
  publish_next_due();
}

void Scheduler::clear() {
  const std::lock_guard lock(mutex_);
  work_.clear();
  publish_next_due();
}

void Scheduler::on_sooner(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void Scheduler::run_due_slowly(Microseconds now) {
  for (;;) {
    std::map<Ticket, Work>::node_type due;
    {
      const std::lock_guard lock(mutex_);
      if (work_.empty() || work_.begin()->first.first > now) {
        return;
      }
      due = work_.extract(work_.begin());
      publish_next_due();
    }
    // Outside the lock: work may schedule more work.
    due.mapped()(due.key().first);
  }
}

void Scheduler::publish_next_due() {
  const Microseconds next = work_.empty() ? INT64_MAX : work_.begin()->first.first;
  const Microseconds before = next_due_.exchange(next, std::memory_order_acq_rel);
  if (next < before && wake_) {
    wake_();
  }
}

}  // namespace understudy
