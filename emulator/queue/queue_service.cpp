#include "emulator/queue/queue_service.h"

#include "emulator/api/engine.h"
#include "emulator/api/tenant.h"
#include "emulator/base/random.h"
#include "emulator/queue/queue_store.h"
#include "emulator/queue/queue_wire.h"

namespace understudy {
namespace {

/// The name at the end of an ARN, or the name as it is.
QueueAddress address_of(const QueueRef& queue) {
  return {queue.which.substr(queue.which.rfind(':') + 1), queue.tenant};
}

}  // namespace

struct QueueService::Impl {
  Impl(Engine& given, QueueServiceOptions options)
      : engine(given),
        store(std::make_shared<QueueStore>(given.clock(), given.scheduler(),
                                           Random(given.options().seed).fork("queue"),
                                           !given.options().transition_ms.has_value())),
        wire(given.options(), *store, options.https) {}

  Engine& engine;
  std::shared_ptr<QueueStore> store;
  QueueWire wire;
};

QueueService::QueueService(Engine& engine, QueueServiceOptions options)
    : impl_(std::make_unique<Impl>(engine, options)) {}
QueueService::~QueueService() = default;

bool QueueService::claims(const Request& request) const {
  return request.header(KnownHeader::kTarget).starts_with(kQueueTargetPrefix);
}

std::optional<SideSigning> QueueService::signing_of(const Request& /*request*/) const {
  return SideSigning{"sqs", 403, true};
}

const ModelOperation* QueueService::operation_of(const Request& request) const {
  return find_side_operation(
      Service::kSqs, request.header(KnownHeader::kTarget).substr(kQueueTargetPrefix.size()));
}

void QueueService::handle(const Request& request, Microseconds now, Response& response) {
  impl_->wire.handle(request, now, response);
}

QueueResult<std::string> QueueService::create(QueueRef queue, const Attributes& attributes) {
  const EngineOptions& options = impl_->engine.options();
  const bool own_account = is_account_id(queue.tenant);
  const Scope scope{
      queue.tenant, own_account ? queue.tenant : options.account_id, options.region, {}, {}};
  return impl_->store->create(scope, address_of(queue).name, attributes, {});
}

QueueResult<void> QueueService::set_attributes(QueueRef queue, const Attributes& attributes) {
  return impl_->store->set_attributes(address_of(queue), attributes);
}

QueueResult<QueueService::Attributes> QueueService::attributes(QueueRef queue) {
  return impl_->store->attributes(address_of(queue));
}

QueueResult<void> QueueService::destroy(QueueRef queue) {
  return impl_->store->destroy(address_of(queue));
}

QueueResult<void> QueueService::purge(QueueRef queue) {
  return impl_->store->purge(address_of(queue));
}

std::vector<std::string> QueueService::arns(std::string_view tenant) {
  std::vector<std::string> arns;
  for (QueueStore::Listed& listed : impl_->store->list(tenant, {})) {
    arns.push_back(std::move(listed.arn));
  }
  return arns;
}

QueueResult<SentMessage> QueueService::send(QueueRef queue, OutgoingMessage message) {
  return impl_->store->send(address_of(queue), std::move(message));
}

QueueResult<QueueService::Received> QueueService::receive(QueueRef queue,
                                                          const ReceiveRequest& request) {
  return impl_->store->receive(address_of(queue), request);
}

void QueueService::receive_by(QueueRef queue, const ReceiveRequest& request, Microseconds until,
                              Told told, std::function<bool()> gone) {
  impl_->store->receive_by(address_of(queue), request, until, std::move(told), std::move(gone));
}

QueueResult<void> QueueService::remove(QueueRef queue, std::string_view receipt_handle) {
  return impl_->store->remove(address_of(queue), receipt_handle);
}

QueueResult<void> QueueService::change_visibility(QueueRef queue, std::string_view receipt_handle,
                                                  std::int64_t seconds) {
  return impl_->store->change_visibility(address_of(queue), receipt_handle, seconds);
}

QueueResult<QueueDepth> QueueService::depth(QueueRef queue) {
  return impl_->store->depth(address_of(queue));
}

void QueueService::reset(std::string_view tenant) {
  impl_->store->reset(tenant);
}

}  // namespace understudy
