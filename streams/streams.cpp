#include "streams/streams.h"

#include <optional>

#include "emulator/api/engine.h"
#include "emulator/base/random.h"
#include "emulator/table/catalog.h"
#include "streams/kinesis/kinesis_sender.h"
#include "streams/operations/stream_operations.h"
#include "streams/stream_directory.h"

namespace understudy {

struct Streams::Impl {
  Impl(Engine& given, const StreamOptions& options)
      : engine(given),
        directory(options, Random(given.options().seed).fork("streams"), given.scheduler()),
        operations(directory, Random(given.options().seed).fork("shard-iterators")) {
    engine.catalog().set_change_keeper(directory);
    engine.add_operations(operations);
    if (!options.kinesis_endpoint.empty()) {
      kinesis_sender.emplace(directory.kinesis(), options.kinesis_endpoint);
    }
  }

  Engine& engine;
  StreamDirectory directory;
  StreamOperations operations;
  std::optional<KinesisSender> kinesis_sender;
};

Streams::Streams(Engine& engine, const StreamOptions& options)
    : impl_(std::make_unique<Impl>(engine, options)) {}
Streams::~Streams() = default;

std::shared_ptr<StreamReader> Streams::find(std::string_view tenant, std::string_view arn) {
  return impl_->directory.find(tenant, arn, impl_->engine.clock().now());
}

std::vector<std::shared_ptr<StreamReader>> Streams::list(std::string_view tenant,
                                                         std::string_view table) {
  const auto logs = impl_->directory.list(tenant, table, impl_->engine.clock().now());
  return {logs.begin(), logs.end()};
}

RecordWatch& Streams::watch() {
  return impl_->directory.watch();
}

KinesisOutbox& Streams::kinesis() {
  return impl_->directory.kinesis();
}

std::size_t Streams::memory_used_bytes() const {
  return impl_->directory.memory().used_bytes.load(std::memory_order_relaxed);
}

}  // namespace understudy
