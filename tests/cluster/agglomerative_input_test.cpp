// SPDX-License-Identifier: MIT
// What Agglomerative refuses, and with which words.
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/agglomerative.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

using Options = AgglomerativeOptions;

void refused(const std::function<void()>& call, const std::string& message) {
  CHECK_THROWS_MATCHES(call(), std::invalid_argument, Message("Agglomerative: " + message));
}
void refused_data(const Options& options, const Matrix<double>& x, const std::string& message) {
  Agglomerative<double> estimator(options);
  refused([&] { estimator.fit(x); }, message);
  CHECK_FALSE(estimator.is_fitted());
}

}  // namespace

TEST_CASE("Linkages of means refuse other metrics by both names", "[agglomerative]") {
  const auto refuses = [](Linkage linkage, Metric metric, const std::string& message) {
    refused([&] { Agglomerative<double>({.linkage = linkage, .metric = metric}); }, message);
  };
  refuses(Linkage::ward, Metric::manhattan,
          "metric must be euclidean for linkage ward, got manhattan");
  refuses(Linkage::centroid, Metric::cosine,
          "metric must be euclidean for linkage centroid, got cosine");
  refuses(Linkage::median, Metric::precomputed,
          "metric must be euclidean for linkage median, got precomputed");
  refuses(Linkage::ward, Metric::chebyshev,
          "metric must be euclidean for linkage ward, got chebyshev");
  for (const Linkage linkage :
       {Linkage::complete, Linkage::average, Linkage::single, Linkage::weighted})
    for (const Metric metric :
         {Metric::manhattan, Metric::chebyshev, Metric::cosine, Metric::precomputed})
      CHECK_NOTHROW(Agglomerative<double>({.linkage = linkage, .metric = metric}));
}

TEST_CASE("Data that the options cannot have are refused", "[agglomerative]") {
  const Matrix<double> x = random_matrix<double>(4, 3, 1);
  refused_data({.n_clusters = 5}, x, "n_clusters must be <= n_samples = 4, got 5");
  refused_data({}, x.topRows(1), "n_clusters must be <= n_samples = 1, got 2");
  Matrix<double> with_zeros = x;
  with_zeros.row(2).setZero();
  refused_data({.linkage = Linkage::average, .metric = Metric::cosine}, with_zeros,
               "X has a sample of zeros at row 2, which has no direction as metric cosine needs");
}

TEST_CASE("Distances given are checked", "[agglomerative]") {
  const Options options{.linkage = Linkage::complete, .metric = Metric::precomputed};
  Matrix<double> distances(3, 3);
  distances << 0, 1, 2, 1, 0, 3, 2, 3, 0;
  CHECK_NOTHROW(Agglomerative<double>(options).fit(distances));
  refused_data(options, distances.topRows(2),
               "X must be square as metric precomputed needs, got 2 x 3");
  Matrix<double> changed = distances;
  changed(1, 1) = 0.5;
  refused_data(options, changed,
               "X must be zero on its diagonal as metric precomputed needs, got 0.5 at row 1, "
               "column 1");
  changed = distances;
  changed(2, 0) = changed(0, 2) = -2;
  refused_data(options, changed,
               "X must be >= 0 as metric precomputed needs, got -2 at row 2, column 0");
  changed = distances;
  changed(1, 2) = 4;
  refused_data(options, changed,
               "X must be symmetric as metric precomputed needs, got 3 at row 2, column 1");
}

TEST_CASE("Cuts that there are not are refused", "[agglomerative]") {
  const auto hierarchy = Agglomerative<double>().fit(random_matrix<double>(4, 3, 1));
  const auto cut = [&](Index k) { return [&, k] { static_cast<void>(hierarchy.cut(k)); }; };
  refused(cut(0), "n_clusters must be from 1 to n_samples = 4, got 0");
  refused(cut(5), "n_clusters must be from 1 to n_samples = 4, got 5");
  const auto cut_at = [&](double distance) {
    return [&, distance] { static_cast<void>(hierarchy.cut_at(distance)); };
  };
  refused(cut_at(-1), "distance must be >= 0 and finite, got -1");
  refused(cut_at(std::numeric_limits<double>::infinity()),
          "distance must be >= 0 and finite, got inf");
  const Agglomerative<double> unfitted;
  CHECK_THROWS_AS(unfitted.cut(2), NotFitted);
  CHECK_THROWS_AS(unfitted.cut_at(2), NotFitted);
  CHECK_THROWS_AS(unfitted.cut_at(-2), NotFitted);
}

TEST_CASE("A failed fit keeps the old one", "[agglomerative]") {
  auto hierarchy = Agglomerative<double>({.n_clusters = 3}).fit(random_matrix<double>(9, 2, 1));
  const Matrix<double> before = hierarchy.linkage_matrix();
  CHECK_THROWS_AS(hierarchy.fit(random_matrix<double>(2, 2, 1)), std::invalid_argument);
  CHECK_THROWS_AS(hierarchy.fit(Matrix<double>::Constant(4, 2, 1e308)
                                    .cwiseProduct(random_matrix<double>(4, 2, 3).cwiseSign())
                                    .eval()),
                  NumericalError);
  CHECK(hierarchy.linkage_matrix() == before);
}

TEST_CASE("Models that contradict themselves are refused", "[agglomerative]") {
  const auto good = Agglomerative<double>({.n_clusters = 2}).fit(random_matrix<double>(4, 2, 1));
  CHECK_NOTHROW(Agglomerative<double>(good.options(), good.model()));
  const auto refuses = [&](const std::function<void(AgglomerativeModel<double>&)>& change,
                           const std::string& message) {
    AgglomerativeModel<double> model = good.model();
    change(model);
    refused([&] { Agglomerative<double>(good.options(), model); }, message);
  };
  refuses([](auto& model) { model.linkage_matrix = Matrix<double>(3, 3); },
          "model.linkage_matrix must have 4 columns");
  refuses(
      [](auto& model) { model.linkage_matrix(1, 2) = std::numeric_limits<double>::quiet_NaN(); },
      "model.linkage_matrix has a non-finite value at row 1, column 2");
  const std::string two =
      "model.linkage_matrix must merge two clusters in each row that no row "
      "before merged, got ";
  refuses([](auto& model) { model.linkage_matrix(0, 1) = 4; }, two + "4 in row 0");
  refuses([](auto& model) { model.linkage_matrix(0, 0) = -1; }, two + "-1 in row 0");
  refuses([](auto& model) { model.linkage_matrix(0, 0) = 0.5; }, two + "0.5 in row 0");
  refuses([](auto& model) { model.linkage_matrix(0, 0) = model.linkage_matrix(0, 1); },
          two + detail::printed(good.linkage_matrix()(0, 1)) + " in row 0");
  const std::string row = "model.linkage_matrix must have heights >= 0 and counts of samples, got ";
  refuses([](auto& model) { model.linkage_matrix.row(0).tail(2) << -1, 2; },
          row + "-1 and 2 in row 0");
  refuses([](auto& model) { model.linkage_matrix.row(0).tail(2) << 1, 3; },
          row + "1 and 3 in row 0");
  const std::string cut = "model.labels must be those of the cut that the options ask for";
  refuses([](auto& model) { model.labels.array() = 0; }, cut);
  refuses([](auto& model) { model.labels.conservativeResize(3); }, cut);
  refuses([](auto& model) { model.n_features = 0; }, "model.n_features must be >= 1, got 0");
  refused([&] { Agglomerative<double>({.n_clusters = 5}, good.model()); },
          "n_clusters must be <= n_samples = 4, got 5");
}
