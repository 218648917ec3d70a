// SPDX-License-Identifier: MIT
// GMM against the definition, written out naively, and in the corners of its domain.
#include "support/instances/gmm.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

#include "mixture/support.hpp"
#include "support/catch.hpp"

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;

namespace {

double two_pi() { return 6.283185307179586; }

/// ln density of x under component k, by Gauss's elimination on the covariance.
double naive_log_density(const GMMModel<double>& m, std::size_t k, const Eigen::RowVectorXd& x) {
  Matrix<double> a = m.covariances[k];
  Vector<double> y = (x - m.means.row(static_cast<Index>(k))).transpose();
  double log_det = 0, square = 0;
  for (Index i = 0; i < a.rows(); ++i) {
    log_det += std::log(a(i, i));
    square += y[i] * y[i] / a(i, i);
    for (Index r = i + 1; r < a.rows(); ++r) {
      const double f = a(r, i) / a(i, i);
      a.row(r) -= f * a.row(i);
      y[r] -= f * y[i];
    }
  }
  return -0.5 * (static_cast<double>(a.rows()) * std::log(two_pi()) + log_det + square);
}

struct NaiveStep {
  GMMModel<double> next;
  double bound = 0;
};

/// One step of expectation-maximization with full covariances, as in the textbook.
NaiveStep naive_step(const Matrix<double>& x, const GMMModel<double>& m, const Vector<double>& w,
                     double regularization) {
  const Index n = x.rows(), d = x.cols(), k = m.means.rows();
  Matrix<double> p(n, k);
  NaiveStep step{m, 0};
  for (Index i = 0; i < n; ++i) {
    for (Index c = 0; c < k; ++c)
      p(i, c) =
          m.weights[c] * std::exp(naive_log_density(m, static_cast<std::size_t>(c), x.row(i)));
    step.bound += w[i] * std::log(p.row(i).sum()) / w.sum();
    p.row(i) *= w[i] / p.row(i).sum();
  }
  for (Index c = 0; c < k; ++c) {
    const double total = p.col(c).sum();
    step.next.weights[c] = total / w.sum();
    step.next.means.row(c) = (p.col(c).transpose() * x) / total;
    Matrix<double> s = Matrix<double>::Identity(d, d) * regularization;
    for (Index i = 0; i < n; ++i) {
      const Eigen::RowVectorXd e = x.row(i) - step.next.means.row(c);
      s += p(i, c) / total * e.transpose() * e;
    }
    step.next.covariances[static_cast<std::size_t>(c)] = s;
  }
  return step;
}

template <Real S>
GMM<S> from(const Matrix<S>& x, const GMMModel<S>& start, CovarianceType type, Index iterations,
            double regularization = 1e-6) {
  return GMM<S>({.n_components = start.means.rows(),
                 .covariance_type = type,
                 .tolerance = 0,
                 .regularization = regularization,
                 .max_iterations = iterations})
      .fit_from(x, start);
}

}  // namespace

TEST_CASE("An iteration is that of the textbook, in any dimension, with weights", "[gmm]") {
  for (const Index d : {1, 2, 3, 4, 5, 7, 9, 17}) {
    const Matrix<double> x = make_blobs<double>(301, d, 3, 7, 3.0).samples;
    const Vector<double> w = random_matrix<double>(301, 1, 3).cwiseAbs();
    GMMModel<double> naive = start_at<double>(x, x.topRows(3), CovarianceType::full);
    const auto start = naive;
    double bound = 0;
    for (int i = 0; i < 3; ++i) {
      const NaiveStep step = naive_step(x, naive, w, 1e-6);
      naive = step.next, bound = step.bound;
    }
    GMM<double> gmm({.n_components = 3, .tolerance = 0, .max_iterations = 3});
    gmm.fit_from(x, start, w);
    const double error = parameter_error(gmm, GMM<double>({.n_components = 3}, naive));
    INFO("d = " << d << ", error " << error);
    CHECK(error < 1e-10);
    CHECK(gmm.lower_bound() == Approx(bound).epsilon(1e-12));
    Vector<double> expected = Vector<double>::Zero(20);
    for (Index i = 0; i < 20; ++i) {
      for (std::size_t c = 0; c < 3; ++c)
        expected[i] +=
            naive.weights[static_cast<Index>(c)] * std::exp(naive_log_density(naive, c, x.row(i)));
      expected[i] = std::log(expected[i]);
    }
    CHECK(relative_error(gmm.score_samples(x.topRows(20)), expected) < 1e-10);
  }
}

