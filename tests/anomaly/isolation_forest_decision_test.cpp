// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "anomaly/support.hpp"
#include "support/catch.hpp"
#include "support/tolerance.hpp"

// Where normal samples end and outliers begin, and what makes an outlier one.

using namespace unlabeled;
using Catch::Matchers::WithinAbs;

TEMPLATE_TEST_CASE("contamination flags its share of the training data", "", float, double) {
  using S = TestType;
  const auto percent =
      GENERATE(Index{1}, Index{5}, Index{7}, Index{10}, Index{14}, Index{28}, Index{37}, Index{50});
  const double share = static_cast<double>(percent) / 100;
  const auto n = GENERATE(Index{50}, Index{101}, Index{1000});
  const Matrix<S> x = random_matrix<S>(n, 6, 1);
  const auto forest = IsolationForest<S>({.contamination = share}).fit(x);
  const Labels labels = forest.predict(x);
  const Vector<S> scores = forest.score_samples(x);
  // Those below NumPy's percentile: a quantile between two scores separates them.
  const Index expected = (percent * (n - 1) + 99) / 100;
  CHECK((labels.array() == -1).count() == expected);
  CHECK((labels.array().abs() == 1).all());
  for (Index i = 0; i < n; ++i) CHECK((labels(i) == -1) == (scores(i) < forest.offset()));
  CHECK(((forest.decision_function(x).array() < 0) == (labels.array() == -1)).all());
}

TEMPLATE_TEST_CASE("the quantile is linear between two scores and separates neighbours", "", float,
                   double) {
  using S = TestType;
  Vector<S> scores(5);
  scores << S(-0.5), S(-0.9), S(-0.6), S(-0.7), S(-0.4);
  CHECK(detail::score_quantile<S>(scores, 0.25) == S(-0.7));
  CHECK_THAT(static_cast<double>(detail::score_quantile<S>(scores, 0.125)), WithinAbs(-0.8, 1e-6));
  CHECK_THAT(static_cast<double>(detail::score_quantile<S>(scores, 0.4)), WithinAbs(-0.64, 1e-6));
  CHECK(detail::score_quantile<S>(scores, 0.5) == S(-0.6));
  Vector<S> near(2);
  near << S(-0.5), std::nextafter(S(-0.5), S(0));
  CHECK(detail::score_quantile<S>(near, 0.3) == near(1));
  CHECK(detail::score_quantile<S>(Vector<S>::Constant(1, S(-0.5)), 0.3) == S(-0.5));
}

TEST_CASE("rounding of share * (n - 1) neither adds nor takes away a sample") {
  // Scores that are their own ranks; whole numbers of hundredths are exact.
  const auto n_others = GENERATE(Index{1}, Index{25}, Index{100}, Index{700}, Index{12345});
  const Vector<double> scores = Vector<double>::LinSpaced(n_others + 1, 0, double(n_others));
  for (Index percent = 1; percent <= 50; ++percent) {
    const Index expected = (percent * n_others + 99) / 100;
    for (const double share :  // as written, and as computed from the share of normal samples
         {static_cast<double>(percent) / 100, 1 - static_cast<double>(100 - percent) / 100}) {
      const double quantile = detail::score_quantile<double>(scores, share);
      INFO("share " << share << " of " << n_others + 1);
      CHECK((scores.array() < quantile).count() == expected);
    }
  }
  // However small a share is, it is no share of zero.
  CHECK((scores.array() < detail::score_quantile<double>(scores, 1e-300)).count() == 1);
}

TEST_CASE("where the scores at the quantile tie, none of the tied is flagged") {
  Matrix<double> x = Matrix<double>::Zero(100, 1);
  x(7, 0) = 1;
  const auto forest = IsolationForest<double>({.contamination = 0.3}).fit(x);
  const Labels labels = forest.predict(x);
  CHECK(labels(7) == -1);
  CHECK((labels.array() == -1).count() == 1);
  const Matrix<double> equal = Matrix<double>::Ones(30, 2);
  const auto none = IsolationForest<double>({.contamination = 0.3}).fit(equal);
  CHECK((none.predict(equal).array() == 1).all());
}

TEST_CASE("a decision of zero is no outlier") {
  const Matrix<double> x = Matrix<double>::Ones(9, 2);
  const auto forest = IsolationForest<double>().fit(x);
  CHECK((forest.decision_function(x).array() == 0).all());
  CHECK((forest.predict(x).array() == 1).all());
}

TEST_CASE("fit_predict is fit and predict") {
  const Matrix<double> x = normal_and_wide<double>(1);
  IsolationForest<double> one({.contamination = 0.05}), two = one;
  CHECK(one.fit_predict(x) == two.fit(x).predict(x));
  CHECK(one.offset() == two.offset());
}

TEMPLATE_TEST_CASE("contributions of a sample sum to c(psi) minus its path length", "", float,
                   double) {
  using S = TestType;
  const auto [q, share] =
      GENERATE(std::pair<Index, double>{1, 1.0}, std::pair<Index, double>{1, 0.5},
               std::pair<Index, double>{2, 1.0}, std::pair<Index, double>{6, 1.0});
  const auto max_samples = GENERATE(Index{20}, Index{256});
  const Matrix<S> x = random_matrix<S>(300, 6, 1);
  const auto forest =
      IsolationForest<S>({.max_samples = max_samples, .max_features = share, .n_split_features = q})
          .fit(x);
  const Matrix<S> probe = random_matrix<S>(80, 6, 2) * S(2);
  const Vector<S> sums = forest.feature_contributions(probe).rowwise().sum();
  const Vector<S> expected =
      S(summed_average_path(max_samples)) - forest.path_lengths(probe).array();
  const double error = (sums - expected).cwiseAbs().template cast<double>().maxCoeff();
  CHECK(error < (sizeof(S) == 4 ? 2e-5 : 1e-12));
}

