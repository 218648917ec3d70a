// SPDX-License-Identifier: MIT
#include "unlabeled/neural/detail/deep_cluster_training.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

using namespace unlabeled;
using namespace unlabeled::detail;

namespace {

/// Memberships and targets by their definitions, in double.
Matrix<double> plain_memberships(const Matrix<double>& z, const Matrix<double>& centers, double a) {
  Matrix<double> q(z.rows(), centers.rows());
  for (Index i = 0; i < q.rows(); ++i)
    for (Index j = 0; j < q.cols(); ++j)
      q(i, j) = std::pow(1 + (z.row(i) - centers.row(j)).squaredNorm() / a, -(a + 1) / 2);
  return q.rowwise().sum().cwiseInverse().asDiagonal() * q;
}
Matrix<double> plain_target(const Matrix<double>& q) {
  const Matrix<double> p =
      q.cwiseAbs2() * q.colwise().sum().transpose().cwiseInverse().asDiagonal();
  return p.rowwise().sum().cwiseInverse().asDiagonal() * p;
}
double divergence(const Matrix<double>& p, const Matrix<double>& q) {
  return (p.array() * (p.array() / q.array()).log()).sum() / static_cast<double>(p.rows());
}
double entropy(const Matrix<double>& q) { return -(q.array() * q.array().log()).sum(); }

/// Both for all rows of z by the code under test.
Matrix<double> memberships(const Matrix<double>& z, const Matrix<double>& centers, double a) {
  const RowMatrix<double> rows = z, targets = centers;
  RowMatrix<double> q(z.rows(), centers.rows());
  Vector<double> closeness(centers.rows());
  for (Index i = 0; i < z.rows(); ++i) {
    const int label = assign(rows.row(i).data(), targets, a, closeness.data(), q.row(i).data());
    CHECK(q(i, label) == q.row(i).maxCoeff());
  }
  return q;
}
Matrix<double> target(const Matrix<double>& q) {
  const RowMatrix<double> rows = q;
  const Vector<double> masses = q.colwise().sum().transpose();
  RowMatrix<double> p(q.rows(), q.cols());
  for (Index i = 0; i < q.rows(); ++i) sharpen(rows.row(i).data(), masses, p.row(i).data());
  return p;
}

/// As make_deep_cluster.py has it.
template <Real S> std::vector<DenseLayer<S>> start_layers(std::vector<Index> widths, Index first) {
  std::vector<DenseLayer<S>> layers;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    const double number = static_cast<double>(first) + static_cast<double>(l);
    DenseLayer<S> layer{Matrix<S>(widths[l], widths[l + 1]), Vector<S>(widths[l + 1]),
                        l + 2 == widths.size() ? Activation::linear : Activation::relu};
    for (Index j = 0; j < widths[l + 1]; ++j) {
      for (Index i = 0; i < widths[l]; ++i)
        layer.weights(i, j) =
            static_cast<S>(0.6 * std::sin(1 + 2.3 * double(i) + 1.7 * double(j) + 0.9 * number));
      layer.bias(j) = static_cast<S>(0.1 * std::cos(double(j) + number));
    }
    layers.push_back(layer);
  }
  return layers;
}
template <Real S> RowMatrix<S> start_samples() {
  return RowMatrix<S>::NullaryExpr(40, 7, [](Index i, Index j) {
    const double row = double(i), column = double(j);
    return static_cast<S>(0.5 + 0.4 * std::sin(0.7 * row + 1.1 * column + 0.05 * row * column));
  });
}
template <Real S> DeepClusterModel<S> start_model() {
  DeepClusterModel<S> model;
  model.encoder = start_layers<S>({7, 5, 3}, 0);
  model.decoder = start_layers<S>({3, 5, 7}, 2);
  model.cluster_centers = Matrix<S>::NullaryExpr(4, 3, [](Index i, Index j) {
    return static_cast<S>(0.7 * std::cos(1.3 * double(i) + 2.1 * double(j)));
  });
  return model;
}

std::vector<Index> in_order(Index n) {
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  return order;
}

}  // namespace

