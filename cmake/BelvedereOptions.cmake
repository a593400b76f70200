# Compiler, linker and cache. Everything a target needs travels in belvedere::options.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
# No modules here: spares a scan of every file, and clang would need a tool from one more package for it.
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

find_program(BELVEDERE_CCACHE ccache)
if(BELVEDERE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Relative paths in the key, so that another clone of the same sources finds the same objects.
    # The sloppiness is what ccache asks for before it keeps anything that was compiled with a precompiled header.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "${CMAKE_COMMAND};-E;env;CCACHE_BASEDIR=${CMAKE_SOURCE_DIR};CCACHE_NOHASHDIR=1;CCACHE_SLOPPINESS=pch_defines,time_macros;${BELVEDERE_CCACHE}")
endif()

add_library(belvedere_options INTERFACE)
add_library(belvedere::options ALIAS belvedere_options)
target_include_directories(belvedere_options INTERFACE "${CMAKE_SOURCE_DIR}")
# What folders with Qt are compiled with besides: text becomes a QString only where the code says how.
add_library(belvedere_qt_options INTERFACE)
add_library(belvedere::qt_options ALIAS belvedere_qt_options)
target_compile_definitions(belvedere_qt_options INTERFACE QT_NO_CAST_FROM_ASCII QT_NO_KEYWORDS QT_NO_CAST_TO_ASCII)
target_link_libraries(belvedere_qt_options INTERFACE belvedere::options)
target_compile_options(belvedere_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
    -pthread -fno-math-errno "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Warns about moved-from std::expected and std::variant internals in optimised builds (GCC bugs 105562, 110498).
    target_compile_options(belvedere_options INTERFACE -Wno-maybe-uninitialized)
endif()
if(BELVEDERE_PRECOMPILE)
    # What precompiled headers hold is seen by ccache only with this; and one that does not fit is a mistake.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(belvedere_options INTERFACE -fpch-preprocess)
    endif()
    target_compile_options(belvedere_options INTERFACE -Winvalid-pch)
endif()

find_program(BELVEDERE_MOLD mold)
if(BELVEDERE_MOLD)
    target_link_options(belvedere_options INTERFACE -fuse-ld=mold)
endif()

if(BELVEDERE_SANITIZE)
    target_compile_options(belvedere_options INTERFACE "-fsanitize=${BELVEDERE_SANITIZE}" -fno-omit-frame-pointer)
    target_link_options(belvedere_options INTERFACE "-fsanitize=${BELVEDERE_SANITIZE}")
    if(BELVEDERE_SANITIZE MATCHES "undefined")
        target_compile_options(belvedere_options INTERFACE -fno-sanitize-recover=undefined)
    endif()
endif()
if(BELVEDERE_FUZZ)
    target_compile_options(belvedere_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
