// SPDX-License-Identifier: MIT
#include "support/instances/isolation_forest.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "anomaly/support.hpp"
#include "support/catch.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/metrics/outlier.hpp"

using namespace unlabeled;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

TEST_CASE("c(m) has exact harmonic numbers") {
  CHECK(detail::average_path_length(1) == 0);
  CHECK(detail::average_path_length(2) == 1);
  CHECK_THAT(detail::average_path_length(3), WithinRel(5.0 / 3, 1e-15));
  CHECK_THAT(detail::average_path_length(4), WithinRel(13.0 / 6, 1e-15));
  for (Index m = 5; m <= 5000; ++m)
    CHECK_THAT(detail::average_path_length(m), WithinRel(summed_average_path(m), 1e-14));
  CHECK_THAT(detail::average_path_length(1000000), WithinRel(summed_average_path(1000000), 1e-13));
}

TEST_CASE("the depth limit is ceil(log2 m)") {
  for (Index m = 1; m <= 5000; ++m)
    CHECK(detail::depth_limit(m) == static_cast<int>(std::ceil(std::log2(static_cast<double>(m)))));
}

TEST_CASE("a sample of rows has different rows, each equally often, and from all of them") {
  detail::RowSampler sampler(40);
  Rng rng(1);
  Vector<double> counts = Vector<double>::Zero(50);
  std::vector<Index> rows(40);
  for (int round = 0; round < 2000; ++round) {
    sampler.draw(rng, 50, rows);
    CHECK(std::set<Index>(rows.begin(), rows.end()).size() == 40);
    for (const Index row : rows) counts(row) += 1;
  }
  // Each is there in 80 % of the rounds: a deviation of 18 in 1600.
  CHECK(counts.minCoeff() > 1600 - 5 * 18);
  CHECK(counts.maxCoeff() < 1600 + 5 * 18);
  rows.resize(7);
  sampler.draw(rng, 7, rows);
  CHECK(std::set<Index>(rows.begin(), rows.end()) == std::set<Index>{0, 1, 2, 3, 4, 5, 6});
}

TEMPLATE_TEST_CASE("a threshold leaves neither side empty", "", float, double) {
  using S = TestType;
  const S one = 1, above = std::nextafter(S(1), S(2)), most = std::numeric_limits<S>::max();
  const S least = std::numeric_limits<S>::denorm_min();
  const std::pair<S, S> ranges[] = {{one, above}, {-above, -one}, {-most, most}, {0, least},
                                    {-least, 0},  {S(-3), S(5)},  {S(0.1), most}};
  for (const auto& [low, high] : ranges)
    for (const double u : {1e-16, 0.25, 0.5, 0.75, 1 - 1e-16}) {
      const S threshold = detail::threshold_between(low, high, u);
      CHECK(low <= threshold);
      CHECK(threshold < high);
    }
}

TEMPLATE_TEST_CASE("equal samples score 0.5 to the bit and none is flagged", "", float, double) {
  using S = TestType;
  const auto n = GENERATE(Index{1}, Index{2}, Index{3}, Index{300});
  const auto n_estimators = GENERATE(Index{1}, Index{100}, Index{77});
  const auto q = GENERATE(Index{1}, Index{2});
  const Matrix<S> x = Matrix<S>::Constant(n, 3, S(0.3));
  const auto forest =
      IsolationForest<S>({.n_estimators = n_estimators, .n_split_features = q}).fit(x);
  CHECK((forest.anomaly_score(x).array() == S(0.5)).all());
  CHECK((forest.predict(x).array() == 1).all());
  CHECK((forest.feature_contributions(x).array() == 0).all());
  const double expected = summed_average_path(std::min(n, Index{256}));
  CHECK_THAT(static_cast<double>(forest.path_lengths(x)(0)), WithinRel(expected, 1e-6));
}

TEST_CASE("two samples: one split, both isolated") {
  Matrix<double> x(2, 1);
  x << 3, 7;
  const auto forest = IsolationForest<double>().fit(x);
  CHECK((forest.path_lengths(x).array() == 1).all());
  CHECK((forest.anomaly_score(x).array() == 0.5).all());
  CHECK(forest.model().thresholds(0) > 3);
  CHECK(forest.model().thresholds(0) < 7);
  CHECK(forest.offset() == -0.5);
}