TEST_CASE("A component that starts far from all samples comes as in the textbook", "[gmm]") {
  const Matrix<double> x = random_matrix<double>(50, 1, 2);
  GMMModel<double> start;
  start.weights = Vector<double>::Constant(2, 0.5);
  start.means = Matrix<double>(2, 1);
  start.means << 0, 12;
  start.covariances.assign(2, Matrix<double>::Identity(1, 1));
  for (const CovarianceType type : all_types) {
    GMMModel<double> naive = start;
    double bound = 0;
    for (int i = 0; i < 20; ++i) {
      const NaiveStep step = naive_step(x, naive, Vector<double>::Ones(50), 1e-6);
      naive = step.next, bound = step.bound;
      if (type != CovarianceType::tied) continue;
      const Matrix<double> pooled =
          naive.weights[0] * naive.covariances[0] + naive.weights[1] * naive.covariances[1];
      naive.covariances.assign(2, pooled);
    }
    const GMMOptions options{
        .n_components = 2, .covariance_type = type, .tolerance = 0, .max_iterations = 20};
    const auto gmm = GMM<double>(options).fit_from(x, start);
    const double error = parameter_error(gmm, GMM<double>(options, naive));
    INFO("type " << static_cast<int>(type) << ", error " << error << ", weights "
                 << gmm.weights().transpose() << ", textbook " << naive.weights.transpose());
    CHECK(error < 1e-9);
    CHECK((type == CovarianceType::tied || naive.weights[1] > 1e-3));
    CHECK(gmm.lower_bound() == Approx(bound).epsilon(1e-11));
    GMMOptions threads = options;
    threads.n_threads = 3;
    CHECK(GMM<double>(threads).fit_from(x, start).means() == gmm.means());
  }
}

TEMPLATE_TEST_CASE("One component is the mean and the covariance of the samples", "[gmm]", float,
                   double) {
  using S = TestType;
  const Matrix<S> x = random_matrix<S>(200, 3, 1) * S(2);
  const Matrix<double> data = x.template cast<double>();
  const Eigen::RowVectorXd mean = data.colwise().mean();
  const Matrix<double> centered = data.rowwise() - mean;
  Matrix<double> full = centered.transpose() * centered / 200;
  full.diagonal().array() += 1e-6;
  for (const CovarianceType type : all_types) {
    const auto gmm = GMM<S>({.covariance_type = type}).fit(x);
    Matrix<double> expected = full;
    if (type == CovarianceType::diag) expected = full.diagonal().asDiagonal();
    if (type == CovarianceType::spherical)
      expected = Matrix<double>::Identity(3, 3) * full.diagonal().mean();
    CHECK(relative_error(gmm.covariances()[0], expected) < tolerance<S>() / 10);
    CHECK(relative_error(gmm.means(), mean) < tolerance<S>() / 10);
    CHECK(gmm.weights()[0] == 1);
    CHECK(gmm.report().stop == Stop::converged);
    CHECK((gmm.labels().array() == 0).all());
  }
}

