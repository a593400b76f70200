#include "tests/support/folders.h"

#include <cstdlib>

// The only file that is compiled with the place of the checkout: the objects of all others can be shared by every clone.

namespace belvedere::test {

std::filesystem::path sourceFolder() { return BELVEDERE_SOURCE_DIR; }

std::filesystem::path sharedFolder()
{
    if (const auto* folder = std::getenv("BELVEDERE_CORPUS"))
        return folder;
    return sourceFolder().parent_path() / "shared";
}

}