TEST_CASE("three samples: the middle one needs two splits, an outer one between one and two") {
  Matrix<double> x(3, 1);
  x << 0, 1, 2;
  const auto forest = IsolationForest<double>({.n_estimators = 20000}).fit(x);
  const Vector<double> h = forest.path_lengths(x);
  CHECK_THAT(h(1), WithinAbs(2, 1e-9));
  CHECK_THAT(h(0), WithinAbs(1.5, 0.02));  // 0 or 2 is alone first, each half of the time
  CHECK_THAT(h(2), WithinAbs(1.5, 0.02));
  CHECK_THAT(h.mean(), WithinAbs(5.0 / 3, 1e-9));  // c(3)
}

TEMPLATE_TEST_CASE("scores follow the paper from the walk through every tree", "", float, double) {
  using S = TestType;
  const auto max_samples = GENERATE(Index{3}, Index{16}, Index{256}, Index{1500});
  const auto q = GENERATE(Index{1}, Index{3});
  const Matrix<S> x = random_matrix<S>(1500, 4, 1);
  const auto forest =
      IsolationForest<S>({.n_estimators = 11, .max_samples = max_samples, .n_split_features = q})
          .fit(x);
  const Matrix<S> probe = random_matrix<S>(53, 4, 2) * S(1.5);
  const Vector<S> paths = forest.path_lengths(probe), scores = forest.anomaly_score(probe);
  const double whole = summed_average_path(max_samples);
  for (Index i = 0; i < probe.rows(); ++i) {
    const double h = naive_path(forest.model(), probe.row(i));
    CHECK_THAT(static_cast<double>(paths(i)), WithinRel(h, sizeof(S) == 4 ? 2e-7 : 1e-13));
    const double s = std::exp2(-h / whole);
    CHECK_THAT(static_cast<double>(scores(i)), WithinRel(s, sizeof(S) == 4 ? 2e-7 : 1e-13));
  }
  CHECK(forest.score_samples(probe) == -scores);
  CHECK(forest.decision_function(probe) == Vector<S>(-scores.array() + S(0.5)));
}

TEMPLATE_TEST_CASE("the walk reaches the leaf that a naive walk reaches", "", float, double) {
  // One tree whose leaves all have their own depth and size: the path length names the leaf.
  using S = TestType;
  const auto n = GENERATE(Index{2}, Index{9}, Index{256}, Index{20000});
  const auto d = GENERATE(Index{1}, Index{5}, Index{70});
  const Matrix<S> x = random_matrix<S>(n, d, 3).array().exp();
  const auto forest = IsolationForest<S>({.n_estimators = 1, .max_samples = n}).fit(x);
  const auto& model = forest.model();
  const Vector<S> paths = forest.path_lengths(x);
  bool equal = true;
  for (Index i = 0; i < std::min(n, Index{500}); ++i) {
    const Index leaf = leaf_of(model, 0, 0, x.row(i));
    const double whole = detail::average_path_length(n);
    const double excess = static_cast<double>(depth_of(model, 0, leaf)) +
                          detail::average_path_length(model.n_node_samples(leaf)) - whole;
    equal = equal && paths(i) == static_cast<S>(whole + excess);
  }
  CHECK(equal);
}

TEST_CASE("training samples come to the leaves that count them") {
  const auto q = GENERATE(Index{1}, Index{3});
  const auto d = GENERATE(Index{4}, Index{90});  // with and without a copy of the samples
  const Matrix<double> x = random_matrix<double>(200, d, 1);
  const auto forest = IsolationForest<double>({.n_estimators = 5, .n_split_features = q}).fit(x);
  const auto& model = forest.model();
  for (Index tree = 0; tree < 5; ++tree) {
    Labels arrived = Labels::Zero(model.left_child.size());
    const Index root = model.tree_begin(tree);
    for (Index i = 0; i < x.rows(); ++i) ++arrived(leaf_of(model, root, root, x.row(i)));
    for (Index node = root; node < model.tree_begin(tree + 1); ++node)
      if (model.left_child(node) == 0) {
        CHECK(arrived(node) == model.n_node_samples(node));
        const Index depth = depth_of(model, root, node);
        CHECK(depth <= 8);
        CHECK((model.n_node_samples(node) == 1 || depth == 8));
      }
  }
}

TEST_CASE("splits are at features that differ, duplicates share a leaf") {
  Matrix<double> x = Matrix<double>::Constant(64, 6, 2.5);
  x.col(4) = random_matrix<double>(64, 1, 1);
  x.bottomRows(32) = x.topRows(32);
  const auto forest = IsolationForest<double>({.n_estimators = 10}).fit(x);
  const auto& model = forest.model();
  for (Index node = 0; node < model.left_child.size(); ++node)
    if (model.left_child(node) != 0) CHECK(model.split_features(node, 0) == 4);
  const Vector<double> scores = forest.anomaly_score(x);
  CHECK(scores.head(32) == scores.tail(32));
  // 32 different values at depth 6 at most: leaves are single values, so twins.
  CHECK((model.n_node_samples.array() >= 2).all());
}

