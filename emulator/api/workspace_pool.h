// Memory that a request works in, lent out per request and kept warm by its engine. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "emulator/base/arena.h"
#include "emulator/base/buffer.h"

namespace understudy {

struct Workspace {
  Arena arena;
  Buffer decoded;  ///< request body after its content coding was undone
  Buffer packed;   ///< answer before it is swapped for its compressed form
};

class WorkspacePool {
 public:
  WorkspacePool() = default;
  ~WorkspacePool();
  WorkspacePool(const WorkspacePool&) = delete;
  WorkspacePool& operator=(const WorkspacePool&) = delete;

  /// Gives the workspace back, emptied, at the end of its life.
  class Loan {
   public:
    ~Loan() { pool_->give_back(std::move(workspace_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Workspace& operator*() const { return *workspace_; }
    Workspace* operator->() const { return workspace_.get(); }

   private:
    friend class WorkspacePool;
    Loan(WorkspacePool& pool, std::unique_ptr<Workspace> workspace)
        : pool_(&pool), workspace_(std::move(workspace)) {}
    WorkspacePool* pool_;
    std::unique_ptr<Workspace> workspace_;
  };
  [[nodiscard]] Loan borrow();

 private:
  void give_back(std::unique_ptr<Workspace> workspace);

  /// One slot per cache line. A thread looks first where its stack says, so that threads do not
  /// take each other's warm memory; which workspace serves a request changes nothing in its answer.
  struct alignas(64) Slot {
    std::atomic<Workspace*> workspace{nullptr};
  };
  static constexpr std::size_t kSlots = 16;
  std::array<Slot, kSlots> slots_;
};

}  // namespace understudy
