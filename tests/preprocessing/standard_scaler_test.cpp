// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <type_traits>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/preprocessing/standard_scaler.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

/// The textbook in long double, two passes: mean and variance of one column.
template <class X> std::pair<long double, long double> exact_moments(const X& x, Index column) {
  const auto n = static_cast<long double>(x.rows());
  long double sum = 0, squares = 0;
  for (Index i = 0; i < x.rows(); ++i) sum += static_cast<long double>(x(i, column));
  const long double mean = sum / n;
  for (Index i = 0; i < x.rows(); ++i) {
    const long double deviation = static_cast<long double>(x(i, column)) - mean;
    squares += deviation * deviation;
  }
  return {mean, squares / n};
}

/// Largest |z - exact z| over all entries.
template <class X, class Z> double worst_z(const X& x, const Z& z) {
  double worst = 0;
  for (Index j = 0; j < x.cols(); ++j) {
    const auto [mean, variance] = exact_moments(x, j);
    for (Index i = 0; i < x.rows(); ++i) {
      const long double exact = (static_cast<long double>(x(i, j)) - mean) / std::sqrt(variance);
      worst =
          std::max(worst, static_cast<double>(std::abs(static_cast<long double>(z(i, j)) - exact)));
    }
  }
  return worst;
}

template <class S> Matrix<S> shifted(Index n, Index d, S offset, std::uint64_t seed) {
  return (random_matrix<S>(n, d, seed).array() + offset).matrix();
}

}  // namespace

TEMPLATE_TEST_CASE("Four samples by hand", "", float, double) {
  Matrix<TestType> x(4, 2);
  x << 0, 1, 2, 1, 4, 1, 6, 1;  // first column: mean 3, squares 9 + 1 + 1 + 9, so variance 5
  StandardScaler<TestType> scaler;
  const Matrix<TestType> z = scaler.fit_transform(x);
  const auto root = static_cast<TestType>(std::sqrt(5.0));
  CHECK(scaler.mean() == Eigen::Matrix<TestType, 2, 1>(3, 1));
  CHECK(scaler.variance() == Eigen::Matrix<TestType, 2, 1>(5, 0));
  CHECK(scaler.scale() == Eigen::Matrix<TestType, 2, 1>(root, 1));
  CHECK(scaler.n_samples_seen() == 4);
  CHECK(scaler.n_features() == 2);
  CHECK(z(0, 0) == Approx(-3 / std::sqrt(5.0)));
  CHECK(z(3, 0) == Approx(3 / std::sqrt(5.0)));
  CHECK(z.col(1).isZero(0));
}

TEMPLATE_TEST_CASE("Every column comes out with mean 0 and variance 1", "", float, double) {
  Matrix<TestType> x = random_matrix<TestType>(3001, 5, 1);
  for (Index j = 0; j < x.cols(); ++j)
    x.col(j) = x.col(j).array() * static_cast<TestType>(std::pow(10.0, j)) + TestType(j);
  const Matrix<double> z = StandardScaler<TestType>().fit_transform(x).template cast<double>();
  const double mean_error = z.colwise().mean().cwiseAbs().maxCoeff();
  const double variance_error = (z.array().square().colwise().mean() - 1).abs().maxCoeff();
  INFO("mean " << mean_error << ", variance - 1 " << variance_error);
  CHECK(mean_error < (std::same_as<TestType, double> ? 1e-14 : 1e-7));
  CHECK(variance_error < (std::same_as<TestType, double> ? 1e-13 : 1e-6));
}

TEST_CASE("An offset of 1e8 costs doubles no digits that the data have") {
  const Matrix<double> x = shifted<double>(5000, 3, 1e8, 2);
  const RowMatrix<double> by_rows = x;
  StandardScaler<double> scaler;
  const double error = worst_z(x, scaler.fit_transform(x));
  const double error_by_rows = worst_z(x, scaler.fit_transform(by_rows));
  // One unit in the last place of 1e8 is 1.5e-8, and that is all the mean can be known to.
  INFO("largest error " << error << ", " << error_by_rows);
  CHECK(error < 2e-8);
  CHECK(error_by_rows < 2e-8);
}

