# Installs the libraries under the names users link: understudy::engine, understudy::server,
# understudy::fixtures.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/understudy)
get_property(rooms GLOBAL PROPERTY UNDERSTUDY_ROOMS)
set_target_properties(understudy_engine PROPERTIES EXPORT_NAME engine)
set_target_properties(understudy_server PROPERTIES EXPORT_NAME server)
set_target_properties(understudy_fixtures PROPERTIES EXPORT_NAME fixtures)
install(TARGETS understudy_options ${rooms} understudy_engine understudy_server
  EXPORT understudyTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT understudyTargets NAMESPACE understudy:: DESTINATION ${package_folder})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/emulator ${PROJECT_SOURCE_DIR}/streams
  ${PROJECT_SOURCE_DIR}/fixtures
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/understudy
  FILES_MATCHING PATTERN "*.h" PATTERN "*.inc")
if(TARGET understudy)
  install(TARGETS understudy RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/understudyConfig.cmake.in
  ${PROJECT_BINARY_DIR}/understudyConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/understudyConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/understudyConfig.cmake
  ${PROJECT_BINARY_DIR}/understudyConfigVersion.cmake DESTINATION ${package_folder})
