// SPDX-License-Identifier: MIT
#include "support/instances/pca.hpp"

#include <Eigen/Cholesky>

#include "decomposition/support.hpp"
#include "support/catch.hpp"

using namespace unlabeled;

namespace {

template <Real S> PCA<S> fitted(const Matrix<S>& x, PCAOptions options) {
  return PCA<S>(options).fit(x);
}

}  // namespace

TEST_CASE("four points whose components the hand computes") {
  // Deviations ±(2, 2) along (1, 1) and ±(1, -1) across: scatter 2·8 along and 2·2 across.
  Matrix<double> x(4, 2);
  x << 5, 7, 1, 3, 4, 4, 2, 6;
  const auto solver =
      GENERATE(PCASolver::automatic, PCASolver::covariance, PCASolver::svd, PCASolver::randomized);
  const PCA<double> pca = fitted(x, {.solver = solver});
  const double half = std::sqrt(0.5);
  CHECK(relative_error(pca.mean(), Eigen::Vector2d(3, 5)) < 1e-15);
  CHECK(relative_error(pca.singular_values(), Eigen::Vector2d(4, 2)) < 1e-14);
  CHECK(relative_error(pca.explained_variance(), Eigen::Vector2d(16. / 3, 4. / 3)) < 1e-14);
  CHECK(relative_error(pca.explained_variance_ratio(), Eigen::Vector2d(0.8, 0.2)) < 1e-14);
  CHECK(relative_error(pca.components().row(0), Eigen::RowVector2d(half, half)) < 1e-14);
  CHECK(relative_error(pca.components().row(1).cwiseAbs(), Eigen::RowVector2d(half, half)) < 1e-14);
  CHECK(pca.noise_variance() == 0);
  CHECK(pca.n_samples_seen() == 4);
  const Matrix<double> z = pca.transform(x);
  CHECK(std::abs(z(0, 0) - 2 * std::sqrt(2.)) < 1e-14);
  CHECK(std::abs(z(0, 1)) < 1e-14);
}

TEMPLATE_TEST_CASE("components are orthonormal eigenvectors, whatever the solver and the shape", "",
                   float, double) {
  const auto solver =
      GENERATE(PCASolver::automatic, PCASolver::covariance, PCASolver::svd, PCASolver::randomized);
  const auto shape = GENERATE(std::pair(60, 20), std::pair(20, 60), std::pair(30, 30));
  const Index n_components = GENERATE(3, 20);
  const Matrix<TestType> x =
      with_singular_values(shape.first, shape.second, geometric(19, 0.7), 3, 2)
          .template cast<TestType>();
  const PCA<TestType> pca = fitted(x, {.n_components = n_components, .solver = solver});
  INFO("solver " << int(solver) << ", " << shape.first << " x " << shape.second);
  CHECK(pca.n_components() == n_components);
  CHECK(orthonormality_error(pca.components()) < (sizeof(TestType) == 4 ? 1e-6 : 1e-12));
  CHECK(eigen_residual(pca, x) < (sizeof(TestType) == 4 ? 1e-5 : 1e-11));
}

TEST_CASE("a few of many components come from the iteration and agree with all of them") {
  const Matrix<double> x = with_singular_values(400, 260, geometric(260, 0.97), 5);
  const PCA<double> few = fitted(x, {.n_components = 10});
  const Matrix<double> truth = random_orthonormal(260, 260, 6).leftCols(10).transpose();
  CHECK(relative_error(few.singular_values(), geometric(10, 0.97)) < 1e-11);
  CHECK(subspace_error(few.components(), truth) < 1e-7);
  CHECK(eigen_residual(few, x) < 2e-10);
}

TEST_CASE("the randomized solver converges, and power iterations bring it closer") {
  const Matrix<double> x = with_singular_values(300, 200, geometric(200, 0.98), 7);
  const Matrix<double> truth = random_orthonormal(200, 200, 8).leftCols(5).transpose();
  auto error = [&](Index n_power_iterations) {
    return subspace_error(fitted(x, {.n_components = 5,
                                     .solver = PCASolver::randomized,
                                     .n_oversamples = 5,
                                     .n_power_iterations = n_power_iterations})
                              .components(),
                          truth);
  };
  CHECK(error(-1) < 1e-3);
  CHECK(error(4) < error(0));
  CHECK(error(10) < error(4));
}