TEST_CASE("An offset of 1e4 costs floats no digits that the data have") {
  const Matrix<float> x = shifted<float>(5000, 3, 1e4f, 3);
  const RowMatrix<float> by_rows = x;
  StandardScaler<float> scaler;
  const double error = worst_z(x, scaler.fit_transform(x));
  const double error_by_rows = worst_z(x, scaler.fit_transform(by_rows));
  // The mean rounded to float is off by up to 5e-4; z must not be.
  INFO("largest error " << error << ", " << error_by_rows);
  CHECK(error < 1e-6);
  CHECK(error_by_rows < 1e-6);
}

TEMPLATE_TEST_CASE("Many float samples are summed in double", "", float, double) {
  // A float running sum of ones stops at 2^24 = 16 777 216; here every partial sum is beyond.
  const Index n = 200000;
  Matrix<TestType> x(n, 1);
  for (Index i = 0; i < n; ++i) x(i, 0) = TestType(1000 + i % 3);
  StandardScaler<TestType> scaler;
  scaler.fit(x);
  const auto [mean, variance] = exact_moments(x, 0);
  CHECK(scaler.model().moments.mean[0] == Approx(static_cast<double>(mean)).epsilon(1e-14));
  CHECK(scaler.model().moments.variance()[0] ==
        Approx(static_cast<double>(variance)).epsilon(1e-12));
}

TEMPLATE_TEST_CASE("inverse_transform undoes transform", "", float, double) {
  const Matrix<TestType> x = shifted<TestType>(500, 4, 100, 4);
  const StandardScalerOptions all_options[] = {
      {}, {.with_mean = false}, {.with_std = false}, {.with_mean = false, .with_std = false}};
  for (const auto& options : all_options) {
    StandardScaler<TestType> scaler(options);
    const Matrix<TestType> z = scaler.fit_transform(x);
    const double error = relative_error(scaler.inverse_transform(z), x);
    INFO("with_mean " << options.with_mean << ", with_std " << options.with_std << ": " << error);
    CHECK(error < 4 * std::numeric_limits<TestType>::epsilon());
  }
}

TEMPLATE_TEST_CASE("with_mean and with_std switch their halves off", "", float, double) {
  const Matrix<TestType> x = shifted<TestType>(50, 3, 5, 5);
  StandardScaler<TestType> full, centered({.with_std = false}), divided({.with_mean = false});
  full.fit(x);
  const Matrix<TestType> by_mean = x.rowwise() - full.mean().transpose();
  const Matrix<TestType> by_std = x.array().rowwise() / full.scale().transpose().array();
  CHECK(relative_error(centered.fit_transform(x), by_mean) < 1e-6);
  CHECK(relative_error(divided.fit_transform(x), by_std) < 1e-6);
  CHECK(centered.scale() == Vector<TestType>::Ones(3));
  CHECK(centered.variance() == full.variance());
  CHECK(divided.mean() == full.mean());
  CHECK(StandardScaler<TestType>({.with_mean = false, .with_std = false}).fit_transform(x) == x);
}

TEST_CASE("A temporary scaler that learns is kept by value") {
  const Matrix<double> x = random_matrix<double>(20, 3, 5);
  const Vector<double> weight = Vector<double>::Constant(20, 2.0);
  auto&& batch = StandardScaler<double>().partial_fit(x);
  auto&& weighted = StandardScaler<double>().partial_fit(x, weight);
  auto&& merged = StandardScaler<double>().merge(batch);
  STATIC_REQUIRE(std::is_rvalue_reference_v<decltype(batch)>);
  STATIC_REQUIRE(std::is_rvalue_reference_v<decltype(weighted)>);
  STATIC_REQUIRE(std::is_rvalue_reference_v<decltype(merged)>);
  const StandardScaler<double> expected = StandardScaler<double>().fit(x);
  CHECK(batch.mean() == expected.mean());
  CHECK(merged.mean() == expected.mean());
  CHECK(relative_error(weighted.mean(), expected.mean()) < 1e-15);
}

TEMPLATE_TEST_CASE("Batches, merged scalers and one fit agree", "", float, double) {
  const Matrix<TestType> x = shifted<TestType>(1000, 3, 20, 6);
  StandardScaler<TestType> whole, batches, left, right;
  whole.fit(x);
  for (Index begin = 0; begin < 1000; begin += 125) batches.partial_fit(x.middleRows(begin, 125));
  left.fit(x.topRows(300));
  right.fit(x.bottomRows(700));
  left.merge(right);
  for (const auto* scaler : {&batches, &left}) {
    const auto& moments = scaler->model().moments;
    CHECK(relative_error(moments.mean, whole.model().moments.mean) < 1e-12);
    CHECK(relative_error(moments.m2, whole.model().moments.m2) < 1e-12);
    CHECK(moments.weight == 1000);
    CHECK(scaler->n_samples_seen() == 1000);
    CHECK(relative_error(scaler->transform(x), whole.transform(x)) < tolerance<TestType>());
  }
}

