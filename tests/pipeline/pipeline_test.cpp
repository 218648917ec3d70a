// SPDX-License-Identifier: MIT
#include "unlabeled/pipeline.hpp"

#include <functional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/agglomerative.hpp"
#include "support/instances/dbscan.hpp"
#include "support/instances/isolation_forest.hpp"
#include "support/instances/kmeans.hpp"
#include "support/instances/pca.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/preprocessing/standard_scaler.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

/// Everything a last step can offer, each answer told apart by a number.
struct OutlierToyOptions {
  bool fails = false;
};
class OutlierToy {
 public:
  using Scalar = double;
  explicit OutlierToy(OutlierToyOptions options = {}) : options_(options) {}
  template <MatrixOf<double> X> OutlierToy& fit(const X& x) & {
    if (options_.fails) throw NumericalError("OutlierToy: cannot");
    n_samples_ = x.rows();
    return *this;
  }
  template <MatrixOf<double> X> Labels predict(const X& x) const { return Labels::Ones(x.rows()); }
  template <MatrixOf<double> X> Matrix<double> predict_proba(const X& x) const { return 2.0 * x; }
  template <MatrixOf<double> X> Vector<double> score_samples(const X& x) const {
    return 3.0 * x.col(0);
  }
  template <MatrixOf<double> X> Vector<double> decision_function(const X& x) const {
    return 4.0 * x.col(0);
  }
  template <MatrixOf<double> X> double score(const X& x) const { return 5.0 * x(0, 0); }
  [[nodiscard]] bool is_fitted() const { return n_samples_ > 0; }
  [[nodiscard]] const OutlierToyOptions& options() const { return options_; }
  [[nodiscard]] Index model() const { return n_samples_; }
  [[nodiscard]] Index n_features() const { return 3; }

 private:
  OutlierToyOptions options_;
  Index n_samples_ = 0;
};

auto segments() {
  return Pipeline(StandardScaler<double>(), PCA<double>({.n_components = 2}),
                  KMeans<double>({.n_clusters = 4, .seed = 5}));
}
using Segments = decltype(segments());
using Scaled = Pipeline<StandardScaler<double>, PCA<double>>;
using Guarded = Pipeline<StandardScaler<double>, OutlierToy>;

template <class E> constexpr bool can_invert = requires(const E& e, const Matrix<double>& z) {
  e.inverse_transform(z);
};
template <class E> constexpr bool has_labels = requires(const E& e) { e.labels(); };

// A pipeline models the concepts of its last step, and no others.
using X = Matrix<double>;
static_assert(Clusterer<Segments, X> && Predictor<Segments, X> &&
              Transformer<Segments, RowMatrix<double>>);
static_assert(IncrementalEstimator<Segments, X> && !can_invert<Segments>);
static_assert(InvertibleTransformer<Scaled, X> && !Predictor<Scaled, X> && !has_labels<Scaled>);
static_assert(DensityEstimator<Scaled, X>);
static_assert(OutlierDetector<Guarded, X> && !Transformer<Guarded, X> &&
              !IncrementalEstimator<Guarded, X>);
static_assert(Clusterer<Pipeline<Scaled, KMeans<double>>, X>);
using Hierarchy = Pipeline<Scaled, Agglomerative<double>>;
static_assert(Clusterer<Hierarchy, X> && !Predictor<Hierarchy, X> && !Transformer<Hierarchy, X>);
static_assert(Clusterer<Pipeline<Scaled, DBSCAN<double>>, X> &&
              Predictor<Pipeline<StandardScaler<double>, DBSCAN<double>>, X>);
static_assert(OutlierDetector<Pipeline<StandardScaler<double>, IsolationForest<double>>, X> &&
              Predictor<Pipeline<Scaled, IsolationForest<double>>, X>);
static_assert(!Estimator<Segments, Matrix<float>>);

}  // namespace

TEST_CASE("A pipeline does what its steps do one after the other") {
  const Matrix<double> x = make_blobs<double>(200, 5, 4, 1).samples;
  const Matrix<double> fresh = make_blobs<double>(30, 5, 4, 2).samples;
  Segments pipeline = segments();
  CHECK_FALSE(pipeline.is_fitted());
  pipeline.fit(x);

  StandardScaler<double> scaler;
  PCA<double> pca({.n_components = 2});
  KMeans<double> kmeans({.n_clusters = 4, .seed = 5});
  kmeans.fit(pca.fit_transform(scaler.fit_transform(x)));
  const Matrix<double> z = pca.transform(scaler.transform(fresh));

  CHECK(pipeline.is_fitted());
  CHECK(pipeline.labels() == kmeans.labels());
  CHECK(pipeline.predict(fresh) == kmeans.predict(z));
  CHECK(pipeline.transform(fresh) == kmeans.transform(z));
  CHECK(pipeline.score(fresh) == kmeans.score(z));
  CHECK(pipeline.report().n_iterations == kmeans.report().n_iterations);
  CHECK(pipeline.n_features() == 5);
  CHECK(pipeline.step<0>().mean() == scaler.mean());
  CHECK(pipeline.step<1>().components() == pca.components());
  CHECK(pipeline.step<2>().cluster_centers() == kmeans.cluster_centers());
  CHECK(std::get<2>(pipeline.steps()).inertia() == kmeans.inertia());
}