TEST_CASE("The lower bound never falls, and equals the score of the mixture before", "[gmm]") {
  const auto x = make_blobs<double>(400, 3, 5, 3, 3.0).samples;
  for (const CovarianceType type : all_types)
    for (const GMMInit init : {GMMInit::kmeans, GMMInit::random}) {
      std::vector<double> bounds;
      GMM<double> gmm({.n_components = 5,
                       .covariance_type = type,
                       .tolerance = 0,
                       .regularization = 0,
                       .max_iterations = 40,
                       .init = init,
                       .on_iteration = [&](const Iteration& iteration) {
                         bounds.push_back(iteration.objective);
                         return true;
                       }});
      gmm.fit(x);
      REQUIRE(bounds.size() == 40);
      for (std::size_t i = 1; i < bounds.size(); ++i) CHECK(bounds[i] >= bounds[i - 1] - 1e-12);
      CHECK(gmm.lower_bound() == bounds.back());
      const auto before = from(x, gmm.model(), type, 1, 0);
      CHECK(before.lower_bound() == Approx(gmm.score(x)).epsilon(1e-12));
    }
}

TEST_CASE("Integer weights count as copies", "[gmm]") {
  const Matrix<double> x = make_blobs<double>(60, 2, 3, 3, 2.0).samples;
  Vector<double> weights(60);
  Index n = 0;
  for (Index i = 0; i < 60; ++i) n += static_cast<Index>(weights[i] = static_cast<double>(i % 4));
  Matrix<double> copies(n, 2);
  for (Index i = 0, row = 0; i < 60; ++i)
    for (Index c = 0; c < i % 4; ++c) copies.row(row++) = x.row(i);
  for (const CovarianceType type : all_types) {
    const auto start = start_at<double>(x, x.topRows(3), type);
    GMM<double> weighted(
        {.n_components = 3, .covariance_type = type, .tolerance = 0, .max_iterations = 10});
    weighted.fit_from(x, start, weights);
    CHECK(parameter_error(weighted, from(copies, start, type, 10)) < 1e-10);
    GMM<double> larger(weighted.options());
    larger.fit_from(x, start, weights * 1e200);  // weights are relative
    CHECK(parameter_error(larger, weighted) < 1e-12);
  }
}

TEST_CASE("Weights of any size are relative", "[gmm]") {
  const Matrix<double> x = random_matrix<double>(40000, 1, 1);
  const auto plain = GMM<double>().fit(x);
  const auto tiny = GMM<double>().fit(x, Vector<double>::Constant(40000, 1e-312));
  CHECK(parameter_error(tiny, plain) < 1e-10);
}

TEST_CASE("Random starts draw samples by weight, without repeats", "[gmm]") {
  const Matrix<double> x = Vector<double>::LinSpaced(31, 1, 31);
  Vector<double> weights = Vector<double>::Ones(31);
  weights[12] = 10;
  const GMMOptions options{.n_components = 2, .init = GMMInit::random, .seed = 1};
  detail::Team team(1);
  const detail::MixtureData<double> data(team, detail::Samples<double>(View<Matrix<double>>(x)),
                                         weights, options.regularization);
  const detail::MixtureFit<double> fit(team, data, options);
  Index n_heavy = 0;
  for (Index restart = 0; restart < 2000; ++restart) {
    const RowMatrix<double> means = fit.start(x, restart).mixture.means;
    CHECK(means(0, 0) < means(1, 0));
    for (Index c = 0; c < 2; ++c)
      if (std::abs(means(c, 0) / data.frame.scale[0] + data.frame.shift[0] - 13) < 1e-9) ++n_heavy;
  }
  // 10 / 40 for the first draw, else 10 / 39 for the second; five standard deviations.
  CHECK(static_cast<double>(n_heavy) / 2000 == Approx(0.25 + 0.75 * 10 / 39).margin(0.056));
}

TEST_CASE("Random starts are at samples that weigh something", "[gmm]") {
  Matrix<double> x = random_matrix<double>(60, 2, 3);
  x.topRows(30).array() += 1e3;
  Vector<double> weights = Vector<double>::Ones(60);
  weights.head(30).setZero();
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
    GMM<double> gmm({.n_components = 3, .init = GMMInit::random, .seed = seed});
    gmm.fit(x, weights);
    CHECK(gmm.means().maxCoeff() < 10);
    const auto alone = GMM<double>(gmm.options()).fit(x.bottomRows(30));
    CHECK(parameter_error(gmm, alone) < 1e-9);
  }
}

