// WebCore: what the parts of a WebServer share. Inside this room only: Asio is seen here.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "streams/web/web_server.h"

namespace understudy {

class WebAcceptor;

/// What the core knows of a connection, a call or a child that is under way.
class WebActivity {
 public:
  WebActivity() = default;
  virtual ~WebActivity() = default;
  WebActivity(const WebActivity&) = delete;
  WebActivity& operator=(const WebActivity&) = delete;
  /// Ends it now. On the core's thread.
  virtual void abort() = 0;
};

struct WebCore {
  WebCore();
  ~WebCore();
  WebCore(const WebCore&) = delete;
  WebCore& operator=(const WebCore&) = delete;
  void stop();

  // These outlive io: what still waits in it when it ends takes itself off the list.
  std::set<WebActivity*> activities;  ///< touched on the thread only
  // Must outlive all else that refers to it. Owned by the server alone: what io holds, and whoever
  // holds a handle to it, only knows of the core, or none of them would ever go.
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work;
  std::map<WebServer::Ticket, std::unique_ptr<boost::asio::steady_timer>> timers;  ///< likewise
  std::vector<std::unique_ptr<WebAcceptor>> acceptors;                             ///< likewise
  std::atomic<WebServer::Ticket> tickets{0};
  std::atomic<bool> stopping{false};
  std::mutex stop_mutex;
  std::thread thread;
};

/// Registers an activity for as long as it lives.
class WebActivityEntry {
 public:
  WebActivityEntry(WebCore& core, WebActivity& activity) : core_(core), activity_(&activity) {
    core_.activities.insert(activity_);
  }
  ~WebActivityEntry() { core_.activities.erase(activity_); }
  WebActivityEntry(const WebActivityEntry&) = delete;
  WebActivityEntry& operator=(const WebActivityEntry&) = delete;

 private:
  WebCore& core_;
  WebActivity* activity_;
};

void begin_call(WebCore& core, WebCall call,
                std::function<void(Expected<WebAnswer, std::string>)> done);
Expected<std::unique_ptr<WebChild>, std::string> begin_child(const std::shared_ptr<WebCore>& core,
                                                             const ChildSettings& settings,
                                                             ChildWatch watch);

}  // namespace understudy
