#include "emulator/server/failure_places.h"

#include <fstream>

#include "emulator/queue/queue_service.h"
#include "emulator/server/text_file.h"

namespace understudy {
namespace {

constexpr std::string_view kFile = "file:";
constexpr std::string_view kQueue = "arn:aws:sqs:";

bool append_line(const std::string& path, const std::string& line) {
  std::ofstream file(path, std::ios::app);
  file << line << '\n';
  file.flush();
  return file.good();
}

}  // namespace

FailureDestination failure_destination(QueueService& queues) {
  return
      [&queues](const std::string& place, std::string body, const std::function<void(bool)>& done) {
        if (place.starts_with(kFile)) {
          done(append_line(place.substr(kFile.size()), body));
          return;
        }
        OutgoingMessage message;
        message.body = std::move(body);
        done(queues.send(QueueRef(place), std::move(message)).has_value());
      };
}

EventSourceMappings::CheckDestination failure_place_check(QueueService& queues) {
  return [&queues](const std::string& place) -> Expected<void, std::string> {
    if (place.starts_with(kFile)) {
      if (std::ofstream(place.substr(kFile.size()), std::ios::app).good()) {
        return {};
      }
      return Unexpected<std::string>{cannot_write(place.substr(kFile.size()))};
    }
    if (place.starts_with(kQueue)) {
      if (queues.depth(QueueRef(place)).has_value()) {
        return {};
      }
      return Unexpected<std::string>{"The destination ARN " + place + " is invalid."};
    }
    return Unexpected<std::string>{"'" + place +
                                   "' is no destination: a queue's ARN, http://… or file:PATH"};
  };
}

}  // namespace understudy
