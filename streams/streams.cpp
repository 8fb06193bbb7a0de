#include "streams/streams.h"

#include <optional>

#include "emulator/api/engine.h"
#include "emulator/base/json.h"
#include "emulator/base/random.h"
#include "emulator/faults/rule_book.h"
#include "emulator/table/catalog.h"
#include "streams/kinesis/kinesis_sender.h"
#include "streams/operations/stream_operations.h"
#include "streams/stream_directory.h"
#include "streams/stream_faults.h"

namespace understudy {
namespace {

/// How soon a poller whose call failed comes again. Source: section C7, "polls each shard 4
/// times/s".
constexpr Microseconds kPollInterval = 250'000;

}  // namespace

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

RecordPage Streams::poll(std::string_view tenant, StreamReader& stream, ShardNumber shard,
                         SequenceNumber from, const PageLimits& limits, Microseconds now) {
  RuleBook& rules = impl_->engine.faults();
  if (!rules.engaged()) {
    return stream.read(shard, from, limits, now);
  }
  Arena arena;
  Buffer json;
  JsonWriter out(json);
  out.begin_object();
  out.key("StreamArn");
  out.string(stream.info().arn);
  out.end_object();
  const JsonNode input = *parse_json(json.view(), arena);
  FaultPass pass(rules.snapshot(), {*find_model_operation(Service::kDynamoDbStreams, "GetRecords"),
                                    input, tenant, now, arena});
  const FaultDecision arrival = pass.decide(FaultPhase::kOnArrival);
  const FaultDecision before = pass.decide(FaultPhase::kBeforeCommit);
  const FaultStream* const fault =
      before.stream != nullptr ? &*before.stream->action.stream : nullptr;
  const bool fails = arrival.answer != nullptr || before.answer != nullptr ||
                     (fault != nullptr && fault->kind == FaultStream::Kind::kExpireIterator);
  RecordPage page;
  page.next = from;
  if (!fails) {
    if (const auto log = impl_->directory.find(tenant, stream.info().arn, now);
        fault != nullptr && log != nullptr) {
      apply_stream_fault(*fault, *log, shard, now);
    }
    page = read_with_fault(fault, stream, shard, from, limits, now);
  }
  const bool held_back = fault != nullptr && fault->kind == FaultStream::Kind::kDelay &&
                         page.records.empty() && page.behind_since > 0;
  if (fails || held_back) {
    const auto channel = watch().channel(tenant, stream.info().arn);
    impl_->engine.scheduler().at(
        now + kPollInterval, [this, channel](Microseconds due) { watch().raise(channel, due); });
  }
  return page;
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
