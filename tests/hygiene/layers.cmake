# SPDX-License-Identifier: MIT
# cmake -D ROOT=<folder that holds unlabeled/> -P layers.cmake
# Reads every #include line and compares it with the table below: folder, then what it may include
# beside itself, the standard library and Eigen. An entry with a dot is one header, without one a
# folder. Adding an arrow means changing the table on purpose, with the reason.
cmake_minimum_required(VERSION 3.22)

set(level_1 linalg neighbors metrics)
set(level_2 preprocessing decomposition cluster anomaly text)
set(level_3 mixture neural model_selection)

set(core_may version.hpp)
foreach(folder IN LISTS level_1)
  set(${folder}_may core)
endforeach()
# The exact silhouette is all distances between samples, as are searches without a tree and those in a
# leaf of one, and distances have one kernel.
list(APPEND metrics_may linalg)
list(APPEND neighbors_may linalg)
foreach(folder IN LISTS level_2)
  set(${folder}_may core ${level_1})
endforeach()
foreach(folder IN LISTS level_3)
  set(${folder}_may core ${level_1} cluster/kmeans.hpp)
endforeach()
list(APPEND model_selection_may mixture/gmm.hpp)
set(pipeline.hpp_may core)
set(io_may core version.hpp ${level_1} ${level_2} ${level_3} pipeline.hpp)
set(unlabeled.hpp_may ${io_may} io)
set(version.hpp_may)
set(all_folders core ${level_1} ${level_2} ${level_3} io pipeline.hpp unlabeled.hpp version.hpp)

# Not to be included anywhere, and why.
set(refused_std "<(execution|omp\\.h|random|regex|Eigen/Dense|Eigen/Eigen)>")
# execution links TBB; omp.h wants a flag; random differs between standard libraries; regex slows
# every user's compiler down; Eigen/Dense and Eigen/Eigen bring more than is used.

function(folder_of path result)
  string(REGEX REPLACE "/.*" "" folder ${path})
  set(${result} ${folder} PARENT_SCOPE)
endfunction()

set(broken 0)
macro(complain text)
  message("${header}: ${text}")
  math(EXPR broken "${broken} + 1")
endmacro()

file(GLOB_RECURSE headers RELATIVE ${ROOT}/unlabeled ${ROOT}/unlabeled/*.hpp)
if(NOT headers)
  message(FATAL_ERROR "no headers below ${ROOT}")
endif()
foreach(header IN LISTS headers)
  folder_of(${header} folder)
  if(NOT folder IN_LIST all_folders)
    complain("${folder} is not in the table")
    continue()
  endif()
  file(STRINGS ${ROOT}/unlabeled/${header} includes REGEX "^ *# *include")
  foreach(include IN LISTS includes)
    if(include MATCHES "<unlabeled/")
      complain("write \"unlabeled/…\" with quotes: ${include}")
    elseif(include MATCHES "${refused_std}")
      complain("not to be used here: ${include}")
    elseif(include MATCHES "nlohmann" AND NOT header MATCHES "^io/")
      complain("only io may read JSON: ${include}")
    elseif(include MATCHES "\"([^\"]*)\"")
      set(path ${CMAKE_MATCH_1})
      if(NOT path MATCHES "^unlabeled/(.+)$")
        complain("write the path from the include root: ${include}")
        continue()
      endif()
      set(path ${CMAKE_MATCH_1})
      folder_of(${path} target)
      if(target STREQUAL folder)
        continue()
      elseif(path MATCHES "/detail/")
        complain("private to ${target}: ${include}")
      elseif(NOT target IN_LIST ${folder}_may AND NOT path IN_LIST ${folder}_may)
        complain("${folder} may not include this: ${include}")
      endif()
    endif()
  endforeach()
endforeach()

if(broken GREATER 0)
  message(FATAL_ERROR "${broken} lines break the rules")
endif()
