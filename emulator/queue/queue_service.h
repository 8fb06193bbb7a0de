// QueueService: SQS beside DynamoDB, on the same port (AmazonSQS.*, AWS JSON 1.0) and for C++ in
// the same process. Visibility time-outs, delays, retention and long polls are of the engine's
// clock and scheduler, so that a virtual clock moves them.
//
//   queues.create("work", {{"VisibilityTimeout", "30"}});
//   queues.send("work", {.body = "hello"});
//   auto got = queues.receive("work", {.messages_max = 10});
//   queues.remove("work", got->front().receipt_handle);
//
// Thread-safe. Nothing is called back under its lock.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/api/side_service.h"
#include "emulator/queue/queue_error.h"
#include "emulator/queue/queue_message.h"

namespace understudy {

class Engine;

struct QueueServiceOptions {
  /// Whether the URLs of queues begin with https.
  bool https = false;
};

/// Which queue: its name or its ARN, and whose. A tenant is as for tables (api/tenant.h); views.
struct QueueRef {
  // NOLINTNEXTLINE(google-explicit-constructor): a name is how one says which queue.
  QueueRef(const char* name_or_arn) : which(name_or_arn) {}
  // NOLINTNEXTLINE(google-explicit-constructor): as above.
  QueueRef(const std::string& name_or_arn) : which(name_or_arn) {}
  // NOLINTNEXTLINE(google-explicit-constructor): as above.
  QueueRef(std::string_view name_or_arn) : which(name_or_arn) {}
  QueueRef(std::string_view name_or_arn, std::string_view whose)
      : which(name_or_arn), tenant(whose) {}

  std::string_view which;
  std::string_view tenant = "default";
};

class QueueService final : public SideService {
 public:
  using Attributes = std::map<std::string, std::string, std::less<>>;
  using Received = std::vector<ReceivedMessage>;
  using Told = std::function<void(QueueResult<Received> received)>;

  /// Takes clock, scheduler, seed, region and account from `engine`, which must outlive this; add
  /// it there by Engine::add_service. With `transition_ms` nullopt (aws-like) a deleted queue's
  /// name is taken for 60 s and a queue is purged at most once in 60 s, as on AWS; else neither.
  explicit QueueService(Engine& engine, QueueServiceOptions options = {});
  ~QueueService() override;

  [[nodiscard]] bool claims(const Request& request) const override;
  void handle(const Request& request, Microseconds now, Response& response) override;
  [[nodiscard]] const ModelOperation* operation_of(const Request& request) const override;
  [[nodiscard]] std::optional<SideSigning> signing_of(const Request& request) const override;

  /// The ARN. As CreateQueue: of a queue that is there already with those attributes, it is that
  /// one's. Attributes are named and written as on the wire ("RedrivePolicy": a JSON document).
  QueueResult<std::string> create(QueueRef queue, const Attributes& attributes = {});
  QueueResult<void> set_attributes(QueueRef queue, const Attributes& attributes);
  /// All of them, as GetQueueAttributes has them.
  QueueResult<Attributes> attributes(QueueRef queue);
  QueueResult<void> destroy(QueueRef queue);
  QueueResult<void> purge(QueueRef queue);
  /// ARNs of all queues of a tenant, by name.
  std::vector<std::string> arns(std::string_view tenant = "default");

  QueueResult<SentMessage> send(QueueRef queue, OutgoingMessage message);
  /// What is there now; an empty list where nothing is.
  QueueResult<Received> receive(QueueRef queue, const ReceiveRequest& request = {});
  /// The same as a long poll: `told` is called once, as soon as a message is there or at `until`
  /// with none, from whichever thread brought that about; it may call this service. A queue that is
  /// destroyed meanwhile answers none. `gone`, if given, tells when nobody waits any more; then no
  /// message is received for it.
  void receive_by(QueueRef queue, const ReceiveRequest& request, Microseconds until, Told told,
                  std::function<bool()> gone = {});
  QueueResult<void> remove(QueueRef queue, std::string_view receipt_handle);
  /// 0 s: visible again at once.
  QueueResult<void> change_visibility(QueueRef queue, std::string_view receipt_handle,
                                      std::int64_t seconds);
  QueueResult<QueueDepth> depth(QueueRef queue);

  /// Forgets all queues, or those of a tenant. Long polls under way answer none.
  void reset(std::string_view tenant = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
