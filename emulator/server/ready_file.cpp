#include "emulator/server/ready_file.h"

#include <cstdio>
#include <fstream>
#include <utility>

#include "emulator/base/buffer.h"
#include "emulator/server/text_file.h"

namespace understudy {

Expected<void, std::string> write_ready_file(const std::string& path, const std::string& url,
                                             std::uint16_t port, std::int64_t pid,
                                             std::uint16_t admin_port) {
  Buffer text;
  JsonWriter out(text);
  out.begin_object();
  out.key("url");
  out.string(url);
  out.key("port");
  out.integer(port);
  out.key("pid");
  out.integer(pid);
  if (admin_port != 0) {
    out.key("admin_port");
    out.integer(admin_port);
  }
  out.end_object();
  text.append('\n');
  const std::string draft = path + "." + std::to_string(pid);
  std::ofstream file(draft, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file || std::rename(draft.c_str(), path.c_str()) != 0) {
    std::string why = cannot_write("ready file " + path);
    static_cast<void>(std::remove(draft.c_str()));
    return Unexpected<std::string>{std::move(why)};
  }
  return {};
}

}  // namespace understudy
