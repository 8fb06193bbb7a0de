// AdminService: the emulator's own API, on the port of the service: /_admin/…, what other emulators
// have under /_localstack/ and /_aws/, and a page for people. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "emulator/admin/admin_parts.h"
#include "emulator/api/request_handler.h"
#include "emulator/api/side_service.h"

namespace understudy {

/// Who may use it.
struct AdminAccess {
  bool open = true;   ///< whoever reaches the port, unless there is a token
  std::string token;  ///< empty: none. Bearer, or header X-Understudy-Token
};

class AdminService final : public SideService {
 public:
  /// The parts must outlive the service.
  AdminService(const AdminParts& parts, AdminAccess access);
  ~AdminService() override;

  [[nodiscard]] bool claims(const Request& request) const override;
  /// JSON in, JSON out. What is wrong: 4xx {"error":{"field","reason"}}; a web page of another
  /// origin is refused like a stranger, so that no site can reach into a developer's emulator.
  void handle(const Request& request, Microseconds now, Response& response) override;

 private:
  struct Routes;
  const AdminParts parts_;
  const AdminAccess access_;
  std::unique_ptr<Routes> routes_;
};

/// Serves an AdminService on a port of its own.
class AdminPort final : public RequestHandler {
 public:
  /// Both must outlive it.
  AdminPort(Engine& engine, AdminService& service) : engine_(engine), service_(service) {}

  void handle(const Request& request, Response& response) override;
  void refuse(int status, Response& response) override;

 private:
  Engine& engine_;
  AdminService& service_;
};

}  // namespace understudy
