// SPDX-License-Identifier: MIT
#include "decomposition/support.hpp"
#include "support/catch.hpp"
#include "support/instances/pca.hpp"

#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Message;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

PCASolver every_solver() {
  return GENERATE(PCASolver::automatic, PCASolver::covariance, PCASolver::svd,
                  PCASolver::randomized);
}

void check_sane(const PCA<double>& pca) {
  CHECK(detail::all_finite(pca.components()));
  CHECK(detail::all_finite(pca.explained_variance_ratio()));
  CHECK(orthonormality_error(pca.components()) < 1e-12);
  CHECK(pca.explained_variance().minCoeff() >= 0);
  CHECK(pca.noise_variance() >= 0);
}

}  // namespace

TEST_CASE("a single sample has no variance and still a component") {
  const Matrix<double> x = random_matrix<double>(1, 4, 1);
  const PCA<double> pca = PCA<double>({.solver = every_solver()}).fit(x);
  check_sane(pca);
  CHECK(pca.n_components() == 1);
  CHECK(pca.explained_variance()[0] == 0);
  CHECK(pca.explained_variance_ratio()[0] == 0);
  CHECK(pca.transform(x).isZero(1e-15));
}

TEST_CASE("a single feature is its own component") {
  const Matrix<double> x = random_matrix<double>(30, 1, 2);
  const PCA<double> pca = PCA<double>({.solver = every_solver()}).fit(x);
  CHECK(pca.components()(0, 0) == Approx(1));
  CHECK(pca.explained_variance_ratio()[0] == Approx(1));
}

TEST_CASE("identical samples have no variance") {
  const Matrix<double> x = Matrix<double>::Constant(10, 3, 0.1);
  const PCA<double> pca = PCA<double>({.whiten = true, .solver = every_solver()}).fit(x);
  check_sane(pca);
  CHECK(pca.total_variance() < 1e-30);
  CHECK(detail::all_finite(pca.transform(x)));
  CHECK_THROWS_AS(pca.score_samples(x), NumericalError);
}

TEST_CASE("a constant feature takes no part in the components that count") {
  Matrix<double> x = random_matrix<double>(50, 4, 3);
  x.col(2).setConstant(1e3);
  const auto solver = every_solver();
  const PCA<double> pca = PCA<double>({.solver = solver}).fit(x);
  check_sane(pca);
  CHECK(pca.components().topRows(3).col(2).cwiseAbs().maxCoeff() < 1e-12);
  // Row and column 2 of the scatter are exactly 0, yet a reflection that makes it tridiagonal turns
  // feature 2 into feature 3. What it computes belongs to a matrix d eps ||S|| away, and eigenvalues
  // move no further than the matrix (Weyl). Found: 0 to 1.6 eps, as the compiler fuses multiply and
  // add or not. svd starts anew in the basis it found, and each time less is left.
  const double least =
      solver == PCASolver::svd ? 1e-20 : 4 * std::numeric_limits<double>::epsilon();
  INFO("solver " << int(solver) << ", variance " << pca.explained_variance()[3]);
  CHECK(pca.explained_variance()[3] <= least * pca.explained_variance()[0]);
}

TEST_CASE("data of exact low rank leave nothing over") {
  const Matrix<double> x = with_singular_values(40, 12, geometric(4, 0.5), 4);
  const PCA<double> pca = PCA<double>({.solver = every_solver()}).fit(x);
  check_sane(pca);
  CHECK(relative_error(pca.singular_values().head(4), geometric(4, 0.5)) < 1e-13);
  CHECK(pca.singular_values().tail(8).maxCoeff() < 1e-7);
  CHECK(pca.explained_variance_ratio().head(4).sum() == Approx(1).epsilon(1e-13));
}

TEST_CASE("repeated singular values: their subspace is found") {
  Vector<double> values(6);
  values << 3, 2, 2, 2, 1, 0.5;
  const Matrix<double> x = with_singular_values(60, 9, values, 5);
  const Matrix<double> truth = random_orthonormal(9, 6, 6).transpose();
  const PCA<double> pca = PCA<double>({.n_components = 4, .solver = every_solver()}).fit(x);
  check_sane(pca);
  CHECK(relative_error(pca.singular_values(), values.head(4)) < 1e-12);
  CHECK(subspace_error(pca.components(), Matrix<double>(truth.topRows(4))) < 1e-6);
}

TEST_CASE("wrong options are refused where they are written") {
  auto refused = [](PCAOptions options, const char* words) {
    CHECK_THROWS_WITH(PCA<double>(options), ContainsSubstring(words));
    CHECK_THROWS_AS(PCA<double>(options), std::invalid_argument);
  };
  refused({.n_components = -1}, "PCA: n_components must be >= 0");
  refused({.min_explained_variance = 1.5}, "min_explained_variance must be in [0, 1], got 1.5");
  refused({.min_explained_variance = -0.1}, "min_explained_variance must be in [0, 1]");
  refused({.solver = static_cast<PCASolver>(7)}, "solver must be a member of PCASolver, got 7");
  refused({.n_oversamples = -1}, "n_oversamples must be >= 0");
  refused({.n_power_iterations = -2}, "n_power_iterations must be >= 0");
  refused({.n_threads = -1}, "n_threads must be >= 0");
}

