// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>
#include <stdexcept>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/gmm.hpp"
#include "support/instances/kmeans.hpp"
#include "unlabeled/model_selection/n_clusters.hpp"

// How the searches use options.on_iteration; what they find is tested in n_clusters_test.cpp.

using namespace unlabeled;
using Catch::Matchers::Message;

TEST_CASE("on_iteration hears of all fits as of one long fit") {
  const auto blobs = make_blobs<double>(100, 2, 3, 6, 2.0);
  std::vector<Iteration> heard;
  KMeansOptions options{.n_init = 2, .max_iterations = 20, .seed = 1};
  options.on_iteration = [&](const Iteration& iteration) {
    heard.push_back(iteration);
    return true;
  };
  const auto search = gap_statistic(blobs.samples, 1, 3, options, 4);
  CHECK(search.stop == Stop::converged);
  REQUIRE(heard.size() > 15);
  for (std::size_t i = 0; i < heard.size(); ++i) {
    CHECK(heard[i].total == 3 * 5 * 2 * 20);
    CHECK(heard[i].index < heard[i].total);
    if (i > 0) CHECK(heard[i].index > heard[i - 1].index);
  }
  CHECK(heard.front().index == 0);
  CHECK(heard.back().index >= 14 * 40);  // in the last of 15 fits of at most 40 iterations

  // Listening changes nothing, and the best keeps the callback it was given.
  options.on_iteration = {};
  const auto silent = gap_statistic(blobs.samples, 1, 3, options, 4);
  CHECK(silent.scores == search.scores);
  CHECK(silent.best.labels() == search.best.labels());
  CHECK_FALSE(silent.best.options().on_iteration);
  const std::size_t n_heard = heard.size();
  CHECK(search.best.options().on_iteration(Iteration{}));
  CHECK(heard.size() == n_heard + 1);
}

TEST_CASE("iterations are numbered within their total however many are allowed") {
  const auto blobs = make_blobs<double>(60, 2, 3, 6, 2.0);
  constexpr Index most = std::numeric_limits<Index>::max();
  for (const Index max_iterations : {most, most / 2, most / 6}) {
    KMeansOptions options{.n_init = 2, .max_iterations = max_iterations, .seed = 1};
    bool within = true;
    Index total = 0;
    options.on_iteration = [&](const Iteration& iteration) {
      total = iteration.total;
      within = within && iteration.index >= 0 && iteration.index < total;
      return true;
    };
    CHECK(elbow(blobs.samples, 1, 3, options).stop == Stop::converged);
    INFO("max_iterations = " << max_iterations);
    CHECK(within);
    CHECK(total >= most - 6);
  }
}

TEST_CASE("a callback ends a search with the candidates that are complete") {
  const auto blobs = make_blobs<double>(100, 2, 4, 6, 2.0);
  const KMeansOptions options{.max_iterations = 50, .seed = 1};
  const auto whole_elbow = elbow(blobs.samples, 2, 8, options);
  const auto whole_gap = gap_statistic(blobs.samples, 2, 8, options, 3);
  KMeansOptions stopping = options;
  Index calls_after_stop = 0, limit = 0;
  bool stopped = false;
  stopping.on_iteration = [&](const Iteration& iteration) {
    calls_after_stop += stopped ? 1 : 0;
    stopped = iteration.index >= limit;
    return !stopped;
  };
  auto is_beginning = [](const auto& part, const auto& whole) {
    return part.size() < whole.size() && std::equal(part.begin(), part.end(), whole.begin());
  };

  limit = 3 * 50;  // the fit with k = 5
  const auto search = elbow(blobs.samples, 2, 8, stopping);
  CHECK(search.stop == Stop::callback);
  CHECK(search.candidates == std::vector<Index>{2, 3, 4});
  CHECK(is_beginning(search.scores, whole_elbow.scores));
  CHECK(search.best.is_fitted());

  stopped = false, limit = (2 * 4 + 2) * 50;  // the second reference of k = 4
  const auto gap = gap_statistic(blobs.samples, 2, 8, stopping, 3);
  CHECK(gap.stop == Stop::callback);
  CHECK(gap.candidates == std::vector<Index>{2, 3});
  CHECK(is_beginning(gap.scores, whole_gap.scores));

  stopped = false, limit = 50;
  CHECK(silhouette_search(blobs.samples, 2, 8, stopping).candidates == std::vector<Index>{2});
  CHECK(calls_after_stop == 0);
}

TEST_CASE("a search stopped in its first fit still gives a valid result") {
  const auto blobs = make_blobs<double>(100, 2, 4, 6, 3.0);
  KMeansOptions options{.n_clusters = 1, .max_iterations = 50, .seed = 1};
  options.on_iteration = [](const Iteration&) { return false; };
  for (const auto& search :
       {elbow(blobs.samples, 4, 8, options), silhouette_search(blobs.samples, 4, 8, options),
        gap_statistic(blobs.samples, 4, 8, options, 3)}) {
    CHECK(search.stop == Stop::callback);
    CHECK(search.candidates == std::vector<Index>{4});
    REQUIRE(search.scores.size() == 1);
    CHECK(detail::is_finite(search.scores[0]));
    CHECK(search.best_n_clusters == 4);
    CHECK(search.best.report().stop == Stop::callback);
    CHECK(search.best.predict(blobs.samples) == search.best.labels());
  }
}

TEST_CASE("an exception of the callback reaches the caller") {
  KMeansOptions options;
  options.on_iteration = [](const Iteration&) -> bool { throw std::runtime_error("enough"); };
  CHECK_THROWS_MATCHES(elbow(random_matrix<double>(20, 2, 1), 1, 3, options), std::runtime_error,
                       Message("enough"));
}
