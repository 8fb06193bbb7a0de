// What asio keeps to itself of sockets, opened for two purposes; with another Boost than Debian
// 12's neither is served, at the price of some memory and a system call per request. Inside this
// room only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace understudy {

using PlainSocket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

/// Frees what `io` keeps of closed sockets: some 200 bytes each, of as many as were ever open at
/// once, strewn over the heap. asio gives none of it back before its io_context ends. It goes once
/// everything that waits to be run there has run, which may still point to it. From a handler of
/// `io`, which one thread runs. No process that was forked may hold copies of these sockets: events
/// of those would name what is gone.
void forget_closed_sockets(boost::asio::io_context& io);

/// Before it waits for a socket, asio reads it once more, in vain if the last read emptied it. This
/// says so of a socket whose last read took less than there was room for: whatever comes later is
/// announced. On the thread that runs the socket's io_context.
void note_emptied(PlainSocket& socket);

/// Once per socket, or note_emptied() does nothing: the system shall say with what can be read when
/// nothing follows it. Without that a client's end, which came with its last bytes, would be
/// missed.
void announce_end_of_input(PlainSocket& socket);

}  // namespace understudy
