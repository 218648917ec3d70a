// SPDX-License-Identifier: MIT
#include <chrono>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <fcntl.h>
#include <pty.h>
#include <unistd.h>
#endif

#include "support/catch.hpp"
#include "unlabeled/core/progress.hpp"

using namespace unlabeled;

namespace {

Iteration iteration(Index index, Index total) {
  Iteration it;
  it.index = index;
  it.total = total;
  return it;
}

}  // namespace

TEST_CASE("The line shows label, share, count, elapsed and remaining time", "[progress]") {
  CHECK(detail::progress_line("fitting", iteration(2, 6), 61) ==
        "fitting  [===============>              ] 50 %  3/6  01:01 elapsed, 01:01 left");
  CHECK(detail::progress_line("k-means", iteration(0, 300), 0.2) ==
        "k-means  [>                             ] 0 %  1/300  00:00 elapsed, 01:00 left");
  CHECK(detail::progress_line("", iteration(9, 10), 7200) ==
        "  [==============================] 100 %  10/10  120:00 elapsed, 00:00 left");
}

TEST_CASE("More iterations than announced stay at the full line", "[progress]") {
  CHECK(detail::progress_line("x", iteration(4, 0), 1) ==
        "x  [==============================] 100 %  5/5  00:01 elapsed, 00:00 left");
}

TEST_CASE("Nothing is written to a stream that is not a terminal", "[progress]") {
  std::ostringstream stream;
  {
    const OnIteration callback = progress_bar("fitting", stream);
    for (Index i = 0; i < 5; ++i) CHECK(callback(iteration(i, 5)));
  }
  CHECK(stream.str().empty());
}

#if defined(__linux__)

namespace {

/// Sends the standard error of this process to a pseudo-terminal, or to a file that swallows it,
/// while it lives.
class ErrorTo {
 public:
  explicit ErrorTo(int descriptor) : saved_(dup(STDERR_FILENO)) {
    std::cerr.flush();
    dup2(descriptor, STDERR_FILENO);
  }
  ErrorTo(const ErrorTo&) = delete;
  ErrorTo& operator=(const ErrorTo&) = delete;
  ~ErrorTo() {
    std::cerr.flush();
    dup2(saved_, STDERR_FILENO);
    close(saved_);
  }

 private:
  int saved_;
};

/// Everything that waits to be read on the terminal's far side.
std::string read_available(int descriptor) {
  fcntl(descriptor, F_SETFL, O_NONBLOCK);
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = read(descriptor, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(n));
  return text;
}

/// What a terminal of unlimited width shows after these characters, line by line joined with '\n'.
std::string screen(const std::string& written) {
  std::vector<std::string> lines(1);
  std::size_t row = 0, column = 0;
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] == '\r') {
      column = 0;
    } else if (written[i] == '\n') {
      if (++row == lines.size()) lines.emplace_back();
    } else if (written.compare(i, 3, "\033[K") == 0) {
      lines[row].resize(column);
      i += 2;
    } else if (written.compare(i, 3, "\033[A") == 0) {
      --row;
      i += 2;
    } else {
      if (lines[row].size() <= column) lines[row].resize(column + 1, ' ');
      lines[row][column++] = written[i];
    }
  }
  std::string shown = lines[0];
  for (std::size_t line = 1; line < lines.size(); ++line) shown += '\n' + lines[line];
  return shown;
}

struct Terminal {
  int near = -1, far = -1;
  Terminal() { available = openpty(&far, &near, nullptr, nullptr, nullptr) == 0; }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    if (!available) return;
    close(near);
    close(far);
  }
  bool available = false;
};

}  // namespace

TEST_CASE("A terminal shows one line that is redrawn, and text after the fit stands alone",
          "[progress]") {
  Terminal terminal;
  if (!terminal.available) {
    WARN("no pseudo-terminal here");
    return;
  }
  {
    const ErrorTo redirected(terminal.near);
    const OnIteration callback = progress_bar("fitting");
    CHECK(callback(iteration(0, 4)));
    CHECK(callback(iteration(1, 4)));  // within a tenth of a second of the first: not drawn
    std::this_thread::sleep_for(std::chrono::milliseconds(110));
    CHECK(callback(iteration(2, 4)));
    CHECK(callback(iteration(3, 4)));  // the last is always drawn
    std::cerr << "done\n";
  }
  const std::string written = read_available(terminal.far);
  const std::string shown = screen(written);
  INFO("shown: " << shown);
  CHECK(written.find("25 %") != std::string::npos);
  CHECK(written.find("50 %") == std::string::npos);
  CHECK(written.find("75 %") != std::string::npos);
  CHECK(shown ==
        "fitting  [==============================] 100 %  4/4  00:00 elapsed, 00:00 left\n"
        "done\n");
}

TEST_CASE("A second fit with the same callback draws its own line", "[progress]") {
  Terminal terminal;
  if (!terminal.available) {
    WARN("no pseudo-terminal here");
    return;
  }
  {
    const ErrorTo redirected(terminal.near);
    const OnIteration callback = progress_bar("fitting");
    callback(iteration(0, 1));
    std::cerr << "first\n";
    callback(iteration(0, 1));
    std::cerr << "second\n";
  }
  const std::string line =
      "fitting  [==============================] 100 %  1/1  00:00 elapsed, 00:00 left\n";
  CHECK(screen(read_available(terminal.far)) == line + "first\n" + line + "second\n");
}

TEST_CASE("Standard error that is sent to a file stays clean", "[progress]") {
  const int file = open("/dev/null", O_WRONLY);
  REQUIRE(file >= 0);
  {
    const ErrorTo redirected(file);
    CHECK_FALSE(detail::is_terminal(std::cerr));
    CHECK_FALSE(detail::is_terminal(std::clog));
  }
  close(file);
}

#endif
