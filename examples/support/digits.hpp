// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <unlabeled/unlabeled.hpp>
#include <vector>

#include "arguments.hpp"
#include "data.hpp"
#include "plot.hpp"

// Handwritten digits for the examples of networks: the small set of examples/data, or MNIST's.

namespace support {

/// Pictures as rows of pixels in [0, 1], and which digit each one is.
struct Digits {
  unlabeled::RowMatrix<float> pixels;
  unlabeled::Labels digits;
  Eigen::Index side;  ///< of a picture
  int n_threads = 0;  ///< for networks: steps on small pictures are too short to be shared
};

/// The bytes of an IDX file after its header of `header` bytes.
inline std::vector<unsigned char> idx_bytes(const std::filesystem::path& path, std::size_t header) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  const std::string all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (all.size() < header) throw std::runtime_error(path.string() + " is no IDX file");
  return {all.begin() + static_cast<std::ptrdiff_t>(header), all.end()};
}

/// `--mnist FOLDER`: the 10,000 test pictures of MNIST, whose two files lie there unpacked; else the
/// 1797 pictures of 8 x 8 pixels that come with the examples.
inline Digits read_digits(const Arguments& arguments) {
  Digits digits;
  if (!arguments.has("--mnist")) {
    const auto table = unlabeled::read_csv<float>(example_data("digits.csv").string());
    digits.pixels = table.values.leftCols(64) / 16;
    digits.digits = table.values.col(64).cast<int>();
    digits.side = 8;
    digits.n_threads = 1;
    return digits;
  }
  const std::filesystem::path folder = arguments.text("--mnist", "");
  const auto pixels = idx_bytes(folder / "t10k-images-idx3-ubyte", 16);
  const auto labels = idx_bytes(folder / "t10k-labels-idx1-ubyte", 8);
  const auto n = static_cast<Eigen::Index>(labels.size());
  if (pixels.size() != labels.size() * 784)
    throw std::runtime_error("the two IDX files do not belong together");
  digits.pixels.resize(n, 784);
  std::transform(pixels.begin(), pixels.end(), digits.pixels.data(),
                 [](unsigned char value) { return static_cast<float>(value) / 255; });
  digits.digits.resize(n);
  std::copy(labels.begin(), labels.end(), digits.digits.data());
  digits.side = 28;
  return digits;
}

/// Pictures side by side, `columns` in a row, as one plane of grey.
inline Plot contact_sheet(const std::string& title, const unlabeled::RowMatrix<float>& pictures,
                          Eigen::Index side, Eigen::Index columns) {
  const Eigen::Index rows = (pictures.rows() + columns - 1) / columns, step = side + 1;
  std::vector<double> x, y, z;
  for (Eigen::Index column = 0; column < columns * step; ++column)
    for (Eigen::Index row = 0; row < rows * step; ++row) {
      const Eigen::Index picture = row / step * columns + column / step;
      const Eigen::Index i = row % step, j = column % step;
      const bool inside = i < side && j < side && picture < pictures.rows();
      x.push_back(static_cast<double>(column));
      y.push_back(-static_cast<double>(row));
      const double value = inside ? static_cast<double>(pictures(picture, i * side + j)) : 0;
      z.push_back(std::clamp(value, 0.0, 1.0));
    }
  return Plot(title, "", "").heat("darkness", x, y, z).bare();
}

}  // namespace support
