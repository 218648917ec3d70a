// SPDX-License-Identifier: MIT
// What GMM refuses, and with which words; the options are in the contract test.
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <utility>

#include "mixture/support.hpp"
#include "support/catch.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

std::string refusal_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("A start that is no mixture is refused and the earlier fit stays", "[gmm]") {
  const Matrix<double> x = random_matrix<double>(30, 3, 1);
  const auto good = start_at<double>(x, x.topRows(2), CovarianceType::full);
  GMM<double> gmm({.n_components = 2});
  gmm.fit(x);
  const Matrix<double> means = gmm.means();
  const auto refusal = [&](auto&& change) {
    auto start = good;
    change(start);
    const std::string words = refusal_of([&] { gmm.fit_from(x, start); });
    CHECK((words == "accepted" || gmm.means() == means));
    return words;
  };
  CHECK(refusal([](auto& m) { m.weights = Vector<double>::Ones(3) / 3; }) ==
        "GMM: initial_model.weights must have n_components = 2 entries, got 3");
  CHECK(refusal([](auto& m) { m.weights << 0.5, 0.6; }) ==
        "GMM: initial_model.weights must be >= 0 with sum 1, got sum 1.1");
  CHECK(refusal([](auto& m) { m.weights << -0.5, 1.5; }) ==
        "GMM: initial_model.weights must be >= 0 with sum 1, got sum 1");
  CHECK(refusal([](auto& m) { m.weights[1] = std::nan(""); }) ==
        "GMM: initial_model.weights has a non-finite value at position 1");
  CHECK(refusal([](auto& m) { m.means = Matrix<double>::Zero(3, 3); }) ==
        "GMM: initial_model.means must be n_components = 2 rows of at least 1 feature, got 3 x 3");
  CHECK(refusal([](auto& m) { m.means(1, 2) = std::nan(""); }) ==
        "GMM: initial_model.means has a non-finite value at row 1, column 2");
  CHECK(refusal([](auto& m) { m.covariances.pop_back(); }) ==
        "GMM: initial_model.covariances must be n_components = 2 matrices, got 1");
  CHECK(refusal([](auto& m) { m.covariances[1] = Matrix<double>::Identity(2, 2); }) ==
        "GMM: initial_model.covariances[1] must be n_features x n_features = 3 x 3, got 2 x 2");
  CHECK(refusal([](auto& m) { m.covariances[1](0, 1) = 0.3; }) ==
        "GMM: initial_model.covariances[1] must be symmetric");
  CHECK(refusal([](auto& m) { m.covariances[1](2, 2) = -1; }) ==
        "GMM: initial_model.covariances[1] must be positive definite");
  CHECK(refusal([](auto& m) { m.covariances[0].setOnes(); }) ==
        "GMM: initial_model.covariances[0] must be positive definite");
  CHECK(refusal([](auto& m) { m.covariances[0](1, 1) = std::nan(""); }) ==
        "GMM: initial_model.covariances[0] has a non-finite value at row 1, column 1");
  CHECK(refusal([](auto& m) {
          m.means = Matrix<double>::Zero(2, 2);
          m.covariances.assign(2, Matrix<double>::Identity(2, 2));
        }) == "GMM: initial_model.means must have as many columns as X = 3, got 2");
  CHECK(refusal([](auto&) {}) == "accepted");
}

TEST_CASE("A start has to be of the covariance type", "[gmm]") {
  const Matrix<double> x = random_matrix<double>(30, 3, 1);
  auto start = start_at<double>(x, x.topRows(2), CovarianceType::full);
  const auto refusal = [&](CovarianceType type) {
    return refusal_of(
        [&] { GMM<double>({.n_components = 2, .covariance_type = type}).fit_from(x, start); });
  };
  CHECK(refusal(CovarianceType::spherical) ==
        "GMM: initial_model.covariances[0] must have one variance for all features, as "
        "covariance_type says");
  start.covariances[1](0, 1) = start.covariances[1](1, 0) = 0.1;
  CHECK(refusal(CovarianceType::diag) ==
        "GMM: initial_model.covariances[1] must be diagonal, as covariance_type says");
  CHECK(refusal(CovarianceType::tied) ==
        "GMM: initial_model.covariances[1] must equal initial_model.covariances[0], as "
        "covariance_type says");
  CHECK(refusal(CovarianceType::full) == "accepted");
}

