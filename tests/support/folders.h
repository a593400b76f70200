#pragma once

#include <filesystem>

namespace belvedere::test {

/// The checkout that the tests were built from.
[[nodiscard]] std::filesystem::path sourceFolder();

/// What others published and is not part of the checkout: `$BELVEDERE_CORPUS`, or the folder `shared` beside the checkout.
/// It need not exist; a test then says so in a line and skips what needs it.
[[nodiscard]] std::filesystem::path sharedFolder();

}