TEST_CASE("A scaler that has seen nothing takes what the other has") {
  const Matrix<double> x = random_matrix<double>(20, 2, 7);
  StandardScaler<double> empty, fitted;
  fitted.fit(x);
  empty.merge(fitted);
  CHECK(empty.mean() == fitted.mean());
  CHECK(empty.variance() == fitted.variance());
  CHECK_THROWS_MATCHES(fitted.merge(StandardScaler<double>()), NotFitted,
                       Message("StandardScaler: call fit() first"));
  StandardScaler<double> wide;
  wide.fit(random_matrix<double>(20, 3, 7));
  CHECK_THROWS_MATCHES(fitted.merge(wide), std::invalid_argument,
                       Message("StandardScaler: other must have 2 features as here, got 3"));
  CHECK(fitted.n_samples_seen() == 20);
}

TEMPLATE_TEST_CASE("Whole weights count like repeated samples", "", float, double) {
  const Matrix<TestType> x = shifted<TestType>(300, 3, 10, 8);
  Vector<TestType> weight(300);
  std::vector<Index> repeated;
  for (Index i = 0; i < 300; ++i) {
    weight[i] = static_cast<TestType>(i % 4);
    repeated.insert(repeated.end(), static_cast<std::size_t>(i % 4), i);
  }
  Matrix<TestType> copies(static_cast<Index>(repeated.size()), 3);
  for (std::size_t i = 0; i < repeated.size(); ++i)
    copies.row(static_cast<Index>(i)) = x.row(repeated[i]);
  StandardScaler<TestType> weighted, plain;
  plain.fit(copies);
  const RowMatrix<TestType> by_rows = x;
  auto agrees = [&] {
    CHECK(weighted.model().moments.weight == static_cast<double>(copies.rows()));
    CHECK(relative_error(weighted.mean(), plain.mean()) < tolerance<TestType>());
    CHECK(relative_error(weighted.variance(), plain.variance()) < tolerance<TestType>());
  };
  weighted.fit(x, weight);
  agrees();
  CHECK(weighted.n_samples_seen() == 300);
  weighted.fit(by_rows, weight);
  agrees();
  weighted.fit(x.topRows(130), weight.head(130)).partial_fit(x.bottomRows(170), weight.tail(170));
  agrees();
  CHECK(StandardScaler<TestType>()
            .fit(x, Vector<TestType>::Ones(300))
            .mean()
            .isApprox(StandardScaler<TestType>().fit(x).mean()));
}

TEMPLATE_TEST_CASE("Bad weights are refused by name", "", float, double) {
  const Matrix<TestType> x = random_matrix<TestType>(4, 2, 1);
  StandardScaler<TestType> scaler;
  const Vector<TestType> shorter = Vector<TestType>::Ones(3), zeros = Vector<TestType>::Zero(4);
  Vector<TestType> negative = Vector<TestType>::Ones(4), infinite = negative;
  negative[2] = -1;
  infinite[1] = std::numeric_limits<TestType>::infinity();
  CHECK_THROWS_MATCHES(
      scaler.fit(x, shorter), std::invalid_argument,
      Message("StandardScaler: sample_weight must have one entry per sample (4), got 3"));
  CHECK_THROWS_MATCHES(
      scaler.fit(x, zeros), std::invalid_argument,
      Message("StandardScaler: sample_weight must have a positive entry, got only zeros"));
  CHECK_THROWS_MATCHES(scaler.fit(x, negative), std::invalid_argument,
                       Message("StandardScaler: sample_weight must be >= 0, got -1 at position 2"));
  CHECK_THROWS_MATCHES(
      scaler.fit(x, infinite), std::invalid_argument,
      Message("StandardScaler: sample_weight has a non-finite value at position 1"));
  CHECK_FALSE(scaler.is_fitted());
  Matrix<TestType> hidden = x;
  hidden(3, 1) = std::numeric_limits<TestType>::quiet_NaN();
  Vector<TestType> weight = Vector<TestType>::Ones(4);
  weight[3] = 0;
  CHECK_THROWS_MATCHES(scaler.fit(hidden, weight), std::invalid_argument,
                       Message("StandardScaler: X has a non-finite value at row 3, column 1"));
}

