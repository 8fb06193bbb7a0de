// A client's bytes in two pieces: what comes out may not depend on where they were cut.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "emulator/base/check.h"
#include "streams/web/frame.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using understudy::FrameEvent;
  using understudy::FrameReader;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::vector<FrameEvent> whole;
  FrameReader().put(input, whole);
  const std::size_t cut = size == 0 ? 0 : data[0] % (size + 1);
  std::vector<FrameEvent> pieces;
  FrameReader reader;
  reader.put(input.substr(0, cut), pieces);
  reader.put(input.substr(cut), pieces);
  CHECK(whole.size() == pieces.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CHECK(whole[i].kind == pieces[i].kind && whole[i].payload == pieces[i].payload &&
          whole[i].code == pieces[i].code);
  }
  return 0;
}
