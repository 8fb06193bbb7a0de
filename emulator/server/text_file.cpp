#include "emulator/server/text_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace understudy {

Expected<std::string, std::string> read_text_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  // A folder opens, but does not read.
  if (!file || file.peek() == std::ifstream::traits_type::eof()) {
    const bool empty = file.is_open() && file.eof() && !file.bad();
    struct stat status {};
    const bool folder = stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
    if (!empty || folder) {
      return Unexpected<std::string>{"cannot read " + path};
    }
  }
  return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Expected<void, std::string> write_text_file(const std::string& path, std::string_view text) {
  const std::size_t slash = path.rfind('/');
  if (slash != std::string::npos && slash > 0) {
    mkdir(path.substr(0, slash).c_str(), 0777);
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) {
    return Unexpected<std::string>{cannot_write(path)};
  }
  return {};
}

std::string cannot_write(std::string_view what) {
  const int error = errno;
  std::string text("cannot write ");
  text += what;
  return error == 0 ? text : text + ": " + std::generic_category().message(error);
}

}  // namespace understudy
