# SPDX-License-Identifier: MIT
# Every C++ snippet of README.md is compiled and every program that shows its output is run; the
# rules are in readme.awk.
set(readme ${PROJECT_SOURCE_DIR}/README.md)
set(cut ${CMAKE_CURRENT_BINARY_DIR}/readme)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${readme} ${CMAKE_CURRENT_SOURCE_DIR}/readme.awk)
if(NOT EXISTS ${readme})
  return()
endif()

file(REMOVE_RECURSE ${cut}/new)
file(MAKE_DIRECTORY ${cut}/new)
execute_process(
  COMMAND awk -v folder=${cut}/new -f ${CMAKE_CURRENT_SOURCE_DIR}/readme.awk ${readme}
  COMMAND_ERROR_IS_FATAL ANY)
file(GLOB snippets RELATIVE ${cut}/new ${cut}/new/*)
foreach(snippet IN LISTS snippets)
  configure_file(${cut}/new/${snippet} ${cut}/${snippet} COPYONLY)  # touched only if it differs
endforeach()

add_library(readme_parts OBJECT ${cut}/parts.cpp)
target_link_libraries(readme_parts PRIVATE unlabeled::unlabeled)

if(NOT EXISTS ${cut}/new/program_1.txt)
  message(FATAL_ERROR "README.md shows no program with its output")
endif()

# Programs read and write where they are started: a scratch folder in which examples/ is at hand.
set(scratch ${cut}/scratch)
file(MAKE_DIRECTORY ${scratch})
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/examples ${scratch}/examples SYMBOLIC)
list(FILTER snippets INCLUDE REGEX "^program_[0-9]+[.]cpp$")
foreach(snippet IN LISTS snippets)
  get_filename_component(name ${snippet} NAME_WE)
  add_executable(readme_${name} ${cut}/${snippet})
  target_link_libraries(readme_${name} PRIVATE unlabeled::unlabeled)
  if(EXISTS ${cut}/new/${name}.txt)
    add_test(NAME hygiene.readme.${name}
      COMMAND sh -c "'$<TARGET_FILE:readme_${name}>' > ../${name}.out && diff -u ../${name}.txt ../${name}.out"
      WORKING_DIRECTORY ${scratch})
  endif()
endforeach()
