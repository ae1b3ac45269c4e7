# SPDX-License-Identifier: BSL-1.0
#
# What tests, examples and benchmarks are built with, and users are not: warnings, sanitizers, a
# precompiled header, and compiled libraries of third-party code and of converge's own bodies.
#
# What a target links follows from what its sources include, the project's own headers followed:
# see converge_dependencies. A target whose libraries are not installed is left out, and the test
# `nothing_left_out` says so.

set(CMAKE_CXX_EXTENSIONS OFF)

find_package(OpenSSL QUIET)
find_package(SQLite3 QUIET)
find_package(range-v3 QUIET)
find_package(doctest QUIET)
find_package(benchmark QUIET)
find_package(yaml-cpp QUIET)
find_package(CLI11 QUIET)
find_path(LDNS_INCLUDE_DIR ldns/ldns.h)
find_library(LDNS_LIBRARY ldns)
mark_as_advanced(LDNS_INCLUDE_DIR LDNS_LIBRARY)
if(LDNS_INCLUDE_DIR AND LDNS_LIBRARY)
    add_library(converge_ldns INTERFACE)
    target_include_directories(converge_ldns SYSTEM INTERFACE ${LDNS_INCLUDE_DIR})
    target_link_libraries(converge_ldns INTERFACE ${LDNS_LIBRARY})
endif()

add_library(converge_third_party STATIC ${CMAKE_CURRENT_LIST_DIR}/third_party/asio.cpp)
target_compile_features(converge_third_party PUBLIC cxx_std_20)
target_compile_definitions(converge_third_party PUBLIC BOOST_ASIO_SEPARATE_COMPILATION)
target_link_libraries(converge_third_party PUBLIC Boost::headers Threads::Threads)
if(CONVERGE_SANITIZE)
    target_compile_options(converge_third_party PUBLIC
        -fsanitize=${CONVERGE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    if(CONVERGE_SANITIZE MATCHES "undefined")
        # These three cost a third of the compile time, and a null access is caught without them.
        target_compile_options(converge_third_party PUBLIC
            -fno-sanitize=null,alignment,vptr)
    endif()
    if(CONVERGE_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # Asio's fences, which the sanitizer does not see, stand beside locks, which it does.
        target_compile_options(converge_third_party PUBLIC -Wno-tsan)
    endif()
    target_link_options(converge_third_party PUBLIC -fsanitize=${CONVERGE_SANITIZE})
endif()

if(TARGET OpenSSL::SSL)
    add_library(converge_third_party_ssl STATIC ${CMAKE_CURRENT_LIST_DIR}/third_party/asio_ssl.cpp)
    target_link_libraries(converge_third_party_ssl PUBLIC converge_third_party OpenSSL::SSL)
endif()

set(converge_warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(CONVERGE_WERROR)
    list(APPEND converge_warnings -Werror)
endif()

add_library(converge_dev INTERFACE)
target_compile_options(converge_dev INTERFACE ${converge_warnings})
target_compile_definitions(converge_dev INTERFACE CONVERGE_SEPARATE_COMPILATION)
target_link_libraries(converge_dev INTERFACE converge::converge converge_third_party)

# Compiles the precompiled header once; every other target reuses it.
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/pch.cpp CONTENT "")
add_library(converge_pch OBJECT ${PROJECT_BINARY_DIR}/pch.cpp)
target_link_libraries(converge_pch PRIVATE converge_dev)
target_precompile_headers(converge_pch PRIVATE ${CMAKE_CURRENT_LIST_DIR}/third_party/pch.hpp)

file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/bodies.cpp
    CONTENT "#include <converge/impl/src.hpp>\n")
add_library(converge_bodies STATIC ${PROJECT_BINARY_DIR}/bodies.cpp)
target_link_libraries(converge_bodies PRIVATE converge_dev)
target_precompile_headers(converge_bodies REUSE_FROM converge_pch)

file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/testing_bodies.cpp
    CONTENT "#include <converge/testing/src.hpp>\n")
add_library(converge_testing STATIC ${PROJECT_BINARY_DIR}/testing_bodies.cpp)
target_link_libraries(converge_testing PUBLIC converge_dev converge_bodies)
if(TARGET CLI11::CLI11)
    target_link_libraries(converge_testing PRIVATE CLI11::CLI11)
endif()
target_precompile_headers(converge_testing REUSE_FROM converge_pch)

if(TARGET SQLite::SQLite3)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/sqlite_bodies.cpp
        CONTENT "#include <converge/store/sqlite_src.hpp>\n")
    add_library(converge_sqlite STATIC ${PROJECT_BINARY_DIR}/sqlite_bodies.cpp)
    target_link_libraries(converge_sqlite PUBLIC converge_dev converge_bodies SQLite::SQLite3)
    target_precompile_headers(converge_sqlite REUSE_FROM converge_pch)
