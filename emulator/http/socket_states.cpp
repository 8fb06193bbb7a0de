#include "emulator/http/socket_states.h"

#include <sys/epoll.h>

#include <boost/asio/detail/reactor.hpp>
#include <boost/asio/post.hpp>
#include <boost/version.hpp>
#include <utility>

namespace understudy {

// The private names are those of Debian 12's Boost.
#if defined(BOOST_ASIO_HAS_EPOLL) && BOOST_VERSION == 108100

namespace detail = boost::asio::detail;

namespace {

using Reactor = detail::epoll_reactor;
using State = Reactor::descriptor_state;
using States = detail::object_pool<State>;
using Socket =
    boost::asio::basic_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

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
struct EpollOfReactor {
  friend auto member(EpollOfReactor name);
};
struct ImplOfSocket {
  friend auto member(ImplOfSocket name);
};
struct EventsOfState {
  friend auto member(EventsOfState name);
};
struct ReadsAhead {
  friend auto member(ReadsAhead name);
};
struct SeenEvents {
  friend auto member(SeenEvents name);
};
template struct Opened<SocketsOfReactor, &Reactor::registered_descriptors_>;
template struct Opened<MutexOfSockets, &Reactor::registered_descriptors_mutex_>;
template struct Opened<FreeStates, &States::free_list_>;
template struct Opened<EpollOfReactor, &Reactor::epoll_fd_>;
template struct Opened<ImplOfSocket, &Socket::impl_>;
template struct Opened<EventsOfState, &State::registered_events_>;
template struct Opened<ReadsAhead, &State::try_speculative_>;
template struct Opened<SeenEvents, &detail::scheduler_operation::task_result_>;

/// Null when closed.
State* state_of(Socket& socket) {
  return (socket.*member(ImplOfSocket{})).get_implementation().reactor_data_;
}

bool end_was_announced(State& state) {
  // The base is a private one, too: only a cast of the old kind goes there.
  auto& operation = (detail::scheduler_operation&)state;  // NOLINT
  return (operation.*member(SeenEvents{}) & EPOLLRDHUP) != 0;
}

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

void note_emptied(PlainSocket& socket) {
  State* const state = state_of(socket);
  if (state != nullptr && (state->*member(EventsOfState{}) & EPOLLRDHUP) != 0 &&
      !end_was_announced(*state)) {
    (state->*member(ReadsAhead{}))[Reactor::read_op] = false;
  }
}

void announce_end_of_input(PlainSocket& socket) {
  State* const state = state_of(socket);
  if (state == nullptr) {
    return;
  }
  auto& reactor = boost::asio::use_service<Reactor>(socket.get_executor().context());
  epoll_event event{};
  event.events = state->*member(EventsOfState{}) | EPOLLRDHUP;
  event.data.ptr = state;
  if (::epoll_ctl(reactor.*member(EpollOfReactor{}), EPOLL_CTL_MOD, socket.native_handle(),
                  &event) == 0) {
    state->*member(EventsOfState{}) = event.events;
  }
}

#else

void forget_closed_sockets(boost::asio::io_context& /*io*/) {}
void note_emptied(PlainSocket& /*socket*/) {}
void announce_end_of_input(PlainSocket& /*socket*/) {}

#endif

}  // namespace understudy
