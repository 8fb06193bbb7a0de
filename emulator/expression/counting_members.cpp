#include "emulator/expression/counting_members.h"

#include <algorithm>
#include <functional>
#include <tuple>

namespace understudy::expression {
namespace {

/// Up to here comparing each with each is faster than sorting.
constexpr std::size_t kFewMembers = 16;

bool is_repeated_later(std::span<const JsonMember> members, std::size_t at) {
  return std::ranges::any_of(members.subspan(at + 1), [&](const JsonMember& later) {
    return later.name == members[at].name;
  });
}

}  // namespace

std::span<const JsonMember* const> counting_members(const JsonNode& object, Arena& arena) {
  const std::span<const JsonMember> members = object.members();
  auto** counting = arena.make_array<const JsonMember*>(members.size());
  std::size_t count = 0;
  if (members.size() <= kFewMembers) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (!is_repeated_later(members, i)) {
        counting[count++] = &members[i];
      }
    }
    return {counting, count};
  }
  for (const JsonMember& member : members) {
    counting[count++] = &member;
  }
  // By name, the last of each first; then as sent again.
  std::sort(counting, counting + count, [](const JsonMember* a, const JsonMember* b) {
    return std::tie(a->name, b) < std::tie(b->name, a);
  });
  const auto* end =
      std::unique(counting, counting + count,
                  [](const JsonMember* a, const JsonMember* b) { return a->name == b->name; });
  count = static_cast<std::size_t>(end - counting);
  std::sort(counting, counting + count, std::less<>());
  return {counting, count};
}

}  // namespace understudy::expression
