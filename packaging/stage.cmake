# Run by cpack before it makes the packages: strips debug information, and adds the files outside of the prefix.

file(GLOB_RECURSE binaries ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/server/usr/bin/* ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/dev/*.a)
foreach(binary ${binaries})
  execute_process(COMMAND ${CPACK_DUEL_STRIP} --strip-debug ${binary} COMMAND_ERROR_IS_FATAL ANY)
endforeach()

set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/server)
set(from ${CPACK_DUEL_SOURCE_DIR}/packaging)
file(COPY ${from}/duel.service DESTINATION ${root}/lib/systemd/system)
file(COPY ${from}/app.conf DESTINATION ${root}/etc/duel)
file(COPY ${CPACK_DUEL_SOURCE_DIR}/CHANGELOG.md DESTINATION ${root}/usr/share/doc/duel)
foreach(folder ${root}/usr/share/doc/duel ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/dev/usr/share/doc/duel-dev)
  file(MAKE_DIRECTORY ${folder})
  file(COPY_FILE ${CPACK_DUEL_SOURCE_DIR}/LICENSE ${folder}/copyright)
endforeach()