endif()

# Sets `out` to the names that the files include, directly or through the project's headers.
function(converge_includes out)
    set(queue ${ARGN})
    set(seen)
    set(names)
    while(queue)
        list(POP_FRONT queue file)
        if(file IN_LIST seen)
            continue()
        endif()
        list(APPEND seen ${file})
        cmake_path(GET file PARENT_PATH folder)
        file(STRINGS ${file} lines REGEX "^[ \t]*#[ \t]*include")
        foreach(line IN LISTS lines)
            if(NOT line MATCHES "[<\"]([^>\"]+)[>\"]")
                continue()
            endif()
            set(name ${CMAKE_MATCH_1})
            list(APPEND names ${name})
            foreach(root ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/examples
                    ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/benchmarks ${folder})
                if(EXISTS ${root}/${name})
                    list(APPEND queue ${root}/${name})
                    break()
                endif()
            endforeach()
        endforeach()
    endwhile()
    list(REMOVE_DUPLICATES names)
    set(${out} ${names} PARENT_SCOPE)
endfunction()

# Sets `libraries` to what the files need to link, and `missing` to the packages that are not here.
function(converge_dependencies libraries missing)
    converge_includes(names ${ARGN})
    set(found)
    set(absent)
    get_property(folders GLOBAL PROPERTY CONVERGE_EXAMPLE_FOLDERS)
    list(TRANSFORM folders REPLACE "(.+)" "^\\1/|example_\\1|examples/\\1")
    # What is included, the target to link, and the Debian package or folder that has it.
    foreach(dependency
            "^(openssl/|boost/asio/ssl)|converge_third_party_ssl|libssl-dev"
            "^sqlite3\\.h|converge_sqlite|libsqlite3-dev"
            "^converge/testing/|converge_testing|include"
            "^scenarios/|converge_scenarios|tests/scenarios"
            "^range/v3/|range-v3::range-v3|librange-v3-dev"
            "^doctest/|doctest::doctest|doctest-dev"
            "^benchmark/|benchmark::benchmark|libbenchmark-dev"
            "^yaml-cpp/|yaml-cpp|libyaml-cpp-dev"
            "^CLI/|CLI11::CLI11|libcli11-dev"
            "^ldns/|converge_ldns|libldns-dev"
            ${folders})
        string(REGEX MATCH "^(.*)\\|([^|]+)\\|([^|]+)$" parts "${dependency}")
        set(pattern "${CMAKE_MATCH_1}")
        set(target ${CMAKE_MATCH_2})
        set(package ${CMAKE_MATCH_3})
        set(used ${names})
        list(FILTER used INCLUDE REGEX "${pattern}")
        if(used AND TARGET ${target})
            list(APPEND found ${target})
        elseif(used)
            list(APPEND absent ${package})
        endif()
    endforeach()
    set(${libraries} ${found} PARENT_SCOPE)
    set(${missing} ${absent} PARENT_SCOPE)
endfunction()