TEST_CASE("Types agree where the data make them equal", "[gmm]") {
  // Mirror images along the axes: covariances are diagonal.
  Matrix<double> x(400, 2);
  Rng rng(4);
  for (Index i = 0; i < 400; i += 4) {
    const double a = 2 * rng.normal(), b = rng.normal();
    x.middleRows(i, 4) << a, b, -a, b, a, -b, -a, -b;
  }
  const auto full = GMM<double>({.covariance_type = CovarianceType::full}).fit(x);
  CHECK(parameter_error(GMM<double>({.covariance_type = CovarianceType::tied}).fit(x), full) <
        1e-12);
  CHECK(parameter_error(GMM<double>({.covariance_type = CovarianceType::diag}).fit(x), full) <
        1e-12);
}

TEMPLATE_TEST_CASE("Order of samples and features, offsets and units do not matter", "[gmm]", float,
                   double) {
  using S = TestType;
  const Matrix<S> x = make_blobs<S>(300, 3, 3, 3, 1.0).samples;
  const bool is_float = std::same_as<S, float>;
  for (const CovarianceType type : all_types) {
    const GMMOptions options{.n_components = 3, .covariance_type = type, .seed = 3};
    const auto plain = GMM<S>(options).fit(x);
    const Matrix<S> reversed = x.colwise().reverse(), turned = x.rowwise().reverse();
    CHECK(std::abs(GMM<S>(options).fit(reversed).score(reversed) - plain.score(x)) < 1e-3);
    const auto by_feature = GMM<S>(options).fit(turned);
    CHECK(by_feature.labels() == plain.labels());
    CHECK(std::abs(by_feature.score(turned) - plain.score(x)) < (is_float ? 1e-5 : 1e-9));
    // Float holds 7 digits: an offset of 1e3 leaves four of them to samples.
    const S offset = is_float ? S(1e3) : S(1e6);
    const Matrix<S> moved = x.array() + offset;
    const auto far = GMM<S>(options).fit(moved);
    CHECK(far.labels() == plain.labels());
    CHECK(std::abs(far.score(moved) - plain.score(x)) < (is_float ? 1e-3 : 1e-8));
    if (type == CovarianceType::spherical) continue;  // it compares features
    Matrix<S> scaled = x;
    scaled.col(0) *= S(1e-6), scaled.col(2) *= S(1e6);
    GMMOptions relative = options;
    relative.regularization = 0;
    GMMModel<S> start = start_at<S>(x, Matrix<S>(x.topRows(3)), type), unit = start;
    unit.means.col(0) *= S(1e-6), unit.means.col(2) *= S(1e6);
    for (Matrix<S>& c : unit.covariances) {
      const Eigen::DiagonalMatrix<S, 3> d(S(1e-6), S(1), S(1e6));
      c = Matrix<S>(d * c * d);
    }
    GMM<S> here(relative), there(relative);
    here.fit_from(x, start);
    there.fit_from(scaled, unit);
    CHECK(there.labels() == here.labels());
    CHECK(std::abs(there.lower_bound() - here.lower_bound()) < (is_float ? 1e-4 : 1e-9));
  }
}

