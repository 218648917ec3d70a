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

TEMPLATE_TEST_CASE("a loaded PCA gives the same bits", "", float, double) {
  using S = TestType;
  const Matrix<S> x = random_matrix<S>(60, 5, 1);
  PCA<S> pca({.n_components = 3,
              .min_explained_variance = 0.9,
              .whiten = true,
              .solver = PCASolver::svd,
              .n_oversamples = 4,
              .n_power_iterations = 2,
              .seed = 11,
              .n_threads = 1});
  pca.fit(x);
  const TemporaryFolder folder;
  save(folder / "x", pca);
  PCA<S> again = load<PCA<S>>(folder / "x");
  CHECK(again.transform(x) == pca.transform(x));
  CHECK(again.inverse_transform(pca.transform(x)) == pca.inverse_transform(pca.transform(x)));
  CHECK(again.score_samples(x) == pca.score_samples(x));
  CHECK(again.components() == pca.components());
  CHECK(again.explained_variance() == pca.explained_variance());
  CHECK(again.explained_variance_ratio() == pca.explained_variance_ratio());
  CHECK(again.singular_values() == pca.singular_values());
  CHECK(again.noise_variance() == pca.noise_variance());
  const Matrix<S> more = random_matrix<S>(20, 5, 2);
  CHECK(again.partial_fit(more).components() == pca.partial_fit(more).components());
  CHECK(again.options().n_components == 3);
  CHECK(again.options().min_explained_variance == 0.9);
  CHECK(again.options().whiten);
  CHECK(again.options().solver == PCASolver::svd);
  CHECK(again.options().n_oversamples == 4);
  CHECK(again.options().n_power_iterations == 2);
  CHECK(again.options().seed == 11);
  CHECK(again.options().n_threads == 1);
}

TEST_CASE("a PCA of constant data can be loaded") {
  const Matrix<double> x = Matrix<double>::Constant(10, 3, 4.0);
  PCA<double> pca;
  pca.fit(x);
  const TemporaryFolder folder;
  save(folder / "x", pca);
  CHECK(load<PCA<double>>(folder / "x").transform(x) == pca.transform(x));
}

TEST_CASE("a PCA whose parts contradict each other is refused") {
  const auto pca = PCA<double>().fit(random_matrix<double>(9, 3, 1));
  auto refusal = [&](auto&& change) {
    PCAModel<double> model = pca.model();
    change(model);
    const TemporaryFolder folder;
    detail::save_model(folder / "x", Unchecked<PCA<double>>{pca.options(), std::move(model)});
    return file_error([&] { load<PCA<double>>(folder / "x"); });
  };
  CHECK_THAT(refusal([](auto& model) {
               model.components.transposeInPlace();
               model.components.conservativeResize(3, 2);
               model.mean.conservativeResize(2);
               model.exact_mean.conservativeResize(2);
             }),
             EndsWith("model.components must have from 1 to n_features rows"));
  CHECK_THAT(refusal([](auto& model) { model.components.setConstant(7); }),
             EndsWith("expected a valid model: PCA: model.components must have orthonormal rows"));
  CHECK_THAT(refusal([](auto& model) { model.explained_variance.reverseInPlace(); }),
             EndsWith("model.explained_variance must be n_components values >= 0, largest first"));
}