TEMPLATE_TEST_CASE("both ways through the smaller matrix agree: X and more or fewer samples", "",
                   float, double) {
  // Fewer samples than features use the n x n matrix; with every sample given twice the d x d one
  // may be used, and the components must not change.
  const Matrix<TestType> x =
      with_singular_values(15, 24, geometric(10, 0.6), 9).template cast<TestType>();
  Matrix<TestType> twice(30, 24);
  twice << x, x;
  const PCA<TestType> few = fitted(x, {.n_components = 5});
  const PCA<TestType> many = fitted(twice, {.n_components = 5});
  CHECK(relative_error(few.components(), many.components()) < tolerance<TestType>());
  CHECK(relative_error(many.singular_values(),
                       Vector<TestType>(few.singular_values() * std::sqrt(TestType(2)))) <
        tolerance<TestType>());
}

TEMPLATE_TEST_CASE("the reconstruction error is the variance that was dropped", "", float, double) {
  const Matrix<TestType> x =
      with_singular_values(80, 12, geometric(12, 0.8), 11, 1).template cast<TestType>();
  const PCA<TestType> pca = fitted(x, {.n_components = 4});
  const Matrix<TestType> again = pca.inverse_transform(pca.transform(x));
  const double error = (again - x).template cast<double>().squaredNorm();
  const double dropped = geometric(12, 0.64).tail(8).sum();
  CHECK(error == Approx(dropped).epsilon(tolerance<TestType>()));
  CHECK(double(pca.noise_variance()) * 8 * 79 == Approx(dropped).epsilon(tolerance<TestType>()));
}

TEMPLATE_TEST_CASE("inverse_transform undoes transform when all components are kept", "", float,
                   double) {
  const bool whiten = GENERATE(false, true);
  const Matrix<TestType> x = random_matrix<TestType>(50, 9, 12).array() + TestType(4);
  PCA<TestType> pca({.whiten = whiten});
  const Matrix<TestType> z = pca.fit_transform(x);
  CHECK(relative_error(pca.inverse_transform(z), x) < tolerance<TestType>());
  CHECK(z == pca.transform(x));
}

TEMPLATE_TEST_CASE("transformed samples are uncorrelated, whitened ones of unit variance", "",
                   float, double) {
  const Matrix<TestType> x =
      with_singular_values(100, 8, geometric(8, 0.5), 13).template cast<TestType>();
  const Matrix<double> z = PCA<TestType>().fit_transform(x).template cast<double>();
  Matrix<double> covariance = z.transpose() * z / 99;
  CHECK(relative_error(covariance * 99, Matrix<double>(geometric(8, 0.25).asDiagonal())) <
        tolerance<TestType>());
  const Matrix<double> white =
      PCA<TestType>({.whiten = true}).fit_transform(x).template cast<double>();
  covariance = white.transpose() * white / 99;
  CHECK(relative_error(covariance, Matrix<double>::Identity(8, 8)) < 10 * tolerance<TestType>());
}

TEST_CASE("whitening leaves out directions without variance instead of dividing by zero") {
  Matrix<double> x = with_singular_values(40, 6, geometric(3, 0.5), 14);
  const PCA<double> pca = fitted(x, {.whiten = true});
  const Matrix<double> z = pca.transform(x);
  CHECK(detail::all_finite(z));
  CHECK(z.rightCols(3).isZero(0));
  CHECK(relative_error(pca.inverse_transform(z), x) < 1e-12);
}

TEST_CASE("the fewest components that explain the wanted share are kept") {
  const Matrix<double> x = with_singular_values(50, 5, Vector<double>::Ones(5).eval(), 15);
  CHECK(fitted(x, {.min_explained_variance = 0.5}).n_components() == 3);
  CHECK(fitted(x, {.min_explained_variance = 0.6}).n_components() == 3);
  CHECK(fitted(x, {.min_explained_variance = 0.61}).n_components() == 4);
  CHECK(fitted(x, {.min_explained_variance = 1}).n_components() == 5);
  CHECK(fitted(x, {.n_components = 2, .min_explained_variance = 0.9}).n_components() == 2);
  const Matrix<double> flat = with_singular_values(50, 9, geometric(3, 0.1), 16);
  CHECK(fitted(flat, {.min_explained_variance = 1}).n_components() == 3);
}