TEST_CASE("each feature that differs is split equally often") {
  const Matrix<double> x = random_matrix<double>(256, 5, 1);
  const auto forest = IsolationForest<double>({.n_estimators = 400}).fit(x);
  Vector<double> roots = Vector<double>::Zero(5);
  for (Index tree = 0; tree < 400; ++tree)
    roots(forest.model().split_features(forest.model().tree_begin(tree), 0)) += 1;
  CHECK(roots.minCoeff() > 80 - 5 * 8);  // a deviation of 8
  CHECK(roots.maxCoeff() < 80 + 5 * 8);
}

TEST_CASE("max_features gives each tree its share, to the nearest number, at least one") {
  const auto [share, expected] = GENERATE(std::pair{0.3, 3}, std::pair{0.25, 3}, std::pair{0.01, 1},
                                          std::pair{1.0, 10}, std::pair{0.24, 2});
  const Matrix<double> x = random_matrix<double>(300, 10, 1);
  const auto forest = IsolationForest<double>({.n_estimators = 30, .max_features = share}).fit(x);
  const auto& model = forest.model();
  std::set<int> all;
  int most = 0;
  for (Index tree = 0; tree < 30; ++tree) {
    std::set<int> used;
    for (Index node = model.tree_begin(tree); node < model.tree_begin(tree + 1); ++node)
      if (model.left_child(node) != 0) used.insert(model.split_features(node, 0));
    most = std::max(most, static_cast<int>(used.size()));  // a tree may leave one out by chance
    all.insert(used.begin(), used.end());
  }
  CHECK(most == expected);
  CHECK(all.size() == 10);
}

TEST_CASE("bootstrap repeats samples, the default does not") {
  const Matrix<double> x = random_matrix<double>(256, 3, 1);
  const auto without = IsolationForest<double>({.n_estimators = 20, .max_samples = 16}).fit(x);
  const auto with =
      IsolationForest<double>({.n_estimators = 20, .max_samples = 256, .bootstrap = true}).fit(x);
  CHECK(without.model().n_samples_per_tree == 16);
  // With replacement about 37 % of the samples are left out, so leaves that cannot be split remain.
  Index twins_above_limit = 0;
  for (Index tree = 0; tree < 20; ++tree)
    for (Index node = with.model().tree_begin(tree); node < with.model().tree_begin(tree + 1);
         ++node)
      if (with.model().left_child(node) == 0 && with.model().n_node_samples(node) > 1 &&
          depth_of(with.model(), with.model().tree_begin(tree), node) < 8)
        ++twins_above_limit;
  CHECK(twins_above_limit > 100);
}

TEST_CASE("the mean path of training samples of one tree is c(psi) without a depth limit's cut") {
  // Leaves at the limit stand for c(size) more splits, so the mean over the training samples of a
  // tree has the expectation of a full random tree for evenly spread values.
  const Matrix<double> x = Vector<double>::LinSpaced(256, 0, 1);
  const auto forest = IsolationForest<double>({.n_estimators = 3000}).fit(x);
  CHECK_THAT(forest.path_lengths(x).mean(), WithinRel(summed_average_path(256), 0.02));
}

TEMPLATE_TEST_CASE("an obvious outlier ranks first", "", float, double) {
  using S = TestType;
  const auto q = GENERATE(Index{1}, Index{2}, Index{5});
  Matrix<S> x = random_matrix<S>(400, 5, 1);
  x.row(123) = Matrix<S>::Constant(1, 5, S(9));
  const auto forest = IsolationForest<S>({.n_split_features = q}).fit(x);
  Index first = -1;
  CHECK(forest.anomaly_score(x).maxCoeff(&first) > S(0.7));
  CHECK(first == 123);
  CHECK(forest.predict(x)(123) == -1);
}

TEST_CASE("wide points score above normal ones") {
  for (const Index q : {1, 2}) {
    const Matrix<double> x = normal_and_wide<double>(3);
    const auto forest = IsolationForest<double>({.n_split_features = q, .seed = 1}).fit(x);
    Labels wide = Labels::Zero(100);
    wide.tail(5).setOnes();
    CHECK(roc_auc_score(wide, forest.anomaly_score(x)) > 0.9);
  }
}

