// SPDX-License-Identifier: MIT
// GMM beside scikit-learn's GaussianMixture from the same starts (tests/reference/make_gmm.py).
#include <string>

#include "mixture/support.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace unlabeled;

namespace {

std::string name_of(CovarianceType type) {
  switch (type) {
    case CovarianceType::full:
      return "full";
    case CovarianceType::tied:
      return "tied";
    case CovarianceType::diag:
      return "diag";
    default:
      return "spherical";
  }
}

template <Real S> GMM<S> after(Index cap, const Matrix<S>& x, CovarianceType type) {
  Matrix<S> means(3, x.cols());
  means << x.row(0), x.row(60), x.row(140);
  GMMModel<S> start = start_at<S>(x, means, type);
  start.weights << S(0.2), S(0.3), S(0.5);
  return GMM<S>({.n_components = 3, .covariance_type = type, .tolerance = 0, .max_iterations = cap})
      .fit_from(x, start);
}

/// Iris has one decimal, which float rounds; 20 iterations carry that on.
template <Real S> constexpr double allowed() { return std::same_as<S, double> ? 1e-8 : 2e-5; }

}  // namespace

TEMPLATE_TEST_CASE("GMM follows scikit-learn iteration by iteration", "[gmm]", float, double) {
  using S = TestType;
  const Matrix<S> x = reference::read("kmeans/iris.csv").cast<S>();
  for (const CovarianceType type : all_types) {
    const Matrix<double> parameters = reference::read("gmm/" + name_of(type) + "_parameters.csv");
    const Matrix<double> summary = reference::read("gmm/" + name_of(type) + "_summary.csv");
    for (Index i = 0; i < summary.rows(); ++i) {
      const auto gmm = after<S>(static_cast<Index>(summary(i, 0)), x, type);
      double error = 0;
      for (Index k = 0; k < 3; ++k) {
        const Eigen::RowVectorXd expected = parameters.row(3 * i + k);
        Eigen::RowVectorXd found(1 + 4 + 16);
        found << static_cast<double>(gmm.weights()[k]), gmm.means().row(k).template cast<double>(),
            gmm.covariances()[static_cast<std::size_t>(k)]
                .reshaped()
                .transpose()
                .template cast<double>();
        error = std::max(error, relative_error(found, expected));
      }
      INFO(name_of(type) << ", cap " << summary(i, 0) << ", error " << error);
      CHECK(error < allowed<S>());
      CHECK(gmm.lower_bound() == Approx(summary(i, 1)).epsilon(allowed<S>()));
      CHECK(gmm.score(x) == Approx(summary(i, 2)).epsilon(allowed<S>()));
      CHECK(gmm.aic(x) == Approx(summary(i, 3)).epsilon(allowed<S>()));
      CHECK(gmm.bic(x) == Approx(summary(i, 4)).epsilon(allowed<S>()));
      CHECK(gmm.report().n_iterations == static_cast<Index>(summary(i, 0)));
      CHECK(gmm.report().stop == Stop::max_iterations);
    }
  }
}

TEMPLATE_TEST_CASE("GMM judges samples as scikit-learn does", "[gmm]", float, double) {
  using S = TestType;
  const Matrix<S> x = reference::read("kmeans/iris.csv").cast<S>();
  for (const CovarianceType type : all_types) {
    const Matrix<double> expected = reference::read("gmm/" + name_of(type) + "_samples.csv");
    const auto gmm = after<S>(20, x, type);
    const Labels labels = gmm.predict(x);
    const Vector<S> density = gmm.score_samples(x);
    const Matrix<S> posterior = gmm.predict_proba(x);
    for (Index i = 0; i < expected.rows(); ++i) {
      CHECK(labels[5 * i] == static_cast<int>(expected(i, 0)));
      CHECK(density[5 * i] == Approx(expected(i, 1)).margin(100 * allowed<S>()));
      for (Index k = 0; k < 3; ++k)
        CHECK(posterior(5 * i, k) == Approx(expected(i, 2 + k)).margin(100 * allowed<S>()));
    }
  }
}
