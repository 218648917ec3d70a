# SPDX-License-Identifier: MIT
# awk -v folder=OUT -f readme.awk README.md: cuts the C++ out of a Markdown file, by three rules.
#   1. A ```cpp fence that contains "main(" is a complete program: OUT/program_1.cpp, …
#   2. The ```text fence after a program, before any other ```cpp fence, is what it prints:
#      OUT/program_1.txt, …
#   3. Any other ```cpp fence is a part: its #include lines go to the top of OUT/parts.cpp, the rest
#      becomes a function of its own there, with the matrix X and the vector labels at hand.

/^```/ && !inside {
  inside = 1
  kind = $0
  text = ""
  next
}
/^```/ {
  inside = 0
  if (kind == "```cpp") end_of_code()
  else if (kind == "```text" && awaits_output) {
    printf "%s", text > (folder "/program_" n_programs ".txt")
    awaits_output = 0
  }
  next
}
inside { text = text $0 "\n" }

function end_of_code() {
  awaits_output = 0
  if (text ~ /main\(/) {
    ++n_programs
    printf "%s", text > (folder "/program_" n_programs ".cpp")
    awaits_output = 1
  } else {
    add_part()
  }
}

function add_part(  n_lines, lines, i, body) {
  n_lines = split(text, lines, "\n")
  for (i = 1; i < n_lines; ++i)
    if (lines[i] ~ /^#include/) includes = includes lines[i] "\n"
    else body = body "  " lines[i] "\n"
  parts = parts "\nvoid part_" ++n_parts \
    "(const unlabeled::Matrix<double>& X, const unlabeled::Labels& labels) {\n" body "}\n"
}

END {
  printf "#include <unlabeled/unlabeled.hpp>\n%s%s\n", includes, parts > (folder "/parts.cpp")
}
