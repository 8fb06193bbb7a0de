#include "emulator/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace understudy {

void check_failed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: CHECK(%s) failed: a defect of Understudy, please report it\n", file,
               line, condition);
  std::abort();
}

}  // namespace understudy
