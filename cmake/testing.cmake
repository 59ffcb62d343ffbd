# duel_test(NAME parser_test SOURCES a.cc b.cc LIBS duel_http [DATA] [THREADS] [RELEASE] [SECONDS 20])
#
# Adds a GoogleTest executable; main() comes from gmock_main. Each of its cases is a test of ctest with the name
# `<room>.<Suite>.<Case>`. Its label is the room, the first folder below tests/, so `ctest -L http` runs the tests of http.
# DATA: the macro DUEL_TEST_DATA holds the absolute path of tests/data.
# THREADS: the test has threads, in itself or in a server that it starts. The preset tsan builds only tests with THREADS.
# RELEASE: the test checks the program that is shipped, end to end or by its allocations. The preset release builds only these.
# SECONDS: the approximate duration of a long test, because ctest starts long tests first.

include(GoogleTest)

# A precompiled header with the headers that nearly every test includes. The preset clang does not use it, so its build fails if a
# test lacks an include.
option(DUEL_TEST_HEADERS "Precompile the headers that tests share" ON)
# GCC 12 forgets in a precompiled header which headers are the system's, and then warns of their code when it optimises.
if(DUEL_TEST_HEADERS AND (CMAKE_BUILD_TYPE STREQUAL "Debug" OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU"))
  set(source ${CMAKE_CURRENT_BINARY_DIR}/test_headers.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Empty: only the precompiled header of this library is used.\n")
  add_library(duel_test_headers STATIC ${source})
  duel_room(duel_test_headers)
  target_link_libraries(duel_test_headers PUBLIC GTest::gmock)
  target_precompile_headers(duel_test_headers PRIVATE <gmock/gmock.h> <gtest/gtest.h> <chrono> <functional> <map> <memory>
    <optional> <string> <string_view> <thread> <vector>)
endif()

function(duel_test_room result)
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
  string(REGEX REPLACE "^router/" "" folder "${folder}")
  string(REGEX REPLACE "/.*" "" room "${folder}")
  set(${result} ${room} PARENT_SCOPE)
endfunction()

function(duel_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "DATA;THREADS;RELEASE" "NAME;SECONDS" "SOURCES;LIBS")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_NAME OR NOT arg_SOURCES)
    message(FATAL_ERROR "duel_test: NAME and SOURCES are required; unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  duel_test_room(room)

  add_executable(${arg_NAME} ${arg_SOURCES})
  duel_room(${arg_NAME})
  target_link_libraries(${arg_NAME} PRIVATE ${arg_LIBS} GTest::gmock_main)
  if(TARGET duel_test_headers)
    target_precompile_headers(${arg_NAME} REUSE_FROM duel_test_headers)
  endif()
  set_target_properties(${arg_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  if(arg_DATA)
    target_compile_definitions(${arg_NAME} PRIVATE DUEL_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  endif()
  if(NOT arg_SECONDS)
    set(arg_SECONDS 0)
  endif()
  if((DUEL_TESTS STREQUAL "threads" AND NOT arg_THREADS) OR (DUEL_TESTS STREQUAL "release" AND NOT arg_RELEASE))
    set_target_properties(${arg_NAME} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  # PRE_TEST: ctest asks the executable for its cases when it starts. The default would run the executable during the build.
  gtest_discover_tests(${arg_NAME} TEST_PREFIX "${room}." DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${room}" COST "${arg_SECONDS}")
endfunction()

# duel_script_test(NAME rooms COMMAND ... [SECONDS 60]) adds a test that runs a command. Exit status 0 passes, 77
# means that the test was skipped; it has said why.
# SECONDS as above.
function(duel_script_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;SECONDS" "COMMAND")
  duel_test_room(room)
  add_test(NAME ${room}.${arg_NAME} COMMAND ${arg_COMMAND})
  set_tests_properties(${room}.${arg_NAME} PROPERTIES LABELS "${room}" SKIP_RETURN_CODE 77)
  if(arg_SECONDS)
    set_tests_properties(${room}.${arg_NAME} PROPERTIES COST ${arg_SECONDS})
  endif()
endfunction()