TEMPLATE_TEST_CASE("In place gives the bits of transform, in both orders and in blocks", "", float,
                   double) {
  const Matrix<TestType> x = shifted<TestType>(200, 5, 3, 9);
  StandardScaler<TestType> scaler;
  const Matrix<TestType> z = scaler.fit_transform(x);
  Matrix<TestType> by_columns = x;
  RowMatrix<TestType> by_rows = x;
  scaler.transform_in_place(by_columns);
  scaler.transform_in_place(by_rows);
  CHECK(by_columns == z);
  CHECK(by_rows == z);

  Matrix<TestType> frame = Matrix<TestType>::Constant(204, 8, 7);
  frame.block(2, 1, 200, 5) = x;
  scaler.transform_in_place(frame.block(2, 1, 200, 5));
  CHECK(frame.block(2, 1, 200, 5) == z);
  frame.block(2, 1, 200, 5).setConstant(7);
  CHECK((frame.array() == 7).all());

  std::vector<TestType> raw(1000);
  Eigen::Map<RowMatrix<TestType>> map(raw.data(), 200, 5);
  map = x;
  scaler.transform_in_place(map);
  CHECK(map == z);
}

TEMPLATE_TEST_CASE("A refused transform in place leaves the data as they were", "", float, double) {
  Matrix<TestType> x = random_matrix<TestType>(100, 3, 10);
  StandardScaler<TestType> scaler;
  scaler.fit(x);
  x(99, 2) = std::numeric_limits<TestType>::infinity();
  const Matrix<TestType> before = x;
  CHECK_THROWS_MATCHES(scaler.transform_in_place(x), std::invalid_argument,
                       Message("StandardScaler: X has a non-finite value at row 99, column 2"));
  CHECK(x == before);
  CHECK_THROWS_AS(scaler.transform_in_place(x.leftCols(2)), std::invalid_argument);
  CHECK(x == before);
}

TEMPLATE_TEST_CASE("transform_into fills the matrix of the caller", "", float, double) {
  const Matrix<TestType> x = shifted<TestType>(77, 5, 3, 11);
  const RowMatrix<TestType> x_by_rows = x;
  StandardScaler<TestType> scaler;
  const Matrix<TestType> z = scaler.fit_transform(x);
  Matrix<TestType> by_columns;
  RowMatrix<TestType> by_rows(77, 5);
  const TestType* memory = by_rows.data();
  scaler.transform_into(x, by_columns);
  CHECK(by_columns == z);
  scaler.transform_into(x_by_rows, by_columns);
  CHECK(by_columns == z);
  scaler.transform_into(x, by_rows);
  CHECK(by_rows == z);
  scaler.transform_into(x_by_rows, by_rows);
  CHECK(by_rows == z);
  CHECK(by_rows.data() == memory);
  scaler.transform_into(x.topRows(0), by_columns);
  CHECK(by_columns.rows() == 0);
  CHECK_THROWS_MATCHES(scaler.transform_into(x, by_rows.topRows(70)), std::invalid_argument,
                       Message("StandardScaler: out must be 77 x 5 as X, got 70 x 5"));
}

TEMPLATE_TEST_CASE("Shift and scale of a column do not matter", "", float, double) {
  const Matrix<TestType> x = random_matrix<TestType>(400, 2, 12);
  Matrix<TestType> y = x;
  y.col(0) = y.col(0).array() * TestType(1024) + TestType(8);
  y.col(1) = y.col(1).array() / TestType(1024);
  const double error = relative_error(StandardScaler<TestType>().fit_transform(y),
                                      StandardScaler<TestType>().fit_transform(x));
  INFO("largest difference " << error);
  CHECK(error < tolerance<TestType>());
}

TEMPLATE_TEST_CASE("A single sample is its own mean", "", float, double) {
  StandardScaler<TestType> scaler;
  const Matrix<TestType> x = shifted<TestType>(1, 3, 1000, 13);
  CHECK(scaler.fit_transform(x).isZero(0));
  CHECK(scaler.mean() == x.row(0).transpose());
  CHECK(scaler.variance().isZero(0));
  CHECK(scaler.scale() == Vector<TestType>::Ones(3));
}

TEMPLATE_TEST_CASE("0.1 a million times is a constant", "", float, double) {
  const auto x = Matrix<TestType>::Constant(1000000, 1, TestType(0.1));
  StandardScaler<TestType> scaler;
  scaler.fit(x);
  CHECK(scaler.mean()[0] == TestType(0.1));
  CHECK(scaler.variance()[0] == 0);
  CHECK(scaler.scale()[0] == 1);
}

