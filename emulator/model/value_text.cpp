#include "emulator/model/value_text.h"

#include "emulator/base/base64.h"

namespace understudy {

std::string value_text(const Value& value) {
  std::string text = "AttributeValue: {";
  text.append(type_name(value.type)).append(":");
  switch (value.type) {
    case ValueType::kString:
      text.append(value.text());
      break;
    case ValueType::kNumber:
      text.append(to_string(value.number()));
      break;
    case ValueType::kBinary: {  // Assumed: in base64 among the start keys of Query, too.
      const std::size_t start = text.size();
      text.resize(start + base64_encoded_bytes(value.text().size()));
      encode_base64(value.text(), text.data() + start);
      break;
    }
    default:
      break;
  }
  return text += "}";
}

}  // namespace understudy