TEMPLATE_TEST_CASE("values at the ends of the range are split like others", "", float, double) {
  using S = TestType;
  const S most = std::numeric_limits<S>::max(), least = std::numeric_limits<S>::denorm_min();
  const auto q = GENERATE(Index{1}, Index{2});
  for (const S scale : {most / 8, std::numeric_limits<S>::min(), S(1e-30), S(1e30)}) {
    Matrix<S> x = random_matrix<S>(100, 2, 1);
    const auto plain = IsolationForest<S>({.n_split_features = q}).fit(x);
    const Vector<S> expected = plain.anomaly_score(x);
    const Matrix<S> scaled = x * scale;
    const auto forest = IsolationForest<S>({.n_split_features = q}).fit(scaled);
    // Denormal numbers keep fewer digits than others, so thresholds move a little there.
    CHECK((forest.anomaly_score(scaled) - expected).cwiseAbs().maxCoeff() < S(0.02));
  }
  Matrix<S> x(4, 2);
  x << -most, most, most, -most, 0, least, -least, 0;
  const auto forest = IsolationForest<S>({.n_split_features = q}).fit(x);
  CHECK(forest.anomaly_score(x).allFinite());
  CHECK(forest.feature_contributions(x).allFinite());
  CHECK(forest.model().thresholds.allFinite());
}

TEST_CASE("translation moves the thresholds and leaves the scores; the order of features too") {
  // Whole numbers and shifts by whole numbers: no rounding but that of the thresholds.
  Matrix<double> x = (random_matrix<double>(300, 3, 1) * 100).array().round();
  const auto forest = IsolationForest<double>().fit(x);
  const Vector<double> scores = forest.anomaly_score(x);
  Matrix<double> moved = x;
  moved.rowwise() += Eigen::RowVector3d(1000, -5000, 12);
  CHECK(IsolationForest<double>().fit(moved).anomaly_score(moved) == scores);
  const Matrix<double> scaled = x * 4;
  CHECK(IsolationForest<double>().fit(scaled).anomaly_score(scaled) == scores);
  // In another order the draws meet other features: equal in distribution.
  const Matrix<double> turned = x.rowwise().reverse();
  const auto other = IsolationForest<double>({.n_estimators = 3000}).fit(turned);
  const auto many = IsolationForest<double>({.n_estimators = 3000, .seed = 1}).fit(x);
  CHECK((other.anomaly_score(turned) - many.anomaly_score(x)).cwiseAbs().maxCoeff() < 0.015);
}

TEST_CASE("the order of samples does not matter but for the draw") {
  const Matrix<double> x = normal_and_wide<double>(1);
  const Matrix<double> turned = x.colwise().reverse();
  const auto a = IsolationForest<double>({.n_estimators = 2000}).fit(x);
  const auto b = IsolationForest<double>({.n_estimators = 2000, .seed = 1}).fit(turned);
  CHECK((a.anomaly_score(x) - b.anomaly_score(x)).cwiseAbs().maxCoeff() < 0.015);
}

TEST_CASE("answers about one sample are those about many, bit by bit") {
  const auto q = GENERATE(Index{1}, Index{2});
  const Matrix<double> x = random_matrix<double>(700, 3, 1);
  const auto forest = IsolationForest<double>({.n_split_features = q}).fit(x);
  const Vector<double> all = forest.score_samples(x);
  const Matrix<double> why = forest.feature_contributions(x);
  for (const Index i : {0, 1, 15, 16, 17, 255, 256, 699}) {
    CHECK(forest.score_samples(x.row(i))(0) == all(i));
    CHECK(forest.feature_contributions(x.row(i)) == why.row(i));
  }
}

TEST_CASE("another seed gives other trees") {
  const Matrix<double> x = random_matrix<double>(100, 3, 1);
  CHECK(IsolationForest<double>({.seed = 1}).fit(x).anomaly_score(x) !=
        IsolationForest<double>({.seed = 2}).fit(x).anomaly_score(x));
}

TEST_CASE("max_samples above n takes all samples") {
  const Matrix<double> x = random_matrix<double>(100, 3, 1);
  const auto all = IsolationForest<double>({.max_samples = 100}).fit(x);
  const auto more = IsolationForest<double>({.max_samples = 100000}).fit(x);
  CHECK(more.model().n_samples_per_tree == 100);
  CHECK(more.anomaly_score(x) == all.anomaly_score(x));
}