TEST_CASE("contributions are those of each split on the path") {
  const Matrix<double> x = random_matrix<double>(60, 3, 1);
  const auto forest = IsolationForest<double>({.n_estimators = 7}).fit(x);
  const auto& model = forest.model();
  const Matrix<double> why = forest.feature_contributions(x);
  for (Index i = 0; i < 10; ++i) {
    Vector<double> expected = Vector<double>::Zero(3);
    for (Index tree = 0; tree < 7; ++tree) {
      const Index root = model.tree_begin(tree);
      for (Index node = root; model.left_child(node) != 0;) {
        const int feature = model.split_features(node, 0);
        const Index child =
            root + model.left_child(node) + (x(i, feature) > model.thresholds(node) ? 1 : 0);
        expected(feature) -= (1 + summed_average_path(model.n_node_samples(child)) -
                              summed_average_path(model.n_node_samples(node))) /
                             7;
        node = child;
      }
    }
    CHECK(relative_error(why.row(i).transpose(), expected) < 1e-13);
  }
}

TEST_CASE("the feature in which a sample is odd contributes most") {
  Matrix<double> x = random_matrix<double>(400, 5, 1);
  x(77, 3) = 12;
  const auto q = GENERATE(Index{1}, Index{2});
  const auto forest = IsolationForest<double>({.n_split_features = q}).fit(x);
  Index feature = -1;
  const double most = forest.feature_contributions(x.row(77)).row(0).maxCoeff(&feature);
  CHECK(feature == 3);
  CHECK(most > 0);
}

TEST_CASE("an oblique split is shared out by how far each feature spreads it") {
  Matrix<double> x = random_matrix<double>(256, 3, 1);
  x.col(1) *= 1000;
  const auto forest = IsolationForest<double>({.n_split_features = 3}).fit(x);
  const auto& model = forest.model();
  const Vector<double> range = (x.colwise().maxCoeff() - x.colwise().minCoeff()).transpose();
  for (Index node = 0; node < model.left_child.size(); ++node)
    if (model.left_child(node) != 0) CHECK_THAT(model.shares.row(node).sum(), WithinAbs(1, 1e-12));
  for (Index tree = 0; tree < 100; ++tree) {  // all samples are in every root
    const Index root = model.tree_begin(tree);
    Vector<double> expected(3);
    for (Index j = 0; j < 3; ++j)
      expected(j) = std::abs(model.directions(root, j)) * range(model.split_features(root, j));
    expected /= expected.sum();
    CHECK(relative_error(model.shares.row(root).transpose(), expected) < 1e-13);
  }
}

TEST_CASE("oblique splits look at as many features as they are told to, none twice") {
  const auto q = GENERATE(Index{2}, Index{3}, Index{5});
  const Matrix<double> x = random_matrix<double>(200, 5, 1);
  const auto forest = IsolationForest<double>({.n_estimators = 10, .n_split_features = q}).fit(x);
  const auto& model = forest.model();
  for (Index node = 0; node < model.left_child.size(); ++node) {
    if (model.left_child(node) == 0) continue;
    CHECK_THAT(model.directions.row(node).cwiseAbs().sum(), WithinAbs(0.5, 1e-12));
    for (Index i = 0; i < q; ++i)
      for (Index j = 0; j < i; ++j)
        CHECK(model.split_features(node, i) != model.split_features(node, j));
  }
}

TEMPLATE_TEST_CASE("a leaf holds nothing of a split that failed", "", float, double) {
  // Denormal numbers may differ when their halves do not; column 2 can always be split.
  using S = TestType;
  const auto q = GENERATE(Index{2}, Index{3});
  const Matrix<S> noise = random_matrix<S>(64, 4, 1);
  const Matrix<S> least = Matrix<S>::Constant(64, 4, std::numeric_limits<S>::denorm_min());
  Matrix<S> x = (noise.array() > 0).select(least, S(0));
  x.col(2) = noise.col(2);
  const auto forest = IsolationForest<S>({.n_estimators = 30, .n_split_features = q}).fit(x);
  const auto& model = forest.model();
  Index n_failed = 0;  // at roots, whose samples differ
  for (Index tree = 0; tree < 30; ++tree)
    n_failed += model.left_child(model.tree_begin(tree)) == 0 ? 1 : 0;
  CHECK(n_failed > 0);
  CHECK(n_failed < 30);
  for (Index node = 0; node < model.left_child.size(); ++node) {
    if (model.left_child(node) != 0) continue;
    CHECK((model.split_features.row(node).array() == 0).all());
    CHECK((model.directions.row(node).array() == 0).all());
    CHECK((model.shares.row(node).array() == 0).all());
  }
}

TEST_CASE("oblique forests see a ring's hole that plain ones cover with ghosts") {
  // Two blobs at opposite corners: plain splits score the empty corners like the blobs' margins.
  Rng rng(1);
  Matrix<double> x(500, 2);
  for (Index i = 0; i < 500; ++i) {
    const double center = i % 2 == 0 ? 0 : 10;
    x.row(i) << rng.normal(center, 1), rng.normal(center, 1);
  }
  Matrix<double> probe(2, 2);
  probe << 0, 10, 10, 0;
  const auto plain = IsolationForest<double>({.n_estimators = 500}).fit(x);
  const auto oblique = IsolationForest<double>({.n_estimators = 500, .n_split_features = 2}).fit(x);
  const auto contrast = [&](const auto& forest) {
    return forest.anomaly_score(probe).mean() - forest.anomaly_score(x).mean();
  };
  CHECK(contrast(oblique) > contrast(plain) + 0.02);
}