TEST_CASE("Options and models come as tuples, one entry a step") {
  Segments pipeline = segments();
  CHECK(std::get<1>(pipeline.options()).n_components == 2);
  CHECK(std::get<2>(pipeline.options()).seed == 5);
  pipeline.fit(make_blobs<double>(100, 3, 4, 1).samples);
  CHECK(&std::get<2>(pipeline.model()) == &pipeline.step<2>().model());
  static_assert(std::tuple_size_v<decltype(pipeline.model())> == 3);
}

TEST_CASE("Steps that are fitted already make a fitted pipeline") {
  const Matrix<double> x = make_blobs<double>(100, 3, 4, 3).samples;
  const auto scaler = StandardScaler<double>().fit(x);
  const auto kmeans = KMeans<double>({.n_clusters = 4}).fit(scaler.transform(x));
  const Pipeline pipeline(scaler, kmeans);
  CHECK(pipeline.is_fitted());
  CHECK(pipeline.predict(x) == kmeans.labels());
  CHECK_FALSE(Pipeline(scaler, KMeans<double>()).is_fitted());
  CHECK_THROWS_MATCHES(Pipeline(scaler, KMeans<double>()).predict(x), NotFitted,
                       Message("Pipeline: call fit() first"));
}

TEST_CASE("All other answers of a last step pass through") {
  const Matrix<double> x = random_matrix<double>(20, 3, 4);
  Guarded pipeline(StandardScaler<double>(), OutlierToy{});
  const Matrix<double> z = StandardScaler<double>().fit_transform(x);
  pipeline.fit(x);
  CHECK(pipeline.predict(x) == Labels::Ones(20));
  CHECK(pipeline.predict_proba(x) == 2 * z);
  CHECK(pipeline.score_samples(x) == 3 * z.col(0));
  CHECK(pipeline.decision_function(x) == 4 * z.col(0));
  CHECK(pipeline.score(x) == 5 * z(0, 0));
}

TEST_CASE("inverse_transform goes back through all steps") {
  const Matrix<double> x = (random_matrix<double>(50, 4, 5).array() * 100 + 7).matrix();
  Pipeline pipeline{StandardScaler<double>(), PCA<double>(), StandardScaler<double>()};
  const Matrix<double> z = pipeline.fit_transform(x);
  const double error = relative_error(pipeline.inverse_transform(z), x);
  INFO("relative error " << error);
  CHECK(error < 1e-13);
  CHECK(relative_error(pipeline.transform(x), z) < 1e-12);
  CHECK(relative_error(z.array().square().colwise().mean(), Matrix<double>::Ones(1, 4)) < 1e-12);
}

TEST_CASE("Pipelines nest") {
  const Matrix<double> x = make_blobs<double>(150, 5, 4, 6).samples;
  Pipeline inner(StandardScaler<double>(), PCA<double>({.n_components = 2}));
  Pipeline outer(inner, KMeans<double>({.n_clusters = 4, .seed = 5}));
  Segments flat = segments();
  CHECK(outer.fit_predict(x) == flat.fit_predict(x));
  CHECK(outer.step<0>().step<1>().components() == flat.step<1>().components());
  CHECK(outer.n_features() == 5);
  CHECK(std::get<0>(std::get<0>(outer.options())).with_mean);
  CHECK_FALSE(inner.is_fitted());
}

TEST_CASE("A single step is a pipeline too") {
  const Matrix<double> x = make_blobs<double>(60, 3, 4, 7).samples;
  Pipeline<KMeans<double>> pipeline(KMeans<double>({.n_clusters = 4}));
  CHECK(pipeline.fit_predict(x) == KMeans<double>({.n_clusters = 4}).fit(x).labels());
  CHECK(pipeline.predict(x) == pipeline.labels());
}

TEST_CASE("A step that fails late leaves every earlier fit") {
  const Matrix<double> x = random_matrix<double>(40, 3, 8);
  Segments pipeline = segments();
  pipeline.fit(x);
  const Labels labels = pipeline.labels();
  const Vector<double> mean = pipeline.step<0>().mean();
  CHECK_THROWS_MATCHES(pipeline.fit(random_matrix<double>(3, 3, 9)), std::invalid_argument,
                       Message("KMeans: n_clusters must be <= n_samples = 3, got 4"));
  CHECK_THROWS_MATCHES(
      pipeline.fit(random_matrix<double>(50, 1, 9)), std::invalid_argument,
      Message("PCA: n_components must be <= min(n_samples, n_features) = 1, got 2"));
  CHECK(pipeline.step<0>().mean() == mean);
  CHECK(pipeline.predict(x) == labels);

  Guarded fails(StandardScaler<double>(), OutlierToy({.fails = true}));
  CHECK_THROWS_MATCHES(fails.fit(x), NumericalError, Message("OutlierToy: cannot"));
  CHECK_FALSE(fails.step<0>().is_fitted());
}

