// SPDX-License-Identifier: MIT
#pragma once

#include "fuzz/targets.hpp"
#include "unlabeled/io/model_file.hpp"

namespace unlabeled {
inline namespace testing {

using FuzzedPipeline = Pipeline<StandardScaler<double>, PCA<double>, KMeans<double>>;

/// A model that was loaded must also be safe to use.
template <class E, class Use> void read_model(std::string_view text, Use&& use) {
  std::istringstream stream{std::string(text)};
  try {
    detail::ByteSource source(stream, "input");
    const E estimator = detail::load_model<E>(source);
    const Matrix<typename E::Scalar> samples =
        Matrix<typename E::Scalar>::Ones(2, estimator.n_features());
    use(estimator, samples);
  } catch (const FileError&) {
  }
}

template <Real S> void read_models(std::string_view text) {
  read_model<StandardScaler<S>>(text, [](const auto& scaler, const auto& samples) {
    expect(scaler.transform(samples).cols() == samples.cols(), "a column per feature");
  });
  read_model<PCA<S>>(text, [](const auto& pca, const auto& samples) {
    expect(pca.transform(samples).cols() == pca.n_components(), "a column per component");
  });
  read_model<KMeans<S>>(text, [](const auto& kmeans, const auto& samples) {
    expect(kmeans.predict(samples).size() == 2, "a label per sample");
  });
  read_model<IsolationForest<S>>(text, [](const auto& forest, const auto& samples) {
    expect(forest.predict(samples).size() == 2, "a label per sample");
  });
  read_model<GMM<S>>(text, [](const auto& gmm, const auto& samples) {
    expect(gmm.predict(samples).size() == 2, "a label per sample");
  });
}

inline void fuzz_model_file(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(data, size);
  read_models<double>(text);
  read_models<float>(text);
  read_model<FuzzedPipeline>(text, [](const auto& pipeline, const auto& samples) {
    expect(pipeline.predict(samples).size() == 2, "a label per sample");
  });
}

}  // namespace testing
}  // namespace unlabeled