TEST_CASE("Tight clusters far apart keep the digits of their covariances", "[gmm]") {
  const double apart = 1e6;
  Matrix<double> x = random_matrix<double>(400, 2, 8);
  const Matrix<double> near = x;
  for (Index i = 0; i < 400; ++i) x(i, 0) += i % 2 ? apart : 0;
  const Matrix<double> pooled = [&] {
    Matrix<double> sum = Matrix<double>::Zero(2, 2);
    for (Index half = 0; half < 2; ++half) {
      Matrix<double> part(200, 2);
      for (Index i = 0; i < 200; ++i) part.row(i) = near.row(2 * i + half);
      const Matrix<double> centered = part.rowwise() - part.colwise().mean();
      sum += centered.transpose() * centered / 400;
    }
    return sum;
  }();
  GMM<double> gmm({.n_components = 2,
                   .covariance_type = CovarianceType::tied,
                   .tolerance = 0,
                   .regularization = 0,
                   .max_iterations = 5});
  gmm.fit(x);
  CHECK(relative_error(gmm.covariances()[0], pooled) < 1e-8);
}

TEST_CASE("Singular clusters are finite thanks to the regularization", "[gmm]") {
  Matrix<double> same = Matrix<double>::Constant(40, 3, 0.1);
  Matrix<double> line(60, 3);
  for (Index i = 0; i < 60; ++i) line.row(i).setConstant(double(i) / 10);
  Matrix<double> places(60, 3);
  for (Index i = 0; i < 60; ++i) places.row(i).setConstant(double(i % 3));
  const Matrix<double> wide = random_matrix<double>(12, 30, 4);
  const Matrix<double> few = random_matrix<double>(5, 2, 6);
  for (const CovarianceType type : all_types)
    for (const GMMInit init : {GMMInit::kmeans, GMMInit::random})
      for (const Matrix<double>* const x :
           std::vector<const Matrix<double>*>{&same, &line, &places, &wide, &few}) {
        const Index k = x == &few ? 5 : 4;  // n = k
        GMM<double> gmm({.n_components = k, .covariance_type = type, .init = init});
        gmm.fit(*x);
        INFO("type " << static_cast<int>(type) << ", " << x->rows() << " x " << x->cols());
        CHECK(gmm.means().allFinite());
        CHECK(gmm.score_samples(*x).allFinite());
        CHECK(gmm.labels() == gmm.predict(*x));
        CHECK(gmm.weights().sum() == Approx(1));
        for (const auto& c : gmm.covariances()) CHECK(c.diagonal().minCoeff() >= 0.999e-6);
        CHECK_NOTHROW(GMM<double>(gmm.options(), gmm.model()));
      }
}

TEST_CASE("A covariance that is singular without regularization is reported by name", "[gmm]") {
  Matrix<double> x = random_matrix<double>(30, 2, 1);
  x.bottomRows(10).setConstant(100);
  for (const CovarianceType type :
       {CovarianceType::full, CovarianceType::diag, CovarianceType::spherical}) {
    GMM<double> gmm({.n_components = 2, .covariance_type = type});
    gmm.fit(x);
    const Labels before = gmm.labels();
    GMM<double> bare({.n_components = 2, .covariance_type = type, .regularization = 0});
    try {
      bare.fit(x);
      FAIL("accepted");
    } catch (const NumericalError& error) {
      CHECK_THAT(error.what(), ContainsSubstring("GMM: the covariance of component "));
      CHECK_THAT(error.what(), ContainsSubstring("raise regularization (now 0)"));
    }
    CHECK_FALSE(bare.is_fitted());
  }
}

TEST_CASE("Starts that collapse are left out unless all do", "[gmm]") {
  const Matrix<double> x = random_matrix<double>(40, 2, 5);
  GMMOptions options{.n_components = 5, .regularization = 0, .init = GMMInit::random};
  Index n_calls = 0, n_left_out = 0;
  bool continues = true;
  options.on_iteration = [&](const Iteration& iteration) {
    continues = continues && iteration.index == n_calls++;
    return true;
  };
  const auto fitted = [&](Index n_init) {
    options.n_init = n_init;
    n_calls = 0;
    GMM<double> gmm(options);
    try {
      gmm.fit(x);
    } catch (const NumericalError& error) {
      CHECK_THAT(error.what(), ContainsSubstring("is not positive definite"));
    }
    return gmm;
  };
  for (options.seed = 0; options.seed < 20; ++options.seed) {
    if (fitted(1).is_fitted()) continue;  // its first start does not collapse
    const auto gmm = fitted(8);
    CHECK(continues);
    if (!gmm.is_fitted()) continue;
    ++n_left_out;
    CHECK(gmm.report().n_iterations < n_calls);
    CHECK(gmm.labels() == gmm.predict(x));
  }
  INFO(n_left_out);
  CHECK(n_left_out > 0);
}

