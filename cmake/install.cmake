# SPDX-License-Identifier: MIT
# Installs the headers, the CMake package and the pkg-config file; the prefix may be moved later.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_folder ${CMAKE_INSTALL_DATADIR}/cmake/unlabeled)
set(pkgconfig_folder ${CMAKE_INSTALL_DATADIR}/pkgconfig)

if(CMAKE_VERSION VERSION_GREATER_EQUAL 3.23)
  install(TARGETS unlabeled EXPORT unlabeled-targets FILE_SET HEADERS)
else()
  install(TARGETS unlabeled EXPORT unlabeled-targets)
  install(DIRECTORY include/unlabeled DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endif()
install(EXPORT unlabeled-targets NAMESPACE unlabeled:: DESTINATION ${package_folder})

configure_package_config_file(cmake/unlabeled-config.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/unlabeled-config.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/unlabeled-config-version.cmake
  COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/unlabeled-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/unlabeled-config-version.cmake
  DESTINATION ${package_folder})

# From the .pc file to the headers by a relative path, so that a moved prefix still works.
file(RELATIVE_PATH include_from_pkgconfig
  /prefix/${pkgconfig_folder} /prefix/${CMAKE_INSTALL_INCLUDEDIR})
configure_file(cmake/unlabeled.pc.in ${CMAKE_CURRENT_BINARY_DIR}/unlabeled.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/unlabeled.pc DESTINATION ${pkgconfig_folder})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/unlabeled)
