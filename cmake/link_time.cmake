# Link-time optimisation (LTO) of release builds with g++, for the programs that run the core: the compiler sees all sources of the core at once,
# and an iteration of the worker's loop becomes one function. A request that comes alone takes 8 % fewer instructions in the Gin style (/ping), and
# 1 to 6 % fewer in other styles and for /json; a request of a batch takes 0 to 2 % more (docs/stages.md).
#
# duel_lto_room(TARGET)     keeps the code of a library in both forms: finished, and as the optimiser reads it when a program is linked.
# duel_lto_program(TARGET)  links a program from the second form. All other programs use the first, because LTO takes seconds for each.
#
# Only the core is optimised so. With the routers and the demo, /json of the Beego style and of the Echo style took 5 % more instructions: a limit
# of the whole program ends the inlining that their own sources have alone.
#
# The installed libraries have only the finished form, which every compiler can link (install.cmake).

# This is off if the builder asks for LTO of everything, and with clang: clang 16 cannot keep both forms.
set(flags "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_RELEASE}")
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT flags MATCHES "-flto"
   AND NOT CMAKE_INTERPROCEDURAL_OPTIMIZATION AND NOT CMAKE_INTERPROCEDURAL_OPTIMIZATION_RELEASE)
  include(CheckIPOSupported)
  check_ipo_supported(RESULT DUEL_LTO LANGUAGES CXX)
endif()

function(duel_lto_room target)
  if(DUEL_LTO)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-flto> $<$<COMPILE_LANGUAGE:CXX>:-ffat-lto-objects>)
    set(is_lto_program $<BOOL:$<TARGET_PROPERTY:INTERPROCEDURAL_OPTIMIZATION>>)
    target_link_options(${target} INTERFACE $<BUILD_INTERFACE:$<$<NOT:${is_lto_program}>:-fno-lto>>)
  endif()
endfunction()

function(duel_lto_program target)
  if(DUEL_LTO)
    set_property(TARGET ${target} PROPERTY INTERPROCEDURAL_OPTIMIZATION ON)
    # The linker's compiler does not know these flags of compiler.cmake. static_server.cmake places functions, and profiles name lines.
    target_link_options(${target} PRIVATE -ffunction-sections -g)
  endif()
endfunction()
