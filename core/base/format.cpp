#include "core/base/format.h"

namespace belvedere {

std::string vformatted(std::string_view text, std::format_args arguments) { return std::vformat(text, arguments); }

}
