// What asio remembers of sockets: some 200 bytes each, of as many as were ever open at once, strewn
// over the heap between what else was allocated meanwhile. It gives none of it back before its
// io_context ends; this does. Inside this room only.
#pragma once

#include <boost/asio/io_context.hpp>

namespace understudy {

/// Frees what `io` keeps of closed sockets, once everything that waits to be run there has run: it
/// may still point to it. From a handler of `io`, which one thread runs. No process that was forked
/// may hold copies of these sockets: events of those would name what is gone.
void forget_closed_sockets(boost::asio::io_context& io);

}  // namespace understudy
