// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <iostream>
#include <locale>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "arguments.hpp"

// Pictures for the examples. A Plot is a plain description; Pictures hands it to gnuplot through a
// pipe and gets a PNG. Where gnuplot is not installed, the examples run without pictures.

namespace support {

/// The values of the samples that have the given label.
template <class Values, class Labels>
std::vector<double> where(const Values& values, const Labels& labels, int label) {
  std::vector<double> chosen;
  auto entry = std::begin(labels);
  for (const auto value : values)
    if (static_cast<int>(*entry++) == label) chosen.push_back(static_cast<double>(value));
  return chosen;
}

/// Lines that are not joined with each other.
struct Segments {
  std::vector<double> x, y;  // NaN between two lines

  void add(std::initializer_list<double> line_x, std::initializer_list<double> line_y) {
    x.insert(x.end(), line_x);
    y.insert(y.end(), line_y);
    x.push_back(std::nan(""));
    y.push_back(std::nan(""));
  }
};

/// One diagram: a title, two named axes and any number of series.
class Plot {
 public:
  Plot(std::string title, std::string x_label, std::string y_label)
      : title_(std::move(title)), x_label_(std::move(x_label)), y_label_(std::move(y_label)) {}

  /// Points joined by a line.
  template <class X, class Y> Plot& line(const std::string& name, const X& x, const Y& y) {
    return add("lines", name, x, y);
  }

  /// A cloud of points; each series has its own colour and shape.
  template <class X, class Y> Plot& points(const std::string& name, const X& x, const Y& y) {
    return add("points", name, x, y);
  }

  /// A cloud in which each point is drawn as the name of its series.
  template <class X, class Y> Plot& glyphs(const std::string& name, const X& x, const Y& y) {
    return add("labels", name, x, y);
  }

  /// One word in place of a point, in the colour of the series of this number.
  Plot& word(const std::string& text, double x, double y, std::size_t color) {
    const std::array<double, 1> at_x{x}, at_y{y};
    return add("labels", text, at_x, at_y, color);
  }

  /// A coloured plane under the other series: z at the points (x, y) of a grid, which follow each
  /// other column by column. The scale beside it bears the name.
  template <class X, class Y, class Z>
  Plot& heat(const std::string& name, const X& x, const Y& y, const Z& z) {
    if (std::size(x) != std::size(z)) throw std::invalid_argument("Plot: x and z differ in length");
    add("image", name, x, y);
    for (const auto value : z) series_.back().z.push_back(static_cast<double>(value));
    return *this;
  }

  /// Only what is in it: no axes, no scale, pixels are squares.
  Plot& bare() {
    bare_ = true;
    return *this;
  }

  /// A thin line without a name, in the colour of the series of this number.
  template <class X, class Y> Plot& outline(const X& x, const Y& y, std::size_t color) {
    return add("outline", "", x, y, color);
  }

  /// Lines in one colour and with one name.
  Plot& segments(const std::string& name, const Segments& lines) {
    return add("segments", name, lines.x, lines.y);
  }

  /// A dashed horizontal line with a note above its right end.
  Plot& level(double y, const std::string& note) {
    levels_.push_back({y, note});
    return *this;
  }

  /// A dashed vertical line with a note beside its foot.
  Plot& mark(double x, const std::string& note) {
    marks_.push_back({x, note});
    return *this;
  }

