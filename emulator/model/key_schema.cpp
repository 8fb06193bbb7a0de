#include "emulator/model/key_schema.h"

namespace understudy {

const KeyAttribute* KeySchema::find(std::string_view name) const {
  for (const auto* part : {&partition, &sort}) {
    for (const KeyAttribute& attribute : *part) {
      if (attribute.name == name) {
        return &attribute;
      }
    }
  }
  return nullptr;
}

}  // namespace understudy