TEST_CASE("A column that varies by rounding only is a constant") {
  // Computed prices: the same number reached in different ways.
  Matrix<double> x(1000, 2);
  for (Index i = 0; i < 1000; ++i) {
    x(i, 0) = i % 2 ? 0.1 + 0.2 : 0.3;  // differ by 5.6e-17
    x(i, 1) = i % 2 ? 0.3 + 1e-9 : 0.3;
  }
  StandardScaler<double> scaler;
  scaler.fit(x);
  CHECK(scaler.variance()[0] > 0);
  CHECK(scaler.scale()[0] == 1);
  CHECK(scaler.scale()[1] == Approx(5e-10));
}

TEST_CASE("A single huge value leaves the others where they belong") {
  Matrix<double> x = random_matrix<double>(1000, 1, 14);
  x(0, 0) = 1e100;
  const auto [mean, variance] = exact_moments(x, 0);
  StandardScaler<double> scaler;
  const Matrix<double> z = scaler.fit_transform(x);
  CHECK(std::abs(scaler.mean()[0] - static_cast<double>(mean)) < 1e-13 * scaler.scale()[0]);
  CHECK(scaler.variance()[0] == Approx(static_cast<double>(variance)).epsilon(1e-12));
  CHECK(z(0, 0) == Approx(std::sqrt(999.0)).epsilon(1e-12));
  CHECK(z(1, 0) == Approx(-1 / std::sqrt(999.0)).epsilon(1e-12));
}

TEST_CASE("The largest floats have a variance in double") {
  Matrix<float> x(3, 1);
  x << -3e38f, 0, 3e38f;
  StandardScaler<float> scaler;
  const Matrix<float> z = scaler.fit_transform(x);
  CHECK(scaler.scale()[0] == Approx(3e38 * std::sqrt(2.0 / 3)));
  CHECK(z(2, 0) == Approx(std::sqrt(1.5)));
}

TEST_CASE("Floats at the ends of the range are as far from their mean as they are") {
  Matrix<float> x(4, 2);
  x.col(0) << 3.4e38f, 3.4e38f, 3.4e38f, -3.4e38f;
  x.col(1) << 1, 2, 3, 4;
  StandardScaler<float> scaler;
  const Matrix<float> z = scaler.fit_transform(x);
  CHECK(z(0, 0) == Approx(1 / std::sqrt(3.0)).epsilon(1e-6));
  CHECK(z(3, 0) == Approx(-std::sqrt(3.0)).epsilon(1e-6));
  CHECK(z(0, 1) == Approx(-1.5 / std::sqrt(1.25)).epsilon(1e-6));
  CHECK(scaler.transform(RowMatrix<float>(x)) == z);
  CHECK(relative_error(scaler.inverse_transform(z).col(0), x.col(0)) < 1e-6);
  CHECK(relative_error(scaler.inverse_transform(z).col(1), x.col(1)) < 1e-6);
  CHECK(scaler.scale()[0] == Approx(3.4e38 * std::sqrt(0.75)).epsilon(1e-6));
  CHECK(std::isinf(scaler.variance()[0]));
}

TEST_CASE("Weights whose sum is no normal number are refused as weights") {
  const Matrix<double> x = random_matrix<double>(4, 2, 3);
  StandardScaler<double> scaler;
  CHECK_THROWS_MATCHES(
      scaler.fit(x, Vector<double>::Constant(4, 1e308)), std::invalid_argument,
      Message("StandardScaler: sample_weight must have a finite sum; divide it by a constant"));
  CHECK_THROWS_MATCHES(
      scaler.fit(x, Vector<double>::Constant(4, 1e-310)), std::invalid_argument,
      Message("StandardScaler: sample_weight must have a sum of at least 2.2e-308, "
              "got 4e-310; multiply it by a constant"));
}

TEST_CASE("Values without a variance in double are refused by their column") {
  Matrix<double> x = random_matrix<double>(10, 3, 15);
  StandardScaler<double> scaler;
  scaler.fit(x);
  const Vector<double> mean = scaler.mean();
  x(4, 1) = 1e200;
  const auto words = Message(
      "StandardScaler: the values of column 1 are too large for their variance to be a double; "
      "divide the column by a constant first");
  CHECK_THROWS_MATCHES(scaler.fit(x), NumericalError, words);
  CHECK_THROWS_MATCHES(scaler.fit(x, Vector<double>::Ones(10)), NumericalError, words);
  CHECK_THROWS_MATCHES(scaler.partial_fit(x), NumericalError, words);
  CHECK(scaler.mean() == mean);
}

