// SPDX-License-Identifier: MIT
// Clusters of any shape: DBSCAN follows crowds of samples where KMeans, which knows only centers,
// cuts them apart. Its eps comes from the bend of the k-distance curve.

#include <cmath>
#include <iostream>
#include <optional>
#include <unlabeled/unlabeled.hpp>

#include "support/plot.hpp"
#include "support/table.hpp"

using namespace unlabeled;
using support::fixed, support::percent, support::where;

constexpr const char* usage = R"(usage: 07_density [options]

Without options: five shapes under noise, made by the program.

  --csv FILE       the samples of this CSV file instead (numbers only; columns are scaled, the first
                   two are drawn)
  --neighbors N    min_samples of DBSCAN (default: 15)
  --pictures DIR   folder for the pictures (default: $UNLABELED_PICTURES, else ./pictures)
  --help           this text
)";

struct Shapes {
  Matrix<double> samples;
  std::optional<Labels> truth;  // -1 is noise
};

/// Two hooks, a ring, what it surrounds and a wave; one sample in ten is noise.
Shapes five_shapes(Index n_samples) {
  Rng rng(7);
  const auto jitter = [&] { return rng.normal(0, 0.09); };
  Matrix<double> x(n_samples, 2);
  Labels truth(n_samples);
  for (Index i = 0; i < n_samples; ++i) {
    const double t = rng.uniform(0, 3.14159265358979323846);
    truth[i] = i % 10 == 9 ? -1 : static_cast<int>(i % 5);
    switch (truth[i]) {
      case 0:
        x.row(i) << 2 * std::cos(t) - 3, 2 * std::sin(t) + 1.2;
        break;
      case 1:
        x.row(i) << -1 - 2 * std::cos(t), 1.8 - 2 * std::sin(t);
        break;
      case 2:
        x.row(i) << 1.6 * std::cos(2 * t) + 4, 1.6 * std::sin(2 * t) + 1.6;
        break;
      case 3:
        x.row(i) << rng.normal(4, 0.3), rng.normal(1.6, 0.3);
        break;
      case 4:
        x.row(i) << 4 * t - 6, 0.6 * std::sin(4 * t) - 2.4;
        break;
      default:
        x.row(i) << rng.uniform(-6.5, 7), rng.uniform(-4, 4.5);
    }
    if (truth[i] >= 0) x.row(i) += Eigen::RowVector2d(jitter(), jitter());
  }
  return {x, truth};
}

Shapes from_file(const std::string& path) {
  return {StandardScaler<double>().fit_transform(read_csv<double>(path).values), {}};
}

support::Plot picture(const std::string& title, const Matrix<double>& x, const Labels& labels) {
  support::Plot plot(title, "first feature", "second feature");
  const Index second = x.cols() > 1 ? 1 : 0;
  for (int label = labels.minCoeff(); label <= std::min(labels.maxCoeff(), 8); ++label)
    plot.points(label < 0 ? "noise" : "cluster " + std::to_string(label),
                where(x.col(0), labels, label), where(x.col(second), labels, label));
  return plot;
}

void run(const support::Arguments& arguments) {
  const Index min_samples = arguments.integer("--neighbors", 15, 1, 1000000);
  const Shapes shapes =
      arguments.has("--csv") ? from_file(arguments.text("--csv", "")) : five_shapes(6000);
  const Matrix<double>& x = shapes.samples;

  const KDistances curve = k_distances(x, min_samples);
  if (curve.suggested_eps <= 0) throw std::runtime_error("most samples are equal: no eps to try");
  const auto dbscan =
      DBSCAN<double>({.eps = curve.suggested_eps, .min_samples = min_samples}).fit(x);
  const Index k = std::min<Index>(std::max(1, dbscan.n_clusters()), x.rows());
  const auto kmeans = KMeans<double>({.n_clusters = k, .n_init = 10, .seed = 1}).fit(x);

  support::Table table({"method", "clusters", "noise", "agreement with the shapes (ARI)"});
  const auto add = [&](const std::string& name, Index n_clusters, const Labels& labels) {
    const double noise = static_cast<double>((labels.array() < 0).count());
    table.add({name, std::to_string(n_clusters), percent(noise / static_cast<double>(x.rows())),
               shapes.truth ? fixed(adjusted_rand_score(*shapes.truth, labels), 3) : "-"});
  };
  add("KMeans", k, kmeans.labels());
  add("DBSCAN", dbscan.n_clusters(), dbscan.labels());
  std::cout << x.rows() << " samples, " << x.cols() << " features; eps "
            << fixed(curve.suggested_eps, 3) << " by the bend of the curve, min_samples "
            << min_samples << "\n\n"
            << table << '\n';

  support::Plot bend("Distance to the " + std::to_string(min_samples) + "th nearest sample",
                     "samples, farthest first", "distance");
  bend.line("distance", Vector<double>::LinSpaced(x.rows(), 1, static_cast<double>(x.rows())),
            Vector<double>(curve.distances.reverse()));
  bend.mark(static_cast<double>(x.rows() - curve.knee), "eps = " + fixed(curve.suggested_eps, 3));
  const support::Pictures pictures(arguments);
  pictures.save("07_density", {picture("KMeans cuts shapes apart", x, kmeans.labels()),
                               picture("DBSCAN follows them", x, dbscan.labels())});
  pictures.save("07_k_distances", bend);
}

int main(int argc, char** argv) {
  return support::run_example(argc, argv, {"--csv", "--neighbors", "--pictures"}, usage, run);
}
