// SPDX-License-Identifier: MIT
// DBSCAN against its definition, method by method.
#include "support/instances/dbscan.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "cluster/dbscan_oracle.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"

using namespace unlabeled;

namespace {

template <class X>
void check_definition(const X& x, const DBSCANOptions& options, const Vector<double>& weight = {}) {
  using S = typename X::Scalar;
  const NaiveDBSCAN expected(x, options, weight);
  DBSCAN<S> dbscan(options);
  if (weight.size() > 0)
    dbscan.fit(x, Vector<S>(weight.template cast<S>()));
  else
    dbscan.fit(x);
  INFO("n " << x.rows() << ", d " << x.cols() << ", eps " << options.eps << ", min_samples "
            << options.min_samples << ", metric " << static_cast<int>(options.metric)
            << ", clusters " << expected.n_clusters);
  const auto& core = dbscan.core_sample_indices();
  CHECK(std::equal(core.begin(), core.end(), expected.core.begin(), expected.core.end()));
  CHECK(dbscan.labels() == expected.labels);
  CHECK(dbscan.n_clusters() == expected.n_clusters);
  CHECK(dbscan.predict(x) == expected.labels);
}

/// Blobs over uniform noise.
template <Real S> Matrix<S> noisy_blobs(Index n, Index d, std::uint64_t seed) {
  Matrix<S> x = make_blobs<S>(n, d, 3, seed, 0.7).samples;
  Rng rng(seed + 100);
  for (Index i = 0; i < n; i += 4)
    for (Index j = 0; j < d; ++j) x(i, j) = static_cast<S>(rng.uniform(-12, 12));
  return x;
}

}  // namespace

TEMPLATE_TEST_CASE("DBSCAN finds what its definition says in 1 to 50 dimensions", "[dbscan]", float,
                   double) {
  for (const Index d : {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 50})
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      const Index n = 40 + 90 * static_cast<Index>(seed);
      const Matrix<TestType> x = noisy_blobs<TestType>(n, d, seed);
      const double typical = 0.7 * std::sqrt(2.0 * static_cast<double>(d));
      for (const double share : {0.3, 0.6, 0.9, 1.2})
        check_definition(x,
                         {.eps = share * typical, .min_samples = 1 + 3 * (n % 4), .n_threads = 2});
    }
}

TEMPLATE_TEST_CASE("DBSCAN finds what its definition says in every metric", "[dbscan]", float,
                   double) {
  for (const Metric metric : {Metric::manhattan, Metric::chebyshev, Metric::cosine})
    for (const Index d : {1, 2, 3, 6, 20, 40})
      for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        const Matrix<TestType> x = noisy_blobs<TestType>(200, d, seed);
        for (const double eps : {0.02, 0.5, 1.5, 6.0})
          check_definition(x, {.eps = eps, .min_samples = 5, .metric = metric, .n_threads = 1});
      }
}

TEMPLATE_TEST_CASE("Distances can be given instead of samples", "[dbscan]", float, double) {
  using S = TestType;
  const Matrix<S> x = noisy_blobs<S>(250, 2, 3);
  const Matrix<S> distances = NaiveDBSCAN::distances(x, Metric::euclidean).template cast<S>();
  const RowMatrix<S> by_rows = distances;
  for (const double eps : {0.2, 0.5, 2.0, 100.0}) {
    const DBSCANOptions options{.eps = eps, .metric = Metric::precomputed, .n_threads = 2};
    check_definition(distances, options);
    check_definition(by_rows, options);
    const auto dbscan = DBSCAN<S>(options).fit(distances);
    CHECK(dbscan.n_features() == 250);
    CHECK(dbscan.predict(distances.topRows(7)) == dbscan.labels().head(7));
  }
}

