# SPDX-License-Identifier: MIT
# cmake -D SOURCE=x.cpp -D COMPILER=… -D INCLUDES=a:b -P must_not_compile.cmake
# The source's line "// expected: text" names a part of the compiler's message. The control, compiled
# with -D CONTROL, is the same program made right: it shows that nothing else is wrong with it.
file(STRINGS ${SOURCE} expected REGEX "^// expected: " LIMIT_COUNT 1)
string(REPLACE "// expected: " "" expected "${expected}")
string(REGEX REPLACE "([^:]+):?" "-I;\\1;" includes "${INCLUDES}")

foreach(mode IN ITEMS CONTROL REFUSED)
  execute_process(
    COMMAND ${COMPILER} -std=c++20 -fsyntax-only ${includes} -D${mode} ${SOURCE}
    RESULT_VARIABLE ${mode}_status ERROR_VARIABLE ${mode}_message)
endforeach()

if(NOT CONTROL_status EQUAL 0)
  message(FATAL_ERROR "the control does not compile:\n${CONTROL_message}")
elseif(REFUSED_status EQUAL 0)
  message(FATAL_ERROR "${SOURCE} compiles, but must not")
elseif(NOT REFUSED_message MATCHES "${expected}")
  message(FATAL_ERROR "refused, but without the words '${expected}':\n${REFUSED_message}")
endif()