TEST_CASE("Denormal numbers are scaled while that is possible, else centred only") {
  Matrix<double> x = random_matrix<double>(100, 2, 16);
  x.col(0) *= 1e-140;
  x.col(1) *= 1e-310;
  StandardScaler<double> scaler;
  const Matrix<double> z = scaler.fit_transform(x);
  CHECK(z.col(0).squaredNorm() == Approx(100));
  CHECK(scaler.scale()[1] == 1);
  CHECK(z.col(1).cwiseAbs().maxCoeff() < 1e-300);

  Matrix<float> y = random_matrix<double>(100, 2, 16).cast<float>();
  y.col(0) *= 1e-30f;
  y.col(1) *= 1e-41f;
  StandardScaler<float> of_floats;
  const Matrix<float> w = of_floats.fit_transform(y);
  CHECK(w.col(0).squaredNorm() == Approx(100));
  CHECK(of_floats.scale()[1] == 1);
  CHECK(w.col(1).cwiseAbs().maxCoeff() < 1e-38f);
}

TEST_CASE("A constructed scaler answers as the one that learned the model") {
  const Matrix<double> x = random_matrix<double>(30, 3, 17);
  StandardScaler<double> scaler({.with_mean = false});
  scaler.fit(x);
  const StandardScaler<double> rebuilt(scaler.options(), scaler.model());
  CHECK(rebuilt.is_fitted());
  CHECK(rebuilt.transform(x) == scaler.transform(x));
}

TEMPLATE_TEST_CASE("scikit-learn learns the same numbers", "", double) {
  const Matrix<double> x = reference::read("standard_scaler/x.csv");
  const Vector<double> weight = reference::read("standard_scaler/weight.csv");
  auto agrees = [](const StandardScaler<double>& scaler, const std::string& file) {
    const Matrix<double> expected = reference::read("standard_scaler/" + file);
    const double mean_error =
        ((scaler.mean().transpose() - expected.row(0)).array() / expected.row(0).array())
            .abs()
            .maxCoeff();
    const double variance_error = ((scaler.variance().transpose() - expected.row(1)).array() /
                                   expected.row(2).array().square())
                                      .abs()
                                      .maxCoeff();
    const double scale_error =
        ((scaler.scale().transpose() - expected.row(2)).array() / expected.row(2).array())
            .abs()
            .maxCoeff();
    INFO(file << ": " << mean_error << ", " << variance_error << ", " << scale_error);
    CHECK(mean_error < 1e-14);
    // At an offset of 1e6 the batches of scikit-learn are off by 2e-12 themselves.
    CHECK(variance_error < 1e-11);
    CHECK(scale_error < 1e-11);
  };
  StandardScaler<double> scaler;
  agrees(scaler.fit(x), "statistics.csv");
  const Matrix<double> z = reference::read("standard_scaler/z.csv");
  const double error = (scaler.transform(x) - z).cwiseAbs().maxCoeff();
  INFO("transform " << error);
  CHECK(error < 1e-9);  // the column at 1e6 with deviation 5 knows its mean to 1e-10
  agrees(scaler.fit(x, weight), "weighted_statistics.csv");
  StandardScaler<double> batches;
  for (Index begin = 0; begin < 60; begin += 15) batches.partial_fit(x.middleRows(begin, 15));
  agrees(batches, "batches_statistics.csv");
}

TEST_CASE("A float scaler agrees with scikit-learn on float data") {
  const Matrix<double> x = reference::read("standard_scaler/x.csv");
  const Matrix<double> z = reference::read("standard_scaler/z.csv");
  const Matrix<float> of_floats =
      StandardScaler<float>().fit_transform(Matrix<float>(x.cast<float>()));
  // Rounding 1e6 to float moves the second column by 0.03 of 5 itself.
  const double error = (of_floats.cast<double>() - z).leftCols(1).cwiseAbs().maxCoeff();
  const double others = (of_floats.cast<double>() - z).rightCols(2).cwiseAbs().maxCoeff();
  INFO("largest error " << error << ", " << others);
  CHECK(error < 1e-6);
  CHECK(others < 1e-6);
}