TEST_CASE("Memberships follow their definition and the target sharpens them") {
  const Matrix<double> z = random_matrix<double>(50, 3, 1),
                       centers = random_matrix<double>(5, 3, 2);
  for (const double a : {0.5, 1.0, 4.0}) {
    const Matrix<double> q = memberships(z, centers, a), p = target(q);
    CHECK((q - plain_memberships(z, centers, a)).cwiseAbs().maxCoeff() < 1e-14);
    CHECK((p - plain_target(q)).cwiseAbs().maxCoeff() < 1e-14);
    CHECK((q.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-14);
    CHECK((p.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-14);
    CHECK(entropy(p) < 0.9 * entropy(q));
  }
}

TEST_CASE("Memberships far out, on a centre, and between equal centres are numbers") {
  Matrix<double> centers = random_matrix<double>(4, 2, 3);
  centers.row(3) = centers.row(1);
  Matrix<double> z(4, 2);
  z.row(0) = centers.row(1);
  z.row(1).setConstant(1e160);
  z.row(2).setConstant(std::numeric_limits<double>::max());
  z.row(3).setConstant(1e20);
  for (const double a : {1e-6, 1.0, 1e6}) {
    const Matrix<double> q = memberships(z, centers, a), p = target(q);
    CHECK(q.allFinite());
    CHECK(p.allFinite());
    CHECK((q.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-14);
    CHECK(q(0, 1) == q(0, 3));
  }
  CHECK(memberships(z, centers, 1).row(2).isApproxToConstant(0.25));
  // Of equal ones the first counts.
  Vector<double> scratch(8);
  const RowMatrix<double> rows = centers;
  CHECK(assign(rows.row(3).data(), rows, 1.0, scratch.data(), scratch.data() + 4) == 1);
}

TEST_CASE("Gradients of the divergence equal finite differences") {
  const Index n = 70, k = 5, dimension = 3;  // three blocks of rows
  Matrix<double> z = random_matrix<double>(n, dimension, 4);
  Matrix<double> centers = random_matrix<double>(k, dimension, 5);
  const Matrix<double> p = plain_target(plain_memberships(z, centers, 1));
  const double a = GENERATE(0.7, 1.0, 3.0);
  RowBuffer<double> buffer(n, dimension), delta(n, dimension);
  buffer.top(n) = z;
  Team team(2);
  ClusterHead<double> head(centers, a, 100);
  const double loss = head.blame(team, buffer, n, delta, [&](Index i, double* row) {
    for (Index j = 0; j < k; ++j) row[j] = p(i, j);
  });
  CHECK(loss == Approx(divergence(p, plain_memberships(z, centers, a))).epsilon(1e-12));
  const auto slope = [&](double& parameter) {
    const double kept = parameter, h = 1e-5;
    parameter = kept + h;
    const double above = divergence(p, plain_memberships(z, centers, a));
    parameter = kept - h;
    const double below = divergence(p, plain_memberships(z, centers, a));
    parameter = kept;
    return (above - below) / (2 * h);
  };
  for (Index t = 0; t < dimension; ++t) {
    for (Index i = 0; i < n; i += 7)
      CHECK(delta.row(i)[t] == Approx(slope(z(i, t))).epsilon(1e-6).margin(1e-10));
    for (Index j = 0; j < k; ++j)
      CHECK(head.gradient()[j * dimension + t] ==
            Approx(slope(centers(j, t))).epsilon(1e-6).margin(1e-10));
  }
}

TEST_CASE("The gradient is added to what is there, and no cluster pulls alone") {
  const Matrix<double> centers = random_matrix<double>(1, 2, 6);
  RowBuffer<double> z(3, 2), delta(3, 2);
  z.top(3) = random_matrix<double>(3, 2, 7);
  delta.top(3).setConstant(5);
  Team team(1);
  ClusterHead<double> head(centers, 1, 3);
  const double loss = head.blame(team, z, 3, delta, [](Index, double* p) { *p = 1; });
  CHECK(loss == 0);
  CHECK((delta.top(3).array() == 5).all());
  CHECK(head.gradient().isZero(0));
}

TEST_CASE("Many degrees of freedom come to memberships of a normal kernel") {
  Matrix<double> z(1, 1), centers(2, 1);
  z << 0;
  centers << 1, 3;
  const double limit = 1 / (1 + std::exp(-4.0));
  for (const double degrees : {1e8, 1e12, 1e16, 1e18, 1e300})
    CHECK(memberships(z, centers, degrees)(0, 0) == Approx(limit).epsilon(1e-7));
}

TEST_CASE("Blame of many rows is the same for every number of threads") {
  const Index n = 700, k = 20, dimension = 10;  // enough to be shared
  const Matrix<double> centers = random_matrix<double>(k, dimension, 8);
  const Matrix<double> points = random_matrix<double>(n, dimension, 9);
  const Matrix<double> p = plain_target(plain_memberships(points, centers, 1));
  const auto blamed = [&](int n_threads) {
    RowBuffer<double> z(n, dimension), delta(n, dimension);
    z.top(n) = points;
    Team team(n_threads);
    ClusterHead<double> head(centers, 1, n);
    Vector<double> all(1 + n * dimension + k * dimension);
    all[0] = head.blame(team, z, n, delta, [&](Index i, double* row) {
      for (Index j = 0; j < k; ++j) row[j] = p(i, j);
    });
    all.segment(1, n * dimension) = delta.top(n).reshaped();
    all.tail(k * dimension) = head.gradient().head(k * dimension);
    return all;
  };
  const Vector<double> one = blamed(1);
  CHECK(one[0] == Approx(divergence(p, plain_memberships(points, centers, 1))).epsilon(1e-12));
  for (const int n_threads : {2, 3, 5}) CHECK(blamed(n_threads) == one);
}

TEST_CASE("Memberships and targets equal those of PyTorch") {
  const Matrix<double> expected = reference::read("deep_cluster/memberships.csv");
  const RowMatrix<double> x = start_samples<double>();
  const DeepClusterModel<double> model = start_model<double>();
  Team team(1);
  const Matrix<double> z = outputs_of(team, Samples<double>(x), model.encoder);
  Matrix<double> found(40, 16);
  for (const Index which : {0, 1}) {
    found.middleCols(8 * which, 4) = memberships(z, model.cluster_centers, which == 0 ? 1 : 2.5);
    found.middleCols(8 * which + 4, 4) = target(found.middleCols(8 * which, 4));
  }
  CHECK((found - expected).cwiseAbs().maxCoeff() < 1e-10);
}

TEMPLATE_TEST_CASE("Clustering follows PyTorch update by update", "", float, double) {
  const Matrix<double> expected = reference::read("deep_cluster/losses.csv");
  const RowMatrix<TestType> x = start_samples<TestType>();
  const std::vector<Index> order = in_order(40);
  Index row = 0;
  for (const double weight : {0.0, 0.5, 10.0})
    for (const double degrees : {1.0, 2.5}) {
      const DeepClusterOptions options{.n_clusters = 4,
                                       .learning_rate = 0.01,
                                       .batch_size = 16,
                                       .degrees_of_freedom = degrees,
                                       .reconstruction_weight = weight};
      Team team(2);
      ClusterTraining<TestType> training(team, Samples<TestType>(x), start_model<TestType>(),
                                         options);
      Vector<double> losses(20);
      for (Index step = 0; step < 20; ++step) {
        if (step % 10 == 0) training.refresh();
        const Index begin = step * 16 % 40;
        losses[step] = training.step(order, {begin, std::min<Index>(begin + 16, 40)});
      }
      INFO("row " << row << "\n" << losses.transpose() << "\n" << expected.row(row));
      const double limit = sizeof(TestType) == 4 ? 1e-5 : 1e-10;
      CHECK((losses.transpose() - expected.row(row)).cwiseAbs().maxCoeff() < limit);
      ++row;
    }
  CHECK(row == expected.rows());
}

TEST_CASE("A refresh tells which share of labels changed and holds the target until the next") {
  const RowMatrix<double> x = start_samples<double>();
  const DeepClusterOptions options{.n_clusters = 4, .learning_rate = 0.05, .batch_size = 16};
  Team team(2);
  ClusterTraining<double> training(team, Samples<double>(x), start_model<double>(), options);
  CHECK(training.refresh() == 1);  // nothing was known before
  CHECK(training.refresh() == 0);
  const Labels before = training.memberships().labels;
  const RowMatrix<double> q = training.memberships().q;
  for (int update = 0; update < 60; ++update) training.update();
  CHECK(training.memberships().q == q);
  const double changed = training.refresh();
  const Labels after = training.memberships().labels;
  CHECK(changed > 0);
  CHECK(changed == static_cast<double>((after.array() != before.array()).count()) / 40);
  CHECK(training.memberships().counts().sum() == 40);
  CHECK(training.memberships().masses().sum() == Approx(40));
}
