#include "emulator/api/workspace_pool.h"

#include <utility>

namespace understudy {
namespace {

/// What a workspace may keep between requests.
constexpr std::size_t kKeptBufferBytesMax = std::size_t{64} * 1024;

/// A number that differs between threads mostly: their stacks lie megabytes apart.
std::size_t thread_hint() {
  const auto stack = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  return (stack >> 20) ^ (stack >> 24);
}

void shrink(Buffer& buffer) {
  if (buffer.capacity() > kKeptBufferBytesMax) {
    buffer = Buffer();
  }
  buffer.clear();
}

}  // namespace

WorkspacePool::~WorkspacePool() {
  for (Slot& slot : slots_) {
    const std::unique_ptr<Workspace> owned(slot.workspace.load());
  }
}

WorkspacePool::Loan WorkspacePool::borrow() {
  const std::size_t first = thread_hint();
  for (std::size_t i = 0; i < kSlots; ++i) {
    std::atomic<Workspace*>& slot = slots_[(first + i) % kSlots].workspace;
    if (slot.load(std::memory_order_relaxed) == nullptr) {
      continue;
    }
    if (Workspace* workspace = slot.exchange(nullptr, std::memory_order_acquire)) {
      return {*this, std::unique_ptr<Workspace>(workspace)};
    }
  }
  return {*this, std::make_unique<Workspace>()};
}

void WorkspacePool::give_back(std::unique_ptr<Workspace> workspace) {
  workspace->arena.reset();
  shrink(workspace->decoded);
  shrink(workspace->packed);
  const std::size_t first = thread_hint();
  for (std::size_t i = 0; i < kSlots; ++i) {
    std::atomic<Workspace*>& slot = slots_[(first + i) % kSlots].workspace;
    Workspace* expected = nullptr;
    if (slot.load(std::memory_order_relaxed) == nullptr &&
        slot.compare_exchange_strong(expected, workspace.get(), std::memory_order_release,
                                     std::memory_order_relaxed)) {
      static_cast<void>(workspace.release());
      return;
    }
  }
}

}  // namespace understudy