TEMPLATE_TEST_CASE("the ratio is to the variance of all features, kept or not", "", float, double) {
  const Matrix<TestType> x = random_matrix<TestType>(300, 20, 17);
  const auto solver = GENERATE(PCASolver::covariance, PCASolver::svd, PCASolver::randomized);
  const PCA<TestType> all = fitted(x, {.solver = solver});
  const PCA<TestType> few = fitted(x, {.n_components = 3, .solver = solver});
  CHECK(double(all.explained_variance_ratio().sum()) == Approx(1).epsilon(1e-5));
  CHECK(relative_error(few.explained_variance_ratio(), all.explained_variance_ratio().head(3)) <
        1e-4);
  const Matrix<double> wide = x.template cast<double>();
  const double total = (wide.rowwise() - wide.colwise().mean()).squaredNorm() / 299;
  CHECK(few.total_variance() == Approx(total).epsilon(1e-6));
}

TEMPLATE_TEST_CASE("the largest entry of each component is positive", "", float, double) {
  const Matrix<TestType> x = random_matrix<TestType>(200, 15, 18);
  const PCA<TestType> pca = fitted(x, {});
  for (Index k = 0; k < 15; ++k) {
    Index largest = 0;
    pca.components().row(k).cwiseAbs().maxCoeff(&largest);
    CHECK(pca.components()(k, largest) > 0);
  }
}

TEST_CASE("moving, scaling and turning the data do what the theory says") {
  const Matrix<double> x = with_singular_values(70, 6, geometric(6, 0.6), 19);
  const PCA<double> pca = fitted(x, {.n_components = 4});
  const PCA<double> moved = fitted(Matrix<double>(x.array() + 7), {.n_components = 4});
  CHECK(relative_error(moved.components(), pca.components()) < 1e-12);
  const PCA<double> scaled = fitted(Matrix<double>(3 * x), {.n_components = 4});
  CHECK(relative_error(scaled.explained_variance(), Vector<double>(9 * pca.explained_variance())) <
        1e-12);
  const Matrix<double> q = random_orthonormal(6, 6, 20);
  const PCA<double> turned = fitted(Matrix<double>(x * q), {.n_components = 4});
  CHECK(relative_error(turned.explained_variance(), pca.explained_variance()) < 1e-12);
  CHECK(subspace_error(turned.components(), Matrix<double>(pca.components() * q)) < 1e-12);
}

TEST_CASE("score_samples is the log density of the normal distribution that was found") {
  const Index n_components = GENERATE(2, 5);
  const Matrix<double> x = random_matrix<double>(60, 5, 21).array() + 1;
  const PCA<double> pca = fitted(x, {.n_components = n_components, .whiten = true});
  // The definition: C = sum (variance - noise) v v^T + noise I, by explicit inverse.
  const double noise = pca.noise_variance();
  const Vector<double> extra = pca.explained_variance().array() - noise;
  const Matrix<double> covariance =
      pca.components().transpose() * extra.asDiagonal() * pca.components() +
      noise * Matrix<double>::Identity(5, 5);
  const Eigen::LLT<Matrix<double>> factor(covariance);
  const Vector<double> scores = pca.score_samples(x);
  for (Index i = 0; i < x.rows(); ++i) {
    const Vector<double> r = x.row(i).transpose() - pca.mean();
    const double expected = -0.5 * (factor.solve(r).dot(r) + 5 * std::log(2 * 3.14159265358979)) -
                            factor.matrixLLT().diagonal().array().log().sum();
    CHECK(scores[i] == Approx(expected).epsilon(1e-11));
  }
  CHECK(pca.score(x) == Approx(scores.mean()));
}

TEMPLATE_TEST_CASE("known components are recovered from noisy samples", "", float, double) {
  Rng rng(22);
  const Matrix<double> v = random_orthonormal(10, 2, 23);
  Matrix<TestType> x(5000, 10);
  for (Index i = 0; i < x.rows(); ++i) {
    const Vector<double> point = v.col(0) * rng.normal(0, 3) + v.col(1) * rng.normal(0, 2);
    for (Index j = 0; j < 10; ++j) x(i, j) = TestType(point[j] + rng.normal(0, 0.1));
  }
  const PCA<TestType> pca = fitted(x, {.n_components = 2});
  CHECK(subspace_error(pca.components(), v.transpose()) < 0.01);
  CHECK(double(pca.explained_variance()[0]) == Approx(9).epsilon(0.06));
  CHECK(double(pca.noise_variance()) == Approx(0.01).epsilon(0.03));
}