TEST_CASE("A component without samples keeps its place, without weight", "[gmm]") {
  const Matrix<double> x = random_matrix<double>(50, 2, 1);
  Matrix<double> means(2, 2);
  means << 0, 0, 1e9, 1e9;
  for (const CovarianceType type : all_types) {
    const auto gmm = from(x, start_at<double>(x, means, type), type, 3);
    CHECK(gmm.weights()[1] == 0);
    CHECK(gmm.means()(1, 0) == Approx(1e9));
    CHECK(gmm.lower_bound() == Approx(GMM<double>({.covariance_type = type}).fit(x).score(x)));
    CHECK((gmm.labels().array() == 0).all());
    CHECK_NOTHROW(GMM<double>(gmm.options(), gmm.model()).predict(x));
  }
}

TEMPLATE_TEST_CASE("A sample whose every density underflows has a log density", "[gmm]", float,
                   double) {
  using S = TestType;
  const Matrix<S> x = make_blobs<S>(100, 2, 2, 3, 1.0).samples;
  for (const CovarianceType type : all_types) {
    const auto gmm = GMM<S>({.n_components = 2, .covariance_type = type}).fit(x);
    for (const double far : {1e3, 1e10, 1e30, 1e200}) {
      if (far > 1e38 && std::same_as<S, float>) continue;
      const Matrix<S> outlier = Matrix<S>::Constant(1, 2, static_cast<S>(far));
      CHECK(gmm.score_samples(outlier).allFinite());
      CHECK(gmm.score_samples(outlier)[0] < -1e4);
      CHECK(gmm.predict_proba(outlier).sum() == Approx(1));
    }
    Matrix<S> with = x;
    with.row(7).setConstant(S(1e8));
    CHECK(GMM<S>({.n_components = 2, .covariance_type = type})
              .fit(with)
              .score_samples(with)
              .allFinite());
  }
}

TEMPLATE_TEST_CASE("Posteriors sum to 1 and name the label", "[gmm]", float, double) {
  using S = TestType;
  const Matrix<S> x = make_blobs<S>(333, 3, 6, 5, 4.0).samples;
  for (const CovarianceType type : all_types) {
    const auto gmm = GMM<S>({.n_components = 6, .covariance_type = type}).fit(x);
    const Matrix<S> p = gmm.predict_proba(x);
    CHECK((p.rowwise().sum().array() - S(1)).abs().maxCoeff() < S(1e-6));
    CHECK(p.minCoeff() >= 0);
    for (Index i = 0; i < x.rows(); ++i) {
      CHECK(p(i, gmm.labels()[i]) == p.row(i).maxCoeff());
      const Matrix<S> alone = x.row(i);  // whatever its place in a block
      CHECK(gmm.predict(alone)[0] == gmm.labels()[i]);
      CHECK(gmm.score_samples(alone)[0] == gmm.score_samples(x)[i]);
      if (i > 40) break;
    }
  }
}

TEST_CASE("Float data give the results of the same numbers in double", "[gmm]") {
  const Matrix<float> x = make_blobs<float>(500, 4, 4, 9, 2.0).samples;
  const Matrix<double> same = x.cast<double>();
  for (const CovarianceType type : all_types) {
    const GMMOptions options{.n_components = 4, .covariance_type = type, .seed = 2};
    const auto f = GMM<float>(options).fit(x);
    const auto d = GMM<double>(options).fit(same);
    CHECK(parameter_error(f, d) < 1e-5);
    CHECK(f.lower_bound() == Approx(d.lower_bound()).epsilon(1e-6));
    CHECK(f.labels() == d.labels());
  }
}