TEST_CASE("wrong data are refused and leave the earlier fit as it was") {
  const Matrix<double> x = random_matrix<double>(6, 3, 12);
  PCA<double> pca({.n_components = 3, .solver = every_solver()});
  pca.fit(x);
  const Matrix<double> components = pca.components();
  Matrix<double> bad = x;
  bad(4, 1) = GENERATE(as<double>(), infinity, -infinity, std::numeric_limits<double>::quiet_NaN());
  CHECK_THROWS_MATCHES(pca.fit(bad), std::invalid_argument,
                       Message("PCA: X has a non-finite value at row 4, column 1"));
  CHECK_THROWS_MATCHES(
      pca.fit(x.leftCols(2)), std::invalid_argument,
      Message("PCA: n_components must be <= min(n_samples, n_features) = 2, got 3"));
  CHECK_THROWS_AS(pca.fit(Matrix<double>(0, 3)), std::invalid_argument);
  CHECK_THROWS_AS(pca.fit(Matrix<double>(3, 0)), std::invalid_argument);
  CHECK_THROWS_AS(pca.fit(Matrix<double>(1e200 * x)), NumericalError);
  CHECK_THROWS_AS(pca.partial_fit(x.leftCols(2)), std::invalid_argument);
  CHECK_THROWS_AS(pca.partial_fit(bad), std::invalid_argument);
  CHECK_THROWS_AS(pca.transform(bad), std::invalid_argument);
  CHECK_THROWS_AS(pca.transform(x.leftCols(2)), std::invalid_argument);
  CHECK_THROWS_WITH(pca.inverse_transform(x.leftCols(2)),
                    ContainsSubstring("Z must have 3 columns (components), got 2"));
  CHECK(pca.components() == components);
}

TEST_CASE("no rows transform to no rows, and nothing works before fit") {
  const Matrix<double> x = random_matrix<double>(6, 3, 13);
  PCA<double> pca({.n_components = 2});
  CHECK_THROWS_MATCHES(pca.transform(x), NotFitted, Message("PCA: call fit() first"));
  CHECK_THROWS_AS(pca.inverse_transform(x), NotFitted);
  CHECK_THROWS_AS(pca.score_samples(x), NotFitted);
  CHECK_THROWS_AS(pca.components(), NotFitted);
  CHECK_FALSE(pca.is_fitted());
  pca.fit(x);
  CHECK(pca.transform(x.topRows(0)).rows() == 0);
  CHECK(pca.transform(x.topRows(0)).cols() == 2);
  CHECK(pca.inverse_transform(x.topRows(0).leftCols(2)).cols() == 3);
  CHECK(pca.score_samples(x.topRows(0)).size() == 0);
  CHECK_THROWS_MATCHES(pca.score(x.topRows(0)), std::invalid_argument,
                       Message("PCA: X must have at least 1 sample (row), got 0"));
}

TEST_CASE("options as large as can be are bounded by the data") {
  const Matrix<double> x = random_matrix<double>(40, 6, 14);
  constexpr Index most = std::numeric_limits<Index>::max();
  const auto expected = PCA<double>({.n_components = 2, .solver = PCASolver::covariance}).fit(x);
  for (const auto solver : {PCASolver::randomized, PCASolver::automatic}) {
    const PCAOptions options{.n_components = 2,
                             .solver = solver,
                             .n_oversamples = most,
                             .n_power_iterations = most,
                             .n_threads = std::numeric_limits<int>::max()};
    const auto pca = PCA<double>(options).fit(x);
    CHECK(relative_error(pca.components(), expected.components()) < 1e-10);
  }
}

TEST_CASE("a model that contradicts itself is refused") {
  const auto model = PCA<double>({.n_components = 2}).fit(random_matrix<double>(9, 3, 1)).model();
  auto refusal = [&](auto&& change) {
    PCAModel<double> changed = model;
    change(changed);
    try {
      PCA<double>({.n_components = 2}, std::move(changed));
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK(refusal([](auto&) {}) == "accepted");
  CHECK(refusal([](auto& m) { m.components.setConstant(7); }) ==
        "PCA: model.components must have orthonormal rows");
  CHECK(refusal([](auto& m) { m.components = Matrix<double>(0, 3); }) ==
        "PCA: model.components must have from 1 to n_features rows");
  CHECK(refusal([](auto& m) { m.mean[1] = 1e300; }) == "PCA: model.exact_mean must round to mean");
  CHECK(refusal([](auto& m) { m.explained_variance.reverseInPlace(); }) ==
        "PCA: model.explained_variance must be n_components values >= 0, largest first");
  CHECK(refusal([](auto& m) { m.singular_values[1] = -1; }) ==
        "PCA: model.singular_values must be n_components values >= 0, largest first");
  CHECK(refusal([](auto& m) { m.n_samples_seen = 0; }) == "PCA: model.n_samples_seen must be >= 1");
}