TEMPLATE_TEST_CASE("Samples exactly at eps are neighbours", "[dbscan]", float, double) {
  Matrix<TestType> lattice(144, 2), cube(125, 3), line(40, 1), wide(81, 4);
  for (Index i = 0; i < 144; ++i)
    lattice.row(i) << static_cast<TestType>(i % 12), static_cast<TestType>(i / 12);
  for (Index i = 0; i < 125; ++i)
    cube.row(i) << static_cast<TestType>(i % 5), static_cast<TestType>(i / 5 % 5),
        static_cast<TestType>(i / 25);
  for (Index i = 0; i < 81; ++i)
    wide.row(i) << static_cast<TestType>(i % 3), static_cast<TestType>(i / 3 % 3),
        static_cast<TestType>(i / 9 % 3), static_cast<TestType>(i / 27);
  for (Index i = 0; i < 40; ++i) line(i, 0) = static_cast<TestType>(i);
  for (const double eps : {1.0, std::sqrt(2.0), 5.0, std::nextafter(1.0, 0.0),
                           std::nextafter(std::sqrt(2.0), 0.0), std::nextafter(5.0, 0.0)})
    for (const Index min_samples : {1, 3, 4, 5, 7, 9, 13, 81}) {
      const DBSCANOptions options{.eps = eps, .min_samples = min_samples, .n_threads = 1};
      check_definition(lattice, options);
      check_definition(cube, options);
      check_definition(line, options);
      check_definition(wide, options);
      for (const Metric metric : {Metric::manhattan, Metric::chebyshev})
        check_definition(lattice, {.eps = eps, .min_samples = min_samples, .metric = metric});
    }
  DBSCAN<TestType> dbscan({.eps = 1, .min_samples = 5});
  CHECK(dbscan.fit(lattice).core_sample_indices().size() == 100);  // all but the edge
  CHECK(DBSCAN<TestType>({.eps = std::nextafter(1.0, 0.0), .min_samples = 2})
            .fit(lattice)
            .n_clusters() == 0);
}

TEMPLATE_TEST_CASE("Offsets of the data cost no decision", "[dbscan]", float, double) {
  for (const Index d : {1, 2, 3, 4, 10})
    for (const double offset : {1e6, -1e6}) {
      Matrix<TestType> x = (noisy_blobs<TestType>(300, d, 5) * TestType(8)).array().round();
      x.array() += static_cast<TestType>(offset);
      for (const double eps : {1.0, 2.0, 5.0})
        check_definition(x, {.eps = eps, .min_samples = 4, .n_threads = 2});
    }
}

TEMPLATE_TEST_CASE("Duplicates are neighbours of each other", "[dbscan]", float, double) {
  for (const Index d : {1, 2, 3, 6}) {
    Matrix<TestType> x = random_matrix<TestType>(60, d, 1).replicate(4, 1);
    check_definition(x, {.eps = 1e-9, .min_samples = 4});
    check_definition(x, {.eps = 1e-9, .min_samples = 5});
    check_definition(x, {.eps = 0.3, .min_samples = 9});
    x.setConstant(TestType(0.1));
    check_definition(x, {.eps = 1e-30, .min_samples = 240});
    check_definition(x, {.eps = 1e-30, .min_samples = 241});
  }
}

TEST_CASE("Extremes of eps and min_samples", "[dbscan]") {
  for (const Index d : {1, 2, 3, 5, 12}) {
    const Matrix<double> x = noisy_blobs<double>(150, d, 2);
    const auto with = [&](double eps, Index min_samples) {
      const DBSCANOptions options{.eps = eps, .min_samples = min_samples};
      check_definition(x, options);
      return DBSCAN<double>(options).fit(x);
    };
    INFO("d = " << d);
    const auto alone = with(1e-12, 1);  // no noise, no border
    CHECK(alone.n_clusters() == 150);
    CHECK(alone.labels() == Labels::LinSpaced(150, 0, 149));
    CHECK(with(1e-12, 2).n_clusters() == 0);  // all noise
    CHECK((with(1e-12, 2).labels().array() == -1).all());
    CHECK((with(1e3, 150).labels().array() == 0).all());  // larger than the diameter
    CHECK((with(1e3, 151).labels().array() == -1).all());
    CHECK((with(1e300, 5).labels().array() == 0).all());
    CHECK(with(1e-300, 1).n_clusters() == 150);  // more cells than can be counted
  }
}

TEMPLATE_TEST_CASE("One sample is noise, or a cluster where it is enough", "[dbscan]", float,
                   double) {
  for (const Index d : {1, 2, 3, 4, 40}) {
    const Matrix<TestType> x = random_matrix<TestType>(1, d, 1);
    check_definition(x, {.min_samples = 1});
    check_definition(x, {.min_samples = 2});
  }
}

TEST_CASE("A border sample joins its nearest core sample, of equally near ones the first") {
  // Two runs of five on a line, 0.6 apart at eps 0.41, and one sample between them.
  Matrix<double> x(11, 2);
  x.setZero();
  x.col(0) << 10, 10.2, 10.4, 10.6, 10.8, 11.4, 11.6, 11.8, 12, 12.2, 0;
  const auto label = [&](double place) {
    x(10, 0) = place;
    const DBSCANOptions options{.eps = 0.41, .min_samples = 4, .n_threads = 1};
    check_definition(x, options);
    const auto dbscan = DBSCAN<double>(options).fit(x);
    CHECK(dbscan.n_clusters() == 2);
    return dbscan.labels()[10];
  };
  CHECK(label(11.05) == 0);
  CHECK(label(11.15) == 1);
  CHECK(label(30) == -1);
  Matrix<double> even(7, 2);
  even.setZero();
  even.col(0) << 2, 3, 4, -2, -3, -4, 0;  // 0 is as far from 2 as from -2
  const auto tie = DBSCAN<double>({.eps = 2, .min_samples = 4}).fit(even);
  check_definition(even, {.eps = 2, .min_samples = 4});
  CHECK(tie.labels()[6] == tie.labels()[0]);
}

