# SPDX-License-Identifier: MIT
# What the project's own programs are compiled with. Never installed, never seen by users.

set(CMAKE_CXX_EXTENSIONS OFF)

# Tests, examples and benchmarks link this instead of unlabeled::unlabeled.
add_library(unlabeled_development INTERFACE)
target_link_libraries(unlabeled_development INTERFACE unlabeled::unlabeled)
# The library brings its own threads; Eigen's (with OpenMP) would fight them for the cores.
target_compile_definitions(unlabeled_development INTERFACE EIGEN_DONT_PARALLELIZE)
target_compile_options(unlabeled_development INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  # g++ 12 finds uninitialised values in its own header of AVX-512, where they are on purpose; what
  # is uninitialised by mistake clang++ and the memory checks find.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-uninitialized$<SEMICOLON>-Wno-maybe-uninitialized>
  $<$<BOOL:${UNLABELED_WERROR}>:-Werror>)

# Objects built for different instruction sets cannot exchange Eigen matrices, so the option is for
# whole programs: everything in an executable gets it or nothing does.
add_library(unlabeled_native INTERFACE)
if(UNLABELED_NATIVE)
  include(CheckCXXCompilerFlag)
  check_cxx_compiler_flag(-march=native UNLABELED_HAS_MARCH_NATIVE)
  if(UNLABELED_HAS_MARCH_NATIVE)
    target_compile_options(unlabeled_native INTERFACE -march=native)
  else()
    check_cxx_compiler_flag(-mcpu=native UNLABELED_HAS_MCPU_NATIVE)
    if(UNLABELED_HAS_MCPU_NATIVE)
      target_compile_options(unlabeled_native INTERFACE -mcpu=native)
    endif()
  endif()
endif()
