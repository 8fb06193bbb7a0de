#include "emulator/http/socket_states.h"

#include <boost/asio/detail/reactor.hpp>
#include <boost/asio/post.hpp>
#include <boost/version.hpp>
#include <utility>

namespace understudy {

// The private names are those of Debian 12's Boost; with another, asio keeps its list.
#if defined(BOOST_ASIO_HAS_EPOLL) && BOOST_VERSION == 108100

namespace detail = boost::asio::detail;

namespace {

using Reactor = detail::epoll_reactor;
using State = Reactor::descriptor_state;
using States = detail::object_pool<State>;

/// Private members by name: an explicit instantiation may say them.
template <class Name, auto kMember>
struct Opened {
  friend auto member(Name /*name*/) { return kMember; }
};
struct SocketsOfReactor {
  friend auto member(SocketsOfReactor name);
};
struct MutexOfSockets {
  friend auto member(MutexOfSockets name);
};
struct FreeStates {
  friend auto member(FreeStates name);
};
template struct Opened<SocketsOfReactor, &Reactor::registered_descriptors_>;
template struct Opened<MutexOfSockets, &Reactor::registered_descriptors_mutex_>;
template struct Opened<FreeStates, &States::free_list_>;

/// A list of states, destroyed with it.
class StateList {
 public:
  explicit StateList(State* first) : first_(first) {}
  StateList(StateList&& other) noexcept : first_(std::exchange(other.first_, nullptr)) {}
  StateList& operator=(StateList&&) = delete;
  ~StateList() {
    while (first_ != nullptr) {
      State* const next = detail::object_pool_access::next(first_);
      detail::object_pool_access::destroy(std::exchange(first_, next));
    }
  }

 private:
  State* first_;
};

}  // namespace

void forget_closed_sockets(boost::asio::io_context& io) {
  auto& reactor = boost::asio::use_service<Reactor>(io);
  State* closed = nullptr;
  {
    auto& mutex = reactor.*member(MutexOfSockets{});
    const detail::conditionally_enabled_mutex::scoped_lock lock(mutex);
    closed = std::exchange(reactor.*member(SocketsOfReactor{}).*member(FreeStates{}), nullptr);
  }
  boost::asio::post(io, [list = StateList(closed)] {});
}

#else

void forget_closed_sockets(boost::asio::io_context& /*io*/) {}

#endif

}  // namespace understudy
