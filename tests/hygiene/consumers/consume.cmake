# SPDX-License-Identifier: MIT
# cmake -D KIND=… -D SOURCE=… -D BUILD=… -D WORK=… -D COMPILER=… -D GENERATOR=… -P consume.cmake
# Plays another project that uses this one: configure, build, run.
cmake_minimum_required(VERSION 3.22)

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(moved ${WORK}/moved)
if(KIND STREQUAL install)
  file(REMOVE_RECURSE ${WORK}/first ${moved})
  run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/first)
  file(RENAME ${WORK}/first ${moved})
elseif(KIND STREQUAL pkg_config)
  set(ENV{PKG_CONFIG_PATH} ${moved}/share/pkgconfig:$ENV{PKG_CONFIG_PATH})
  file(MAKE_DIRECTORY ${WORK}/pkg_config)
  run(sh -c "'${COMPILER}' -std=c++20 '${CMAKE_CURRENT_LIST_DIR}/consumer.cpp' \
    -o '${WORK}/pkg_config/consumer' $(pkg-config --cflags --libs unlabeled)")
  run(${WORK}/pkg_config/consumer)
else()
  set(build ${WORK}/${KIND})
  file(REMOVE_RECURSE ${build})
  run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/${KIND} -B ${build} -G ${GENERATOR}
    -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_FIND_USE_PACKAGE_REGISTRY=OFF
    -D "CMAKE_PREFIX_PATH=${moved};${PREFIXES}" -D UNLABELED_SOURCE=${SOURCE})
  run(${CMAKE_COMMAND} --build ${build})
  run(${build}/consumer)
endif()
