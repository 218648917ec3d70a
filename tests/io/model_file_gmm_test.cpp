// SPDX-License-Identifier: MIT
#include <utility>

#include "io/files.hpp"
#include "io/unchecked.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/all.hpp"
#include "unlabeled/io/model_file.hpp"

using namespace unlabeled;
using Catch::Matchers::EndsWith;

TEMPLATE_TEST_CASE("a loaded GMM gives the same bits, alone and in a pipeline", "", float, double) {
  using S = TestType;
  const Matrix<S> x = make_blobs<S>(90, 3, 3, 1).samples;
  for (const auto type : {CovarianceType::full, CovarianceType::tied, CovarianceType::diag,
                          CovarianceType::spherical}) {
    GMM<S> gmm({.n_components = 3,
                .covariance_type = type,
                .tolerance = 1e-4,
                .regularization = 1e-5,
                .max_iterations = 50,
                .n_init = 2,
                .init = GMMInit::random,
                .seed = 11,
                .n_threads = 1});
    gmm.fit(x);
    const TemporaryFolder folder;
    save(folder / "x", gmm);
    const auto again = load<GMM<S>>(folder / "x");
    CHECK(again.predict_proba(x) == gmm.predict_proba(x));
    CHECK(again.score_samples(x) == gmm.score_samples(x));
    CHECK(again.labels() == gmm.labels());
    CHECK(again.weights() == gmm.weights());
    CHECK(again.means() == gmm.means());
    for (std::size_t k = 0; k < 3; ++k) CHECK(again.covariances()[k] == gmm.covariances()[k]);
    CHECK(again.lower_bound() == gmm.lower_bound());
    CHECK(again.report().n_iterations == gmm.report().n_iterations);
    CHECK(again.options().n_components == 3);
    CHECK(again.options().covariance_type == type);
    CHECK(again.options().tolerance == 1e-4);
    CHECK(again.options().regularization == 1e-5);
    CHECK(again.options().max_iterations == 50);
    CHECK(again.options().n_init == 2);
    CHECK(again.options().init == GMMInit::random);
    CHECK(again.options().seed == 11);
    CHECK(again.options().n_threads == 1);
  }
  using Steps = Pipeline<StandardScaler<S>, GMM<S>>;
  Steps pipeline(StandardScaler<S>(), GMM<S>({.n_components = 3}));
  pipeline.fit(x);
  const TemporaryFolder folder;
  save(folder / "x", pipeline);
  const auto again = load<Steps>(folder / "x");
  CHECK(again.predict(x) == pipeline.predict(x));
  CHECK(again.labels() == pipeline.labels());
}

TEST_CASE("a GMM whose parts contradict each other is refused") {
  const auto gmm = GMM<double>({.n_components = 2}).fit(random_matrix<double>(30, 3, 1));
  const auto refusal = [&](auto&& change) {
    GMMModel<double> model = gmm.model();
    change(model);
    const TemporaryFolder folder;
    detail::save_model(folder / "x", Unchecked<GMM<double>>{gmm.options(), std::move(model)});
    return file_error([&] { load<GMM<double>>(folder / "x"); });
  };
  CHECK(refusal([](auto&) {}) == "no FileError");
  CHECK_THAT(refusal([](auto& model) { model.weights *= 2; }),
             EndsWith("GMM: model.weights must be >= 0 with sum 1, got sum 2"));
  CHECK_THAT(refusal([](auto& model) { model.covariances.pop_back(); }),
             EndsWith("GMM: model.covariances must be n_components = 2 matrices, got 1"));
  CHECK_THAT(refusal([](auto& model) { model.covariances[1] *= 2; }),
             EndsWith("must be the inverse Cholesky factors of model.covariances"));
}
