// A project of someone else's that links understudy::server: servers started and stopped in one
// process, two at a time.
#include <iostream>

#include "emulator/api/engine.h"
#include "emulator/http/listener.h"

int main() {
  for (int round = 0; round < 3; ++round) {
    understudy::Engine one;
    understudy::Engine other;
    auto first = understudy::Listener::open({}, one);
    auto second = understudy::Listener::open({}, other);
    if (!first || !second || (*first)->port() == 0 || (*first)->port() == (*second)->port()) {
      std::cerr << "cannot open two listeners\n";
      return 1;
    }
  }
  return 0;
}
