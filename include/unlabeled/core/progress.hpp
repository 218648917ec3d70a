// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

#include "unlabeled/core/report.hpp"

namespace unlabeled {

namespace detail {

/// Only the standard streams can be terminals.
inline bool is_terminal(const std::ostream& stream) {
  const bool out = &stream == &std::cout, error = &stream == &std::cerr || &stream == &std::clog;
  if (!out && !error) return false;
#if defined(_WIN32)
  return _isatty(_fileno(out ? stdout : stderr)) != 0;
#else
  return isatty(fileno(out ? stdout : stderr)) != 0;
#endif
}

inline std::string minutes_and_seconds(double seconds) {
  const auto whole = std::llround(seconds);
  char text[32];
  std::snprintf(text, sizeof text, "%02lld:%02lld", whole / 60, whole % 60);
  return text;
}

/// "fitting  [=====>    ]  50 %  3/6  00:01 elapsed, 00:01 left" — without the carriage return.
inline std::string progress_line(const std::string& label, const Iteration& iteration,
                                 double seconds) {
  const Index done = iteration.index + 1;
  const Index total = iteration.total > done ? iteration.total : done;
  const double share = static_cast<double>(done) / static_cast<double>(total);
  constexpr int width = 30;
  const int filled = static_cast<int>(share * width);
  std::string bar(static_cast<std::size_t>(filled), '=');
  if (filled < width) bar += '>';
  bar.resize(width, ' ');
  const double left = seconds / share - seconds;
  return label + "  [" + bar + "] " + std::to_string(static_cast<int>(share * 100)) + " %  " +
         std::to_string(done) + "/" + std::to_string(total) + "  " + minutes_and_seconds(seconds) +
         " elapsed, " + minutes_and_seconds(left) + " left";
}

}  // namespace detail

/// A callback for options.on_iteration that draws one line with the share of the iterations done,
/// the time elapsed and the time that remains if all iterations are needed. It never stops a fit.
///
/// Silent when the stream is not a terminal, so logs and pipes stay clean. The line is redrawn at
/// most ten times a second. The cursor waits below it, because nobody tells a callback that the fit
/// has converged: what the program prints next starts on a line of its own.
inline OnIteration progress_bar(std::string label, std::ostream& stream = std::cerr) {
  if (!detail::is_terminal(stream)) return [](const Iteration&) { return true; };
  using Clock = std::chrono::steady_clock;
  struct Line {
    std::ostream& stream;
    Clock::time_point start = Clock::now();
    Clock::time_point drawn{};
    explicit Line(std::ostream& target) : stream(target) {}
  };
  return [label = std::move(label),
          line = std::make_shared<Line>(stream)](const Iteration& iteration) {
    const auto now = Clock::now();
    const bool drawn_before = line->drawn != Clock::time_point{};
    const bool first = iteration.index == 0, last = iteration.index + 1 == iteration.total;
    if (first && drawn_before) line->start = now;  // another fit with the same callback
    if (!first && !last && now - line->drawn < std::chrono::milliseconds(100)) return true;
    const double seconds = std::chrono::duration<double>(now - line->start).count();
    line->stream << (drawn_before && !first ? "\033[A\r" : "")
                 << detail::progress_line(label, iteration, seconds) << "\033[K\n"
                 << std::flush;
    line->drawn = now;
    return true;
  };
}

}  // namespace unlabeled
