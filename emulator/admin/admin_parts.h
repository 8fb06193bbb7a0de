// What the admin API steers: parts of an instance, each may be absent but the engine.
#pragma once

namespace understudy {

class Engine;
class EventHub;
class JournalRing;
class KinesisRecords;
class LocalStackChaos;
class Scenarios;
class SteerableClock;
class Timeline;

struct AdminParts {
  Engine& engine;
  Timeline* timeline = nullptr;     ///< null: the clock cannot be moved
  SteerableClock* clock = nullptr;  ///< null: it has no rate
  JournalRing* journal = nullptr;
  EventHub* events = nullptr;
  LocalStackChaos* chaos = nullptr;
  Scenarios* scenarios = nullptr;
  KinesisRecords* kinesis = nullptr;
};

}  // namespace understudy
