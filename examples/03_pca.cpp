// SPDX-License-Identifier: MIT
// Images of 64 pixels in far fewer numbers: PCA finds the directions in which handwritten digits
// differ most. It never sees which digit an image shows; that only colours the picture.

#include <iostream>
#include <unlabeled/unlabeled.hpp>

#include "support/data.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"

using namespace unlabeled;
using support::percent, support::where;

/// Two images of 8 x 8 pixels beside each other, in characters from white to black.
void print_images(const Eigen::RowVectorXd& left, const Eigen::RowVectorXd& right) {
  const std::string ink = " .:-=+*#%@";
  const auto character = [&](double pixel) {
    return std::string(2, ink[static_cast<std::size_t>(std::clamp(pixel, 0.0, 16.0) / 16 * 9)]);
  };
  for (Index row = 0; row < 8; ++row) {
    std::string line = "  ";
    for (Index column = 0; column < 8; ++column) line += character(left(8 * row + column));
    line += "    ";
    for (Index column = 0; column < 8; ++column) line += character(right(8 * row + column));
    std::cout << line << '\n';
  }
}

/// Each image as its digit, at the place of its first two components.
support::Plot digit_map(const PCA<double>& pca, const Eigen::MatrixXd& images,
                        const Eigen::VectorXd& digit) {
  const auto axis = [&](Index i) {
    return "component " + std::to_string(i + 1) + " (" +
           percent(pca.explained_variance_ratio()(i)) + " of the variance)";
  };
  support::Plot map("Handwritten digits, 64 pixels each, drawn in two dimensions", axis(0),
                    axis(1));
  const Eigen::MatrixXd plane = pca.transform(images).leftCols(2);
  for (int d = 0; d < 10; ++d)
    map.glyphs(std::to_string(d), where(plane.col(0), digit, d), where(plane.col(1), digit, d));
  return map;
}

void run(const support::Arguments& arguments) {
  const Table<double> table = read_csv<double>(support::example_data("digits.csv").string());
  const Eigen::MatrixXd images = table.values.leftCols(64);

  const auto pca = PCA<double>().fit(images);
  Eigen::VectorXd explained = pca.explained_variance_ratio();
  for (Index i = 1; i < explained.size(); ++i) explained(i) += explained(i - 1);

  support::Table sizes({"numbers kept of 64", "variance explained"});
  for (const Index kept : {1, 2, 5, 10, 20, 40})
    sizes.add({std::to_string(kept), percent(explained(kept - 1))});
  std::cout << images.rows() << " images\n\n" << sizes;

  const auto ten = PCA<double>({.n_components = 10}).fit(images);
  const Eigen::MatrixXd restored = ten.inverse_transform(ten.transform(images));
  std::cout << "\nThe first image, and what 10 numbers remember of it:\n\n";
  print_images(images.row(0), restored.row(0));

  const support::Pictures pictures(arguments);
  const Index enough = (explained.array() < 0.9).count() + 1;
  const Eigen::VectorXi kept = Eigen::VectorXi::LinSpaced(64, 1, 64);
  pictures.save(
      "03_pca_variance",
      support::Plot("How much of the digits a few numbers keep", "components kept (of 64)",
                    "variance explained (%)")
          .line("cumulative", kept, 100 * explained)
          .mark(static_cast<double>(enough), std::to_string(enough) + " components keep 90 %"));
  pictures.save("03_pca_digits", digit_map(pca, images, table.values.col(64)));
}

int main(int argc, char** argv) {
  return support::run_example(argc, argv, {"--pictures"}, "usage: 03_pca [--pictures DIR]\n", run);
}