TEST_CASE("A model that contradicts itself or its options is refused", "[gmm]") {
  const auto x = random_matrix<double>(40, 3, 1);
  for (const CovarianceType type : all_types) {
    const GMMOptions options{.n_components = 2, .covariance_type = type};
    const auto model = GMM<double>(options).fit(x).model();
    const auto refusal = [&](auto&& change) {
      auto changed = model;
      change(changed);
      return refusal_of([&] { GMM<double>(options, std::move(changed)); });
    };
    CHECK(refusal([](auto&) {}) == "accepted");
    CHECK(refusal([](auto& m) { m.weights.setOnes(); }) ==
          "GMM: model.weights must be >= 0 with sum 1, got sum 2");
    const std::string factors =
        "GMM: model.precision_factors must be the inverse Cholesky factors of model.covariances";
    CHECK(refusal([](auto& m) { m.precision_factors *= 1.01; }) == factors);
    CHECK(refusal([](auto& m) { m.precision_factors *= -1; }) == factors);
    CHECK(refusal([](auto& m) { m.precision_factors.conservativeResize(1, 3); }) == factors);
    CHECK(refusal([](auto& m) { m.exact_means.array() += 1; }) ==
          "GMM: model.exact_means must be model.means once rounded");
    CHECK(refusal([](auto& m) { m.labels[4] = 2; }) == "GMM: model.labels must be from 0 to 1");
    CHECK(refusal([](auto& m) { m.lower_bound = std::nan(""); }) ==
          "GMM: model.lower_bound must be finite, got nan");
    CHECK(refusal([](auto& m) { m.report.n_iterations = -3; }) ==
          "GMM: model.report.n_iterations must be >= 0, got -3");
    // The first three fields are enough.
    GMMModel<double> bare;
    bare.weights = model.weights, bare.means = model.means, bare.covariances = model.covariances;
    const GMM<double> made(options, bare), whole(options, model);
    CHECK(relative_error(made.score_samples(x), whole.score_samples(x)) < 1e-12);
    CHECK(made.predict(x) == whole.predict(x));
  }
}

TEST_CASE("A float model that rounding made singular is a start and a model", "[gmm]") {
  Matrix<float> x = 10.0F * random_matrix<float>(200, 2, 1);
  x.col(1) = x.col(0);
  for (const CovarianceType type : {CovarianceType::full, CovarianceType::tied}) {
    const GMMOptions options{.covariance_type = type};
    const auto fitted = GMM<float>(options).fit(x);
    const GMMModel<float>& model = fitted.model();
    GMM<float> again(options);
    CHECK_NOTHROW(again.fit_from(x, model));  // with all digits
    // Variances of 200 and 1e-6 (all that regularization leaves of one) amplify rounding 2e8 times.
    CHECK(again.lower_bound() == Approx(fitted.score(x)).epsilon(1e-7));
    GMMModel<float> bare;
    bare.weights = model.weights, bare.means = model.means, bare.covariances = model.covariances;
    CHECK_NOTHROW(again.fit_from(x, bare));
    const GMM<float> made(options, bare);
    CHECK(made.score_samples(x).allFinite());
    CHECK_NOTHROW(GMM<float>(options, made.model()));
    bare.covariances[0](0, 1) = bare.covariances[0](1, 0) = bare.covariances[0](0, 0) * 1.00001f;
    CHECK(refusal_of([&] { GMM<float>(options, bare); }) ==
          "GMM: model.covariances[0] must be positive definite");
    // Other digits than those of the first three fields do not count.
    GMMModel<float> stale = GMM<float>(options).fit(random_matrix<float>(90, 2, 3)).model();
    GMMModel<float> plain;
    stale.covariances[0] *= 2, stale.means.array() += 1;
    plain.weights = stale.weights, plain.means = stale.means;
    plain.covariances = stale.covariances;
    again.fit_from(x, stale);
    CHECK(again.lower_bound() == GMM<float>(options).fit_from(x, plain).lower_bound());
  }
}