TEST_CASE("Samples drawn from a mixture give it back", "[gmm]") {
  GMMModel<double> truth;
  truth.weights = Vector<double>(2), truth.means = Matrix<double>(2, 2);
  truth.weights << 0.3, 0.7;
  truth.means << -3, 1, 4, 2;
  Matrix<double> a(2, 2), b(2, 2);
  a << 2, 0.9, 0.9, 1;
  b << 0.5, -0.2, -0.2, 3;
  truth.covariances = {a, b};
  const GMM<double> source({.n_components = 2}, truth);
  const auto drawn = source.sample(40000, 9);
  CHECK(drawn.samples == source.sample(40000, 9).samples);
  CHECK(drawn.samples != source.sample(40000, 10).samples);
  CHECK(static_cast<double>((drawn.labels.array() == 0).count()) / 40000 ==
        Approx(0.3).margin(0.01));
  const auto found =
      GMM<double>({.n_components = 2, .tolerance = 1e-8}).fit_from(drawn.samples, truth);
  CHECK(parameter_error(found, source) < 0.03);
  CHECK(source.sample(0, 1).samples.rows() == 0);
  for (const CovarianceType type : {CovarianceType::tied, CovarianceType::diag}) {
    GMM<double> other({.n_components = 2, .covariance_type = type});
    other.fit(drawn.samples);
    GMM<double> again(other.options());
    const auto redrawn = other.sample(40000, 3).samples;
    CHECK(parameter_error(again.fit_from(redrawn, other.model()), other) < 0.06);
  }
}

TEST_CASE("More starts are never worse, and starts are those of their streams", "[gmm]") {
  const auto x = make_blobs<double>(300, 2, 6, 1, 1.5).samples;
  for (const GMMInit init : {GMMInit::kmeans, GMMInit::random}) {
    double before = -1e300;
    for (const Index n_init : {1, 3, 8}) {
      const auto gmm =
          GMM<double>({.n_components = 6, .n_init = n_init, .init = init, .seed = 3}).fit(x);
      CHECK(gmm.lower_bound() >= before);
      before = gmm.lower_bound();
    }
  }
}

TEST_CASE("A callback ends all starts with the best of them", "[gmm]") {
  const auto x = make_blobs<double>(200, 2, 4, 1, 2.0).samples;
  for (const CovarianceType type : all_types)
    for (const Index limit : {1, 7, 12}) {
      std::vector<double> bounds;
      Index n_calls = 0;
      GMM<double> gmm({.n_components = 4,
                       .covariance_type = type,
                       .tolerance = 0,
                       .max_iterations = 5,
                       .n_init = 3,
                       .init = GMMInit::random,
                       .on_iteration = [&](const Iteration& iteration) {
                         CHECK(iteration.index == n_calls);
                         CHECK(iteration.total == 15);
                         bounds.push_back(iteration.objective);
                         return ++n_calls < limit;
                       }});
      gmm.fit(x);
      CHECK(n_calls == limit);
      CHECK(gmm.report().stop == Stop::callback);
      CHECK(gmm.labels() == gmm.predict(x));
      double best = bounds.back();  // of the last iteration of each start
      for (std::size_t i = 4; i < bounds.size(); i += 5) best = std::max(best, bounds[i]);
      CHECK(gmm.lower_bound() == best);
      CHECK(gmm.report().objective == best);
    }
}

TEST_CASE("A mixture of blobs finds them", "[gmm]") {
  const auto blobs = make_blobs<double>(600, 3, 4, 2, 0.5);
  for (const CovarianceType type : all_types) {
    const auto gmm =
        GaussianMixture<double>({.n_components = 4, .covariance_type = type, .n_init = 3})
            .fit(blobs.samples);
    for (Index i = 4; i < 600; ++i) CHECK(gmm.labels()[i] == gmm.labels()[i % 4]);
  }
}
