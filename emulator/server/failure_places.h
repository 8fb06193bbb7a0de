// Where batches go that an event source mapping gives up, besides HTTP endpoints: a queue of this
// server (its ARN), or a file ("file:PATH", a line each).
#pragma once

#include <string>

#include "streams/mappings/event_source_mappings.h"

namespace understudy {

class QueueService;

/// `queues` must outlive what is made of it. Thread-safe.
FailureDestination failure_destination(QueueService& queues);
EventSourceMappings::CheckDestination failure_place_check(QueueService& queues);

}  // namespace understudy
