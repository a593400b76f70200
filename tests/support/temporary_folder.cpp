#include "tests/support/temporary_folder.h"

#include <random>
#include <string>

namespace belvedere::test {

TemporaryFolder::TemporaryFolder()
{
    std::random_device random;
    do {
        m_path = std::filesystem::temp_directory_path() / ("belvedere-test-" + std::to_string(random()) + std::to_string(random()));
    } while (!std::filesystem::create_directory(m_path));
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

}
