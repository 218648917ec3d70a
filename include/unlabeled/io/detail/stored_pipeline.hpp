// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <tuple>
#include <utility>

#include "unlabeled/io/detail/stored_model.hpp"
#include "unlabeled/pipeline.hpp"

// A pipeline is a list of its steps' options, and their tensors under "0.", "1.", …

namespace unlabeled::detail {

template <class... Steps> struct StoredForm<Pipeline<Steps...>> {
  using Numbers = std::index_sequence_for<Steps...>;

  static std::string kind() {
    std::string kinds;
    ((kinds += (kinds.empty() ? "" : ", ") + StoredForm<Steps>::kind()), ...);
    return "Pipeline(" + kinds + ")";
  }

  static Json write(TensorWriter& tensors, const Pipeline<Steps...>& pipeline) {
    return write(tensors, pipeline, Numbers());
  }

  static Pipeline<Steps...> read(TensorReader& tensors, const Json& json) {
    if (!json.is_array() || json.size() != sizeof...(Steps))
      tensors.source().refuse("expected the options of " + kind() + " as a list, one per step");
    return read(tensors, json, Numbers());
  }

 private:
  template <std::size_t... I>
  static Json write(TensorWriter& tensors, const Pipeline<Steps...>& pipeline,
                    std::index_sequence<I...>) {
    static_cast<void>(pipeline.n_features());  // NotFitted in the name of the pipeline
    Json options = Json::array();
    (options.push_back(write_step<I>(tensors, pipeline)), ...);
    return options;
  }
  template <std::size_t I>
  static Json write_step(const TensorWriter& tensors, const Pipeline<Steps...>& pipeline) {
    TensorWriter inside = tensors.inside(std::to_string(I));
    const auto& step = pipeline.template step<I>();
    return StoredForm<std::remove_cvref_t<decltype(step)>>::write(inside, step);
  }

  template <std::size_t... I>
  static Pipeline<Steps...> read(TensorReader& tensors, const Json& json,
                                 std::index_sequence<I...>) {
    // Braces, because they are evaluated from left to right.
    std::tuple<Steps...> steps{read_step<Steps>(tensors, json[I], I)...};
    (check_step<I>(tensors.source(), steps), ...);
    return Pipeline<Steps...>(std::get<I>(std::move(steps))...);
  }
  template <class Step>
  static Step read_step(const TensorReader& tensors, const Json& json, std::size_t number) {
    TensorReader inside = tensors.inside(std::to_string(number));
    return StoredForm<Step>::read(inside, json);
  }

  /// Every step must take what the step before it makes.
  template <std::size_t I>
  static void check_step(const ByteSource& source, const std::tuple<Steps...>& steps) {
    if constexpr (I > 0) {
      using S = typename Pipeline<Steps...>::Scalar;
      const auto& before = std::get<I - 1>(steps);
      const Index made = before.transform(Matrix<S>(0, before.n_features())).cols();
      const Index due = std::get<I>(steps).n_features();
      if (made != due)
        source.refuse("expected step " + std::to_string(I) + " of " + kind() + " to take the " +
                      std::to_string(made) + " features that the step before makes, got " +
                      std::to_string(due));
    }
  }
};

}  // namespace unlabeled::detail