TEMPLATE_TEST_CASE("An integer weight counts as that many copies", "[dbscan]", float, double) {
  using S = TestType;
  for (const Index d : {1, 2, 3, 6, 20}) {
    const Matrix<S> x = noisy_blobs<S>(160, d, 4);
    Rng rng(9);
    Vector<S> weight(160);
    std::vector<Index> copied;
    for (Index i = 0; i < 160; ++i) {
      const Index copies = 1 + rng.index_below(4);
      weight[i] = static_cast<S>(copies);
      copied.insert(copied.end(), static_cast<std::size_t>(copies), i);
    }
    Matrix<S> copies(static_cast<Index>(copied.size()), d);
    for (std::size_t c = 0; c < copied.size(); ++c)
      copies.row(static_cast<Index>(c)) = x.row(copied[c]);
    const DBSCANOptions options{.eps = 0.6 * std::sqrt(static_cast<double>(d)), .min_samples = 12};
    const auto weighted = DBSCAN<S>(options).fit(x, weight);
    const auto expanded = DBSCAN<S>(options).fit(copies);
    CHECK(weighted.n_clusters() == expanded.n_clusters());
    for (std::size_t c = 0; c < copied.size(); ++c)
      CHECK(weighted.labels()[copied[c]] == expanded.labels()[static_cast<Index>(c)]);
  }
}

TEMPLATE_TEST_CASE("Weights add up as the definition says", "[dbscan]", float, double) {
  using S = TestType;
  for (const Index d : {1, 2, 3, 5}) {
    const Matrix<S> x = noisy_blobs<S>(200, d, 6);
    Rng rng(2);
    Vector<S> weight(200);
    for (S& w : weight) w = static_cast<S>(rng.uniform(0, 3));
    weight.head(20).setZero();
    weight(30) = 100;  // core by itself
    for (const double eps : {0.05, 0.5, 1.5})
      check_definition(x, {.eps = eps, .min_samples = 8}, weight.template cast<double>());
  }
  const Matrix<S> distances =
      NaiveDBSCAN::distances(noisy_blobs<S>(100, 2, 1), Metric::euclidean).template cast<S>();
  const Vector<double> weight = random_matrix<S>(100, 1, 3).cwiseAbs().template cast<double>();
  check_definition(distances, {.eps = 0.7, .metric = Metric::precomputed}, weight);
  // Far below what a core sample takes, and far above.
  const Vector<S> tiny = Vector<S>::Constant(100, S(1e-30)),
                  huge = Vector<S>::Constant(100, S(1e30));
  DBSCAN<S> dbscan({.eps = 0.7, .metric = Metric::precomputed});
  CHECK(dbscan.fit(distances, tiny).n_clusters() == 0);
  CHECK(dbscan.fit(distances, huge).core_sample_indices().size() == 100);
}

TEMPLATE_TEST_CASE("The partition does not depend on the order of samples", "[dbscan]", float,
                   double) {
  for (const Index d : {1, 2, 3, 5, 18}) {
    const Index n = 400;
    const Matrix<TestType> x = noisy_blobs<TestType>(n, d, 7);
    const DBSCANOptions options{.eps = 0.5 * std::sqrt(static_cast<double>(d)), .min_samples = 6};
    const Labels labels = DBSCAN<TestType>(options).fit(x).labels();
    Rng rng(3);
    std::vector<Index> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), Index{0});
    for (Index i = n - 1; i > 0; --i)
      std::swap(order[static_cast<std::size_t>(i)],
                order[static_cast<std::size_t>(rng.index_below(i + 1))]);
    Matrix<TestType> shuffled(n, d);
    for (Index i = 0; i < n; ++i) shuffled.row(i) = x.row(order[static_cast<std::size_t>(i)]);
    const Labels again = DBSCAN<TestType>(options).fit(shuffled).labels();
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < i; ++j) {
        const Index a = order[static_cast<std::size_t>(i)], b = order[static_cast<std::size_t>(j)];
        if ((again[i] == again[j]) != (labels[a] == labels[b])) FAIL("samples " << a << ", " << b);
      }
    CHECK((again.array() < 0).count() == (labels.array() < 0).count());
  }
}

