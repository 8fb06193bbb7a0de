// Stack: what a stack file declares: tables with items, functions, event source mappings, WebSocket
// APIs. Read as a whole before anything is made; what is wrong is told with file, line and member.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/document/document.h"
#include "streams/functions/function.h"
#include "streams/gateway/gateway.h"

namespace understudy {

class Engine;
class FunctionHost;

/// Where in a file something stands; its text is filled in when something is wrong with it.
using StackPlace = DocumentError;

struct StackItem {
  std::string json;  ///< DynamoDB JSON
  StackPlace place;
};

struct StackTable {
  std::string name;
  std::string create_request;  ///< of CreateTable
  std::vector<StackItem> items;
  StackPlace place;
};

struct StackMapping {
  std::string create_request;  ///< of CreateEventSourceMapping, perhaps without EventSourceArn
  std::string table;           ///< whose stream it is then
  StackPlace place;
};

struct StackFunction {
  FunctionSettings settings;
  StackPlace place;
};

struct StackWebSocketApi {
  WebSocketApiSettings settings;
  std::string page_file;  ///< to be read into settings.page; empty: none
  std::string ca_file;    ///< where the authority's certificate is written; empty: a default
  StackPlace place;
};

struct Stack {
  std::vector<StackTable> tables;
  std::vector<StackFunction> functions;
  std::vector<StackMapping> mappings;
  std::vector<StackWebSocketApi> web_socket_apis;

  [[nodiscard]] bool wants_tls() const;
};

/// Reads a stack. Relative paths in it are taken from `folder`. Error: all that is wrong, a line
/// each ("stack.yaml:7: member 'Functions[0].Command': …").
Expected<Stack, std::string> read_stack(const Document& document, const std::string& folder);

/// Makes it all: tables, then functions, then mappings, then WebSocket APIs. Error: the first that
/// could not be made, with its place.
Expected<void, std::string> build_stack(const Stack& stack, Engine& engine, FunctionHost& host,
                                        const std::shared_ptr<const TlsIdentity>& identity);

}  // namespace understudy
