# Defines the target `llhttp`, version 9.2 or later. Older versions accept `\r\n\rX` as the end of the headers and any two bytes
# after a chunk, which allows request smuggling. Debian 12 packages an older version; then the C sources of a pinned Python
# sdist are used.

set(DUEL_LLHTTP_SDIST "llhttp==9.3.0.0")
set(DUEL_LLHTTP_SHA256 "0d989363e7fb6f270b9d49956e7a3945c26778f8c70a166815264309ac6a8295")

pkg_check_modules(system_llhttp QUIET IMPORTED_TARGET "libllhttp>=9.2")
if(system_llhttp_FOUND)
  message(STATUS "llhttp: system library, version ${system_llhttp_VERSION}")
  add_library(llhttp ALIAS PkgConfig::system_llhttp)
  return()
endif()

# The folder is shared by all presets, so the sources are downloaded once.
set(DUEL_LLHTTP_CACHE ${PROJECT_SOURCE_DIR}/build/llhttp CACHE PATH "Where llhttp's sources are unpacked")
set(llhttp_lib ${DUEL_LLHTTP_CACHE}/${DUEL_LLHTTP_SHA256}/llhttp-9.3.0.0/lib)

if(NOT EXISTS ${llhttp_lib}/llhttp.c)
  message(STATUS "llhttp: fetching ${DUEL_LLHTTP_SDIST}")
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  file(MAKE_DIRECTORY ${DUEL_LLHTTP_CACHE})
  file(WRITE ${DUEL_LLHTTP_CACHE}/requirements.txt "${DUEL_LLHTTP_SDIST} --hash=sha256:${DUEL_LLHTTP_SHA256}\n")
  execute_process(
    COMMAND ${Python3_EXECUTABLE} -m pip download --quiet --no-deps --no-binary :all: --require-hashes
            --dest ${DUEL_LLHTTP_CACHE} --requirement ${DUEL_LLHTTP_CACHE}/requirements.txt
    RESULT_VARIABLE failed ERROR_VARIABLE why)
  if(failed)
    message(FATAL_ERROR
      "There is no llhttp >= 9.2 on the system, and pip could not download ${DUEL_LLHTTP_SDIST}. "
      "Run tools/install, or install libllhttp-dev >= 9.2, and configure again.\n${why}")
  endif()
  file(ARCHIVE_EXTRACT INPUT ${DUEL_LLHTTP_CACHE}/llhttp-9.3.0.0.tar.gz DESTINATION ${DUEL_LLHTTP_CACHE}/${DUEL_LLHTTP_SHA256})
endif()

add_library(llhttp STATIC ${llhttp_lib}/llhttp.c ${llhttp_lib}/api.c ${llhttp_lib}/http.c)
target_include_directories(llhttp SYSTEM PUBLIC $<BUILD_INTERFACE:${llhttp_lib}>)
target_compile_options(llhttp PRIVATE -w)
