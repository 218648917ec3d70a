// SPDX-License-Identifier: MIT
#include "unlabeled/model_selection/information_criterion.hpp"
#include "support/instances/gmm.hpp"
#include "support/instances/kmeans.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

TEMPLATE_TEST_CASE("the information criterion finds the number of components", "", float, double) {
  for (const Index k : {1, 3, 5}) {
    const auto x = make_blobs<TestType>(80 * k, 3, k, 11, 0.6).samples;
    const auto search = information_criterion_search(x, 1, 7, {.n_init = 3, .seed = 2});
    CHECK(search.best_n_clusters == k);
    CHECK(search.candidates == std::vector<Index>{1, 2, 3, 4, 5, 6, 7});
    CHECK(search.stop == Stop::converged);
  }
}

TEST_CASE("the search tells the shape of the covariances") {
  Rng rng(5);
  Matrix<double> x(600, 2);  // two long clusters, turned against each other
  for (Index i = 0; i < 600; ++i) {
    const double a = 3 * rng.normal(), b = 0.2 * rng.normal();
    x.row(i) << (i % 2 ? a + b : 8 + a - b), (i % 2 ? a - b : b - a);
  }
  const InformationCriterionOptions all{
      .covariance_types = {CovarianceType::spherical, CovarianceType::diag, CovarianceType::tied,
                           CovarianceType::full}};
  const auto turned = information_criterion_search(x, 1, 4, {.n_init = 3, .seed = 1}, all);
  CHECK(turned.best_n_clusters == 2);
  CHECK(turned.best_covariance_type == CovarianceType::full);
  CHECK(turned.best.options().covariance_type == CovarianceType::full);
  CHECK(turned.scores == turned.scores_by_type[3]);
  const auto round = make_blobs<double>(300, 3, 3, 4, 1.0).samples;
  const auto same = information_criterion_search(round, 1, 4, {.n_init = 3, .seed = 1}, all);
  CHECK(same.best_n_clusters == 3);
  CHECK(same.best_covariance_type == CovarianceType::spherical);
}

TEST_CASE("the curve is the criterion of the fits, and the best is one of them") {
  const auto x = make_blobs<double>(150, 2, 3, 4, 2.0).samples;
  for (const auto criterion : {InformationCriterion::bic, InformationCriterion::aic}) {
    const auto search =
        information_criterion_search(x, 2, 5, {.seed = 8}, {.criterion = criterion});
    REQUIRE(search.scores.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
      const auto gmm = GMM<double>({.n_components = search.candidates[i], .seed = 8}).fit(x);
      CHECK(search.scores[i] == (criterion == InformationCriterion::bic ? gmm.bic(x) : gmm.aic(x)));
      if (search.candidates[i] != search.best_n_clusters) continue;
      CHECK(search.best.labels() == gmm.labels());
      CHECK(search.best.means() == gmm.means());
    }
    CHECK(*std::min_element(search.scores.begin(), search.scores.end()) ==
          search.scores[static_cast<std::size_t>(search.best_n_clusters - 2)]);
  }
}

TEST_CASE("a callback ends the search over mixtures with the fits that are complete") {
  const auto x = make_blobs<double>(120, 2, 3, 4, 2.0).samples;
  const InformationCriterionOptions both{
      .covariance_types = {CovarianceType::full, CovarianceType::diag}};
  GMMOptions options{.max_iterations = 50, .seed = 1};
  const auto whole = information_criterion_search(x, 1, 4, options, both);
  Index limit = 0, last = -1, total = 2 * 4 * 50, calls_after_stop = 0;
  bool stopped = false;
  options.on_iteration = [&](const Iteration& iteration) {
    CHECK(iteration.total == total);
    CHECK(iteration.index > last);
    last = iteration.index;
    calls_after_stop += stopped ? 1 : 0;
    stopped = iteration.index >= limit;
    return !stopped;
  };
  limit = 5 * 50;  // the second fit of the second type
  const auto cut = information_criterion_search(x, 1, 4, options, both);
  CHECK(cut.stop == Stop::callback);
  REQUIRE(cut.scores_by_type.size() == 2);
  CHECK(cut.scores_by_type[0] == whole.scores_by_type[0]);
  CHECK(cut.scores_by_type[1].size() == 1);
  CHECK(cut.best.is_fitted());
  limit = 0, last = -1, total = 3 * 50, stopped = false;
  const auto first = information_criterion_search(x, 2, 4, options);
  CHECK(first.candidates == std::vector<Index>{2});
  CHECK(first.best.report().stop == Stop::callback);
  CHECK(first.best.labels() == first.best.predict(x));
  CHECK(calls_after_stop == 0);
}

TEST_CASE("a stopped search keeps the candidates of its longest curve") {
  const auto x = make_blobs<double>(300, 3, 3, 4, 1.0).samples;
  GMMOptions options{.max_iterations = 50, .seed = 1};
  options.on_iteration = [](const Iteration& iteration) { return iteration.index < 4 * 50; };
  const auto cut = information_criterion_search(
      x, 3, 5, options, {.covariance_types = {CovarianceType::full, CovarianceType::spherical}});
  CHECK(cut.stop == Stop::callback);
  CHECK(cut.best_covariance_type == CovarianceType::spherical);
  CHECK(cut.scores.size() == 1);
  CHECK(cut.scores_by_type[0].size() == 3);
  CHECK(cut.candidates == std::vector<Index>{3, 4, 5});
}

TEST_CASE("the search over mixtures gives the same bits for every number of threads") {
  const auto x = make_blobs<double>(500, 4, 4, 6, 3.0).samples;
  const auto one = information_criterion_search(x, 1, 4, {.seed = 3, .n_threads = 1});
  const auto many = information_criterion_search(x, 1, 4, {.seed = 3, .n_threads = 3});
  CHECK(one.scores == many.scores);
  CHECK(one.best.means() == many.best.means());
}

TEST_CASE("the search over mixtures refuses what it cannot do, in clear words") {
  const Matrix<double> x = random_matrix<double>(5, 2, 1);
  const auto refused = [](auto&& search, const std::string& words) {
    CHECK_THROWS_MATCHES(search(), std::invalid_argument, Message(words));
  };
  refused([&] { return information_criterion_search(x, 0, 3); },
          "information_criterion_search: k_min must be >= 1, got 0");
  refused([&] { return information_criterion_search(x, 1, 6); },
          "information_criterion_search: k_max must be <= n_samples = 5, got 6");
  refused([&] { return information_criterion_search(x, 1, 2, {.n_init = 0}); },
          "GMM: n_init must be >= 1, got 0");
  refused(
      [&] {
        return information_criterion_search(x, 1, 2, {}, {.criterion = InformationCriterion{5}});
      },
      "information_criterion_search: criterion must be a member of InformationCriterion, got 5");
  Index n_iterations = 0;
  const GMMOptions counting{.on_iteration = [&](const Iteration&) { return ++n_iterations > 0; }};
  refused(
      [&] {
        return information_criterion_search(
            x, 1, 2, counting, {.covariance_types = {CovarianceType::full, CovarianceType{9}}});
      },
      "information_criterion_search: covariance_types must be members of CovarianceType, got 9");
  CHECK(n_iterations == 0);
}