TEST_CASE("Later batches teach the last step and leave the others") {
  const Matrix<double> x = make_blobs<double>(300, 3, 4, 10).samples;
  Pipeline pipeline(StandardScaler<double>(), KMeans<double>({.n_clusters = 4, .seed = 1}));
  pipeline.partial_fit(x.topRows(100));
  const Vector<double> mean = pipeline.step<0>().mean();
  const Matrix<double> centers = pipeline.step<1>().cluster_centers();
  pipeline.partial_fit(x.bottomRows(200));
  CHECK(pipeline.step<0>().mean() == mean);
  CHECK(pipeline.step<0>().n_samples_seen() == 100);
  CHECK(pipeline.step<1>().cluster_centers() != centers);

  StandardScaler<double> scaler;
  KMeans<double> kmeans({.n_clusters = 4, .seed = 1});
  kmeans.partial_fit(scaler.fit_transform(x.topRows(100)));
  kmeans.partial_fit(scaler.transform(x.bottomRows(200)));
  CHECK(pipeline.step<1>().cluster_centers() == kmeans.cluster_centers());
}

TEST_CASE("A temporary pipeline that learns a batch is kept by value") {
  const Matrix<double> x = make_blobs<double>(60, 3, 4, 11).samples;
  auto&& kept =
      Pipeline(StandardScaler<double>(), KMeans<double>({.n_clusters = 4})).partial_fit(x);
  STATIC_REQUIRE(std::is_rvalue_reference_v<decltype(kept)>);
  CHECK(kept.step<0>().mean() == StandardScaler<double>().fit(x).mean());
}

TEST_CASE("The first batch of a pipeline forgets what its steps had learned elsewhere") {
  const Matrix<double> x = make_blobs<double>(120, 3, 4, 12).samples;
  const Matrix<double> elsewhere = random_matrix<double>(50, 3, 13);
  Pipeline taught(StandardScaler<double>(), KMeans<double>({.n_clusters = 4, .seed = 1}));
  Pipeline fresh(StandardScaler<double>(), taught);
  taught.fit(elsewhere);
  Pipeline pipeline(StandardScaler<double>(), taught);
  REQUIRE_FALSE(pipeline.is_fitted());
  pipeline.partial_fit(x);
  fresh.partial_fit(x);
  CHECK(pipeline.step<1>().step<0>().n_samples_seen() == 120);
  CHECK(pipeline.step<1>().step<1>().cluster_centers() ==
        fresh.step<1>().step<1>().cluster_centers());

  // Nothing is forgotten where all steps are fitted: then the batch is one more.
  Pipeline all_taught(StandardScaler<double>().fit(elsewhere), taught);
  all_taught.partial_fit(x);
  CHECK(all_taught.step<1>().step<0>().n_samples_seen() == 50);
}

TEST_CASE("a pipeline that ends in DBSCAN finds clusters in the data as scaled") {
  const X x = random_matrix<double>(200, 2, 1) * 1000;
  Pipeline pipeline(StandardScaler<double>(), DBSCAN<double>({.eps = 0.3}));
  const Labels labels = pipeline.fit_predict(x);
  CHECK(labels.maxCoeff() >= 0);
  CHECK(labels ==
        DBSCAN<double>({.eps = 0.3}).fit_predict(StandardScaler<double>().fit_transform(x)));
  CHECK(pipeline.predict(x) == labels);
}

TEST_CASE("a pipeline that ends in IsolationForest judges the data as scaled") {
  X x = random_matrix<double>(300, 3, 1);
  x.col(2) *= 1e6;
  const X fresh = 2 * x.topRows(40);
  const IsolationForestOptions options{.contamination = 0.1, .n_split_features = 2, .seed = 3};
  Pipeline pipeline{StandardScaler<double>(), IsolationForest<double>(options)};
  pipeline.fit(x);

  StandardScaler<double> scaler;
  const auto forest = IsolationForest<double>(options).fit(scaler.fit_transform(x));
  const X z = scaler.transform(fresh);
  CHECK((pipeline.predict(x).array() == -1).count() == 30);
  CHECK(pipeline.predict(fresh) == forest.predict(z));
  CHECK(pipeline.score_samples(fresh) == forest.score_samples(z));
  CHECK(pipeline.decision_function(fresh) == forest.decision_function(z));
}
