// SPDX-License-Identifier: MIT
// The claims are compile-time ones; the test case only says that this file was compiled.
#include "unlabeled/core/concepts.hpp"
#include "support/catch.hpp"

using namespace unlabeled;

namespace {

using X = Matrix<double>;

/// Satisfies every concept; the types below each lack or spoil one thing.
struct Everything {
  using Scalar = double;
  Everything& fit(const X&) { return *this; }
  Everything& partial_fit(const X&) { return *this; }
  bool is_fitted() const { return true; }
  int options() const { return 0; }
  int model() const { return 0; }
  Matrix<double> transform(const X& x) const { return x; }
  Matrix<double> fit_transform(const X& x) { return x; }
  Matrix<double> inverse_transform(const X& z) const { return z; }
  Labels predict(const X&) const { return labels_; }
  Labels fit_predict(const X&) { return labels_; }
  const Labels& labels() const { return labels_; }
  Vector<double> score_samples(const X&) const { return {}; }
  Vector<double> decision_function(const X&) const { return {}; }
  Labels labels_;
};

struct FitReturnsNothing : Everything {
  void fit(const X&) {}
};
struct FitReturnsBase : Everything {};
struct Bare {
  using Scalar = double;
  Bare& fit(const X&) { return *this; }
  bool is_fitted() const { return true; }
  int options() const { return 0; }
  int model() const { return 0; }
};
struct WithoutModel {
  using Scalar = double;
  WithoutModel& fit(const X&) { return *this; }
  bool is_fitted() const { return true; }
  int options() const { return 0; }
};
struct WithoutScalar {
  WithoutScalar& fit(const X&) { return *this; }
  bool is_fitted() const { return true; }
  int options() const { return 0; }
  int model() const { return 0; }
};
struct IsFittedChanges : Bare {
  IsFittedChanges& fit(const X&) { return *this; }
  bool is_fitted() { return true; }
};
struct PredictChanges : Bare {
  PredictChanges& fit(const X&) { return *this; }
  Labels predict(const X&) { return {}; }
};
struct LabelsByValue : Bare {
  LabelsByValue& fit(const X&) { return *this; }
  Labels labels() const { return {}; }
  Labels fit_predict(const X&) { return {}; }
};
struct TransformsToFloat : Bare {
  TransformsToFloat& fit(const X&) { return *this; }
  Matrix<float> transform(const X&) const { return {}; }
  Matrix<float> fit_transform(const X&) { return {}; }
};
struct TransformsToExpression : Bare {
  TransformsToExpression& fit(const X&) { return *this; }
  const Matrix<double>& transform(const X& x) const { return x; }
  Matrix<double> fit_transform(const X& x) { return x; }
};

}  // namespace

static_assert(Estimator<Everything, X> && Transformer<Everything, X> &&
              InvertibleTransformer<Everything, X> && Clusterer<Everything, X> &&
              Predictor<Everything, X> && DensityEstimator<Everything, X> &&
              OutlierDetector<Everything, X> && IncrementalEstimator<Everything, X>);

static_assert(Estimator<Bare, X>);
static_assert(!Transformer<Bare, X> && !InvertibleTransformer<Bare, X> && !Clusterer<Bare, X> &&
              !Predictor<Bare, X> && !DensityEstimator<Bare, X> && !OutlierDetector<Bare, X> &&
              !IncrementalEstimator<Bare, X>);

static_assert(!Estimator<FitReturnsNothing, X>);
static_assert(!Estimator<FitReturnsBase, X>, "fit returns the estimator itself");
static_assert(!Estimator<WithoutModel, X>);
static_assert(!Estimator<WithoutScalar, X>);
static_assert(!Estimator<IsFittedChanges, X>, "questions do not change an estimator");
static_assert(!Estimator<Bare, int>, "the input type is part of the contract");
static_assert(!Estimator<int, X>);

static_assert(Estimator<PredictChanges, X> && !Predictor<PredictChanges, X>);
static_assert(Estimator<LabelsByValue, X> && !Clusterer<LabelsByValue, X>);
static_assert(Estimator<TransformsToFloat, X> && !Transformer<TransformsToFloat, X>);
static_assert(Estimator<TransformsToExpression, X> && !Transformer<TransformsToExpression, X>);

TEST_CASE("Concepts accept what models them and refuse what misses one part", "[concepts]") {
  Everything everything;
  CHECK(&everything.fit(X()) == &everything);
}