  /// The gnuplot commands that draw it.
  [[nodiscard]] std::string script() const {
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out.precision(9);
    out << (bare_ ? "set border 0\nunset tics\nunset colorbox\nset size ratio -1\n"
                  : "set border 3 linecolor rgb '#444444'\nset xtics nomirror\nset ytics "
                    "nomirror\nset colorbox\n"
                    "set size noratio\n");
    out << "set title " << quoted(title_) << " font 'sans:Bold,15'\nset xlabel " << quoted(x_label_)
        << " offset 0,0.3"
        << "\nset ylabel " << quoted(y_label_) << "\nunset arrow\nunset label\n"
        << (series_.empty() || (series_[0].style != "lines" && series_[0].style != "segments")
                ? "set autoscale xy\n"
                : "set autoscale xfix\nset yrange [*<0:*]\n")
        // Words are wider than the points that they stand for.
        << (!series_.empty() && series_[0].style == "labels"
                ? "set offsets graph 0.06, graph 0.06, graph 0.04, graph 0.04\n"
                : "set offsets 0, 0, 0, 0\n")
        << (has_legend() ? "set key outside right top vertical Left reverse samplen 1 spacing 1.2\n"
                         : "unset key\n");
    if (!series_.empty() && series_[0].style == "image")
      out << "set autoscale xfix\nset autoscale yfix\nset cblabel " << quoted(series_[0].name)
          << "\nset palette defined (0 '#ffffff', 0.5 '#cccccc', 1 '#555555')\n"
          << "set key outside top center horizontal\n";
    for (const Mark& mark : marks_)
      out << "set arrow from " << mark.at << ", graph 0 to " << mark.at
          << ", graph 1 nohead dashtype 2 linewidth 1.5 linecolor rgb '#555555'\nset label "
          << quoted(mark.note) << " at " << mark.at << ", graph 0.06 offset 1,0\n";
    for (const Mark& level : levels_)
      out << "set arrow from graph 0, first " << level.at << " to graph 1, first " << level.at
          << " nohead dashtype 2 linewidth 1.5 linecolor rgb '#555555'\nset label "
          << quoted(level.note) << " at graph 0.99, first " << level.at << " right offset 0,0.6\n";
    for (std::size_t i = 0; i < series_.size(); ++i) write_data(out, i);
    for (std::size_t i = 0; i < series_.size(); ++i) {
      out << (i == 0 ? "plot " : ", ");
      write_series(out, i);
    }
    out << '\n';
    return out.str();
  }

 private:
  struct Series {
    std::string style;
    std::string name;
    std::vector<double> x, y, z;
    std::size_t color;
  };
  struct Mark {
    double at;
    std::string note;
  };

  template <class X, class Y>
  Plot& add(const char* style, const std::string& name, const X& x, const Y& y) {
    // A plane has no colour of its own: series look the same with and without one.
    const bool on_plane = !series_.empty() && series_[0].style == "image";
    return add(style, name, x, y, series_.size() - (on_plane ? 1 : 0));
  }
  template <class X, class Y>
  Plot& add(const char* style, const std::string& name, const X& x, const Y& y, std::size_t color) {
    if (std::size(x) != std::size(y)) throw std::invalid_argument("Plot: x and y differ in length");
    Series series{style, name, {}, {}, {}, color};
    for (const auto value : x) series.x.push_back(static_cast<double>(value));
    for (const auto value : y) series.y.push_back(static_cast<double>(value));
    if (!series.x.empty()) series_.push_back(std::move(series));
    return *this;
  }

  [[nodiscard]] bool has_legend() const {
    return series_.size() > 1 && series_[0].style != "labels";
  }

  void write_data(std::ostream& out, std::size_t i) const {
    const Series& series = series_[i];
    out << "$data" << i << " << END_OF_DATA\n";
    for (std::size_t j = 0; j < series.x.size(); ++j)
      if (std::isnan(series.x[j]))
        out << '\n';  // the line ends here
      else
        out << series.x[j] << ' ' << series.y[j] << ' ' << (series.z.empty() ? 0 : series.z[j])
            << '\n';
    out << "END_OF_DATA\n";
  }

  void write_series(std::ostream& out, std::size_t i) const {
    // Colours that people with the common forms of colour blindness can tell apart: those of
    // Okabe and Ito without the yellow, which is too pale on white, and three of Paul Tol's.
    static constexpr std::array colors{"0072B2", "D55E00", "009E73", "CC79A7", "E69F00",
                                       "56B4E9", "000000", "882255", "999933", "332288"};
    static constexpr std::array shapes{7, 9, 5, 13, 11, 6, 8, 4, 12, 10};
    const Series& series = series_[i];
    const std::string color = colors[series.color % colors.size()];
    out << "$data" << i << " using 1:2";
    if (series.style == "image") {
      out << ":3 with image notitle";
    } else if (series.style == "segments") {
      out << " with lines linewidth 1.5 linecolor rgb '#" << color << "' title "
          << quoted(series.name);
    } else if (series.style == "labels") {
      out << ":(" << quoted(series.name) << ") with labels font ',11' textcolor rgb '#" << color
          << "' notitle";
    } else if (series.style == "outline") {
      out << " with lines linewidth 1.5 linecolor rgb '#" << color << "' notitle";
    } else if (series.style == "points") {
      const bool crowded = series.x.size() > 500;
      out << " with points pointtype " << shapes[series.color % shapes.size()] << " pointsize "
          << (crowded ? 0.7 : 1.0) << " linecolor rgb '#50" << color
          << "' notitle, NaN with points pointtype " << shapes[series.color % shapes.size()]
          << " pointsize 1.6 linecolor rgb '#" << color << "' title " << quoted(series.name);
    } else {
      out << (series.x.size() > 30 ? " with lines" : " with linespoints pointtype 7 pointsize 1.2")
          << " linewidth 2 linecolor rgb '#" << color << "' title " << quoted(series.name);
    }
  }