# Sets `out` to units that include up to CONVERGE_TOGETHER of the sources each, which spares reading
# and instantiating the same headers in each of them. What they include comes first, so that it is
# not included inside the namespaces that keep tests apart; those that open a namespace with a name
# need none. Sources that define macros or `operator new`, specialise
# templates or include others are left as they are.
function(converge_together out target)
    set(units)
    set(includes)
    set(bodies)
    set(count 0)
    foreach(source IN LISTS ARGN)
        set(together ${CONVERGE_TOGETHER})
        if(source MATCHES "/corpus/" AND together LESS 8)
            # Many, small, alike, and rarely edited.
            set(together 8)
        endif()
        file(STRINGS ${source} peculiar REGEX
            "^[ \t]*#[ \t]*(define|include[^\n]*\\.cpp)|^template <>|^int main|void\\* operator new")
        if(peculiar OR together LESS 2)
            list(APPEND units ${source})
            continue()
        endif()
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
        cmake_path(GET source PARENT_PATH folder)
        file(STRINGS ${source} lines REGEX "^[ \t]*#[ \t]*include")
        foreach(line IN LISTS lines)
            string(REGEX MATCH "[<\"]([^>\"]+)[>\"]" quoted "${line}")
            if(EXISTS ${folder}/${CMAKE_MATCH_1})
                set(quoted "\"${folder}/${CMAKE_MATCH_1}\"")
            endif()
            string(APPEND includes "#include ${quoted}\n")
        endforeach()
        file(STRINGS ${source} named REGEX "^namespace [a-z]")
        file(STRINGS ${source} tests REGEX "^TEST_CASE")
        if(tests AND NOT named)
            string(APPEND bodies "namespace source_${count} {\n#include \"${source}\"\n}\n")
        else()
            string(APPEND bodies "#include \"${source}\"\n")
        endif()
        math(EXPR count "${count} + 1")
        math(EXPR full "${count} % ${together}")
        if(full EQUAL 0)
            converge_write_unit(unit ${target} ${count} "${includes}" "${bodies}")
            list(APPEND units ${unit})
            set(includes)
            set(bodies)
        endif()
    endforeach()
    if(bodies)
        converge_write_unit(unit ${target} ${count} "${includes}" "${bodies}")
        list(APPEND units ${unit})
    endif()
    set(${out} ${units} PARENT_SCOPE)
endfunction()

function(converge_write_unit out target number includes bodies)
    set(unit ${CMAKE_CURRENT_BINARY_DIR}/${target}_${number}.cpp)
    set(quiet)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # It takes what stands in an included file for a header's, and sees the names of neighbours.
        foreach(warning -Wshadow -Wsubobject-linkage)
            string(APPEND quiet "#pragma GCC diagnostic ignored \"${warning}\"\n")
        endforeach()
    endif()
    file(CONFIGURE OUTPUT ${unit} CONTENT "${quiet}${includes}${bodies}")
    set(${out} ${unit} PARENT_SCOPE)
endfunction()

# Adds `target`, an EXECUTABLE or a LIBRARY, from the sources; LINK names further libraries, and
# OWN the folder that the sources themselves are in, of those that others link.
# Leaves it out if a library it needs is not installed: test with `if(TARGET ...)`.
function(converge_add kind target)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "OWN" "SOURCES;LINK")
    converge_dependencies(libraries missing ${arg_SOURCES})
    list(REMOVE_ITEM missing "${arg_OWN}")
    if(missing)
        list(JOIN missing ", " missing)
        message(STATUS "Leaving out ${target}: needs ${missing}")
        set_property(GLOBAL APPEND PROPERTY CONVERGE_LEFT_OUT "${target} (needs ${missing})")
        return()
    endif()
    converge_together(units ${target} ${arg_SOURCES})
    if(kind STREQUAL LIBRARY)
        add_library(${target} STATIC ${units})
    else()
        add_executable(${target} ${units})
    endif()
    target_include_directories(${target} PRIVATE
        ${PROJECT_SOURCE_DIR}/examples ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(${target} PUBLIC
        ${arg_LINK} converge_dev converge_bodies ${libraries})
    target_precompile_headers(${target} REUSE_FROM converge_pch)
endfunction()
