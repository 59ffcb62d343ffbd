# duel_test(NAME parser_test SOURCES a.cc b.cc LIBS duel_http [DATA])
#
# One GoogleTest executable (main() comes from gmock_main); each of its cases is one test of ctest, named
# `<room>.<Suite>.<Case>` and labelled with its room (the first folder below tests/), so that `ctest -L http` runs a room.
# DATA: the macro DUEL_TEST_DATA holds the absolute path of tests/data.

include(GoogleTest)

function(duel_test_room result)
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
  string(REGEX REPLACE "^router/" "" folder "${folder}")
  string(REGEX REPLACE "/.*" "" room "${folder}")
  set(${result} ${room} PARENT_SCOPE)
endfunction()

function(duel_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "DATA" "NAME" "SOURCES;LIBS")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_NAME OR NOT arg_SOURCES)
    message(FATAL_ERROR "duel_test: NAME and SOURCES are needed; not understood: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  duel_test_room(room)

  add_executable(${arg_NAME} ${arg_SOURCES})
  duel_room(${arg_NAME})
  target_link_libraries(${arg_NAME} PRIVATE ${arg_LIBS} GTest::gmock_main)
  set_target_properties(${arg_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  if(arg_DATA)
    target_compile_definitions(${arg_NAME} PRIVATE DUEL_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  endif()
  # Asking the executable for its cases when ctest starts, not when it is linked: a build does not run what it built.
  gtest_discover_tests(${arg_NAME} TEST_PREFIX "${room}." DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${room}")
endfunction()

# duel_script_test(NAME arrows COMMAND ...): a test that is a command; exit status 0 passes.
function(duel_script_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "COMMAND")
  duel_test_room(room)
  add_test(NAME ${room}.${arg_NAME} COMMAND ${arg_COMMAND})
  set_tests_properties(${room}.${arg_NAME} PROPERTIES LABELS "${room}")
endfunction()