  static std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char c : text) {
      if (c == '\'') result += '\'';
      result += c == '\n' ? ' ' : c;
    }
    return result + "'";
  }

  std::string title_, x_label_, y_label_;
  std::vector<Series> series_;
  std::vector<Mark> marks_, levels_;
  bool bare_ = false;
};

/// The folder that gets the pictures (and other results) of one run.
class Pictures {
 public:
  explicit Pictures(std::filesystem::path folder)
      : folder_(std::move(folder)), gnuplot_is_there_(std::system(probe) == 0) {
    if (!gnuplot_is_there_) std::cout << "(gnuplot is not installed: pictures are skipped)\n\n";
  }

  /// `--pictures DIR`, else the environment's UNLABELED_PICTURES, else ./pictures.
  explicit Pictures(const Arguments& arguments)
      : Pictures(arguments.text("--pictures", from_environment())) {}

  /// Where a file of this name belongs; the folder is made if it is not there.
  [[nodiscard]] std::filesystem::path path(const std::string& name) const {
    std::filesystem::create_directories(folder_);
    return folder_ / name;
  }

  /// Draws the plots side by side into NAME.png.
  void save(const std::string& name, const std::vector<Plot>& plots) const {
    if (!gnuplot_is_there_) return;
    const std::filesystem::path file = path(name + ".png");
    std::ostringstream script;
    script << "set terminal pngcairo noenhanced font 'sans,13' size "
           << (plots.size() == 1 ? 960 : 720 * plots.size()) << ",640\nset output '"
           << escaped(file.string())
           << "'\nset format '%g'\nset grid linecolor rgb '#dddddd' linetype 1\n"
           << "set multiplot layout 1," << plots.size() << '\n';
    for (const Plot& plot : plots) script << plot.script();
    script << "unset multiplot\n";
    run_gnuplot(script.str(), file);
    std::cout << "picture: " << file.string() << '\n';
  }
  void save(const std::string& name, const Plot& plot) const {
    save(name, std::vector<Plot>{plot});
  }

 private:
#if defined(_WIN32)
  static constexpr const char* probe = "where gnuplot >nul 2>nul";
  static std::FILE* open_pipe() { return _popen("gnuplot", "w"); }
  static int close_pipe(std::FILE* pipe) { return _pclose(pipe); }
#else
  static constexpr const char* probe = "command -v gnuplot >/dev/null 2>&1";
  static std::FILE* open_pipe() { return popen("gnuplot", "w"); }
  static int close_pipe(std::FILE* pipe) { return pclose(pipe); }
#endif

  static std::string from_environment() {
    const char* folder = std::getenv("UNLABELED_PICTURES");
    return folder != nullptr && *folder != '\0' ? folder : "pictures";
  }

  static std::string escaped(const std::string& path) {
    std::string result;
    for (const char c : path) result += c == '\'' ? "''" : std::string(1, c);
    return result;
  }

  static void run_gnuplot(const std::string& script, const std::filesystem::path& file) {
    std::FILE* pipe = open_pipe();
    if (pipe == nullptr) throw std::runtime_error("cannot start gnuplot");
    const bool written = std::fwrite(script.data(), 1, script.size(), pipe) == script.size();
    if (close_pipe(pipe) != 0 || !written)
      throw std::runtime_error("gnuplot could not write " + file.string());
  }

  std::filesystem::path folder_;
  bool gnuplot_is_there_;
};

}  // namespace support
