# cmake --install build/release --prefix X installs the server as bin/duel-server, the load generator as bin/duel-load,
# and the libraries with their headers. Another project uses them with find_package(duel); docs/library.md lists the targets.

include(CMakePackageConfigHelpers)

set(DUEL_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/duel)
set(DUEL_HEADER_DIR ${CMAKE_INSTALL_INCLUDEDIR}/duel)

set(rooms duel_alloc duel_http duel_documents duel_templates duel_gin duel_sql duel_beego_session duel_beego_orm duel_beego duel_url duel_echo duel_nethttp)
foreach(room ${rooms})
  string(REPLACE duel_ "" short ${room})
  set_target_properties(${room} PROPERTIES EXPORT_NAME ${short})
  target_compile_features(${room} PUBLIC cxx_std_20)  # for the headers
endforeach()
# A large route table needs a larger limit for constant expressions (compiler.cmake).
target_compile_options(duel_gin INTERFACE "$<INSTALL_INTERFACE:${DUEL_CONSTEXPR_BUDGET}>")
install(TARGETS ${rooms} EXPORT duel ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
if(DUEL_LTO)
  # Another compiler, or another version of it, cannot read the form of the code that link_time.cmake keeps for the optimiser.
  # Libraries that have only the finished form stay as they are.
  foreach(room ${rooms})
    install(CODE "execute_process(COMMAND \"${CMAKE_OBJCOPY}\" --remove-section=.gnu.lto_* --remove-section=.gnu.debuglto_*
      \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/$<TARGET_FILE_NAME:${room}>\" COMMAND_ERROR_IS_FATAL ANY)" COMPONENT dev)
  endforeach()
endif()

# http/core/parser.h includes llhttp.h. If llhttp was built from its sources, it is installed too; otherwise duelConfig.cmake
# finds the llhttp of the system.
if(NOT system_llhttp_FOUND)
  set_target_properties(llhttp PROPERTIES OUTPUT_NAME duel_llhttp)
  target_include_directories(llhttp SYSTEM PUBLIC $<INSTALL_INTERFACE:${DUEL_HEADER_DIR}>)
  install(TARGETS llhttp EXPORT duel ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
  install(FILES ${llhttp_lib}/llhttp.h DESTINATION ${DUEL_HEADER_DIR} COMPONENT dev)
endif()

foreach(room alloc http router)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${room} DESTINATION ${DUEL_HEADER_DIR} COMPONENT dev FILES_MATCHING PATTERN "*.h" PATTERN "*.inc"
    PATTERN "alloc/profile" EXCLUDE)  # of the server, not of the package
endforeach()

install(EXPORT duel NAMESPACE duel:: DESTINATION ${DUEL_PACKAGE_DIR} FILE duelTargets.cmake COMPONENT dev)
configure_package_config_file(cmake/duelConfig.cmake.in ${CMAKE_BINARY_DIR}/duelConfig.cmake
  INSTALL_DESTINATION ${DUEL_PACKAGE_DIR} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/duelConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/duelConfig.cmake ${CMAKE_BINARY_DIR}/duelConfigVersion.cmake DESTINATION ${DUEL_PACKAGE_DIR} COMPONENT dev)

if(TARGET server)  # among the programs of a system the name "server" is too general
  install(PROGRAMS $<TARGET_FILE:server> DESTINATION ${CMAKE_INSTALL_BINDIR} RENAME duel-server COMPONENT server)
  install(PROGRAMS $<TARGET_FILE:profile_writer> DESTINATION ${CMAKE_INSTALL_BINDIR} RENAME duel-profile-writer COMPONENT server)
  install(PROGRAMS $<TARGET_FILE:load> DESTINATION ${CMAKE_INSTALL_BINDIR} RENAME duel-load COMPONENT server)
endif()
