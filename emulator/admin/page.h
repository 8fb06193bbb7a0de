// The admin API's page for people: one static document, without anything to load.
#pragma once

#include <string_view>

namespace understudy {

std::string_view admin_page();

}  // namespace understudy