TEST_CASE("Weights of samples are checked", "[gmm]") {
  const Matrix<double> x = random_matrix<double>(30, 2, 1);
  GMM<double> gmm;
  CHECK(refusal_of([&] { gmm.fit(x, Vector<double>::Ones(29)); }) ==
        "GMM: sample_weight must have one entry per sample (30), got 29");
  CHECK(refusal_of([&] { gmm.fit(x, Vector<double>::Zero(30)); }) ==
        "GMM: sample_weight must have a positive entry, got only zeros");
  CHECK(refusal_of([&] { gmm.fit(x, -Vector<double>::Ones(30)); }) ==
        "GMM: sample_weight must be >= 0, got -1 at position 0");
  CHECK(refusal_of([&] { gmm.fit(Matrix<double>(0, 2), Vector<double>(0)); }) ==
        "GMM: X must have at least 1 sample (row), got 0");
  CHECK_FALSE(gmm.is_fitted());
  gmm.fit(x);
  CHECK(refusal_of([&] { static_cast<void>(gmm.sample(-1)); }) == "GMM: n must be >= 0, got -1");
}

TEST_CASE("Squares beyond the range are reported, values near it are not", "[gmm]") {
  const Matrix<double> x = random_matrix<double>(60, 2, 1);
  for (const CovarianceType type : all_types) {
    const GMMOptions options{.n_components = 2, .covariance_type = type, .seed = 1};
    GMMOptions bare = options;
    bare.regularization = 0;
    const auto plain = GMM<double>(bare).fit(x);
    for (const int exponent : {-400, 400})
      CHECK(GMM<double>(bare).fit(std::ldexp(1.0, exponent) * x).labels() == plain.labels());
    CHECK_THROWS_MATCHES(GMM<double>(options).fit(1e200 * x), NumericalError,
                         Message("GMM: the variance of X overflows; scale the features first"));
    CHECK_THROWS_AS(GMM<double>(bare).fit(1e-200 * x), NumericalError);
    const Matrix<float> large = 1e25f * x.cast<float>();
    CHECK_THROWS_MATCHES(
        GMM<float>(options).fit(large), NumericalError,
        Message("GMM: a covariance leaves the range of the scalar type; scale the features first"));
  }
}

TEST_CASE("A start beyond the range of the samples gives finite answers or an error", "[gmm]") {
  const Matrix<double> x = 1e-10 * random_matrix<double>(20, 2, 1);
  for (const CovarianceType type : all_types) {
    GMMModel<double> start;
    start.weights = Vector<double>::Constant(2, 0.5);
    start.means = Matrix<double>::Zero(2, 2);
    start.means.row(1).setConstant(1e300);
    start.covariances.assign(2, Matrix<double>::Identity(2, 2) * 1e-20);
    const GMMOptions options{.n_components = 2, .covariance_type = type, .regularization = 0};
    const auto gmm = GMM<double>(options).fit_from(x, start);
    CHECK(detail::is_finite(gmm.lower_bound()));
    CHECK(gmm.predict_proba(x).allFinite());
    CHECK((gmm.labels().array() == 0).all());
    const GMM<double> made(options, start);
    CHECK(made.predict_proba(x).allFinite());
    CHECK(made.score_samples(x).allFinite());
    start.means.setZero();
    start.covariances.assign(2, Matrix<double>::Identity(2, 2) * 1e-306);
    CHECK_THROWS_AS(GMM<double>(options).fit_from(1e10 * x, start), NumericalError);
  }
}