TEST_CASE("Features in another order give the same clusters", "[dbscan]") {
  for (const Index d : {2, 3, 6}) {
    const Matrix<double> x = noisy_blobs<double>(300, d, 8);
    const DBSCANOptions options{.eps = 0.8, .min_samples = 5};
    CHECK(DBSCAN<double>(options).fit(x).labels() ==
          DBSCAN<double>(options).fit(x.rowwise().reverse()).labels());
  }
}

TEMPLATE_TEST_CASE("New samples get the cluster of the nearest core sample in reach", "[dbscan]",
                   float, double) {
  using S = TestType;
  for (const Metric metric : {Metric::euclidean, Metric::manhattan, Metric::cosine})
    for (const Index d : {1, 2, 3, 5, 20}) {
      const Matrix<S> x = noisy_blobs<S>(300, d, 1);
      const double eps = metric == Metric::cosine ? 0.01 : 0.7 * std::sqrt(static_cast<double>(d));
      const auto dbscan = DBSCAN<S>({.eps = eps, .min_samples = 4, .metric = metric}).fit(x);
      RowMatrix<S> probe = noisy_blobs<S>(200, d, 2);
      probe.row(0) *= S(1e9);  // beyond everything
      const RowMatrix<S> rows = x;
      Labels expected = Labels::Constant(200, -1);
      for (Index i = 0; i < 200; ++i) {
        double nearest = eps;
        for (const Index q : dbscan.core_sample_indices()) {
          const double distance =
              detail::distance(metric, probe.row(i).data(), rows.row(q).data(), d);
          if (distance < nearest || (expected[i] < 0 && distance == nearest))
            nearest = distance, expected[i] = dbscan.labels()[q];
        }
      }
      CHECK(dbscan.predict(probe) == expected);
      for (Index i = 0; i < 5; ++i) CHECK(dbscan.predict(probe.middleRows(i, 1))[0] == expected[i]);
    }
}

TEST_CASE("Data whose squares overflow or vanish give the clusters of ordinary ones", "[dbscan]") {
  for (const Index d : {1, 2, 3, 5})
    for (const Metric metric : {Metric::euclidean, Metric::manhattan, Metric::chebyshev}) {
      const Matrix<double> x = noisy_blobs<double>(200, d, 3);
      const DBSCANOptions ordinary{.eps = 2, .min_samples = 4, .metric = metric};
      const Labels expected = DBSCAN<double>(ordinary).fit(x).labels();
      CHECK(expected.maxCoeff() >= 0);
      for (const int exponent : {-900, -600, 600, 900}) {
        const double factor = std::ldexp(1.0, exponent);
        const DBSCANOptions options{.eps = 2 * factor, .min_samples = 4, .metric = metric};
        CHECK(DBSCAN<double>(options).fit(factor * x).labels() == expected);
      }
      const Matrix<float> y = x.cast<float>();
      const Labels expected_float = DBSCAN<float>(ordinary).fit(y).labels();
      for (const int exponent : {-100, 100}) {
        const double factor = std::ldexp(1.0, exponent);
        const DBSCANOptions options{.eps = 2 * factor, .min_samples = 4, .metric = metric};
        CHECK(DBSCAN<float>(options).fit(static_cast<float>(factor) * y).labels() ==
              expected_float);
      }
    }
  const Matrix<double> x = noisy_blobs<double>(200, 4, 3);
  const DBSCANOptions options{.eps = 0.01, .min_samples = 4, .metric = Metric::cosine};
  Matrix<double> y = x;
  for (Index i = 0; i < 200; ++i) y.row(i) *= std::ldexp(1.0, i % 2 == 0 ? 900 : -900);
  CHECK(DBSCAN<double>(options).fit(y).labels() == DBSCAN<double>(options).fit(x).labels());
}

TEST_CASE("An outlier at the end of the world does not change the clusters", "[dbscan]") {
  for (const Index d : {1, 2, 3, 6})
    for (const double far : {1e5, 1e8, 1e12, 1e300}) {
      Matrix<double> x = noisy_blobs<double>(200, d, 3);
      const Labels expected = DBSCAN<double>({.eps = 1, .min_samples = 4}).fit(x).labels();
      Matrix<double> wider(201, d);
      wider << x, Matrix<double>::Constant(1, d, far);
      const Labels found = DBSCAN<double>({.eps = 1, .min_samples = 4}).fit(wider).labels();
      CHECK(found.head(200) == expected);
      CHECK(found[200] == -1);
    }
}
