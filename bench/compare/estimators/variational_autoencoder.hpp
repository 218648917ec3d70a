// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "../tasks.hpp"
#include "unlabeled/neural/variational_autoencoder.hpp"

namespace compare {

/// The evidence lower bound of unseen samples, in nats, after "epochs" epochs on others.
template <Real S> Reply run_variational_elbo(const Request& request) {
  VariationalAutoencoder<S> model({.encoder_sizes = {400, 20},
                                   .loss = Loss::binary_cross_entropy,
                                   .n_epochs = request.number("epochs"),
                                   .schedule = LearningRateSchedule::cosine,
                                   .seed = static_cast<std::uint64_t>(request.number("seed")),
                                   .n_threads = request.n_threads()});
  const double time = seconds([&] { model.fit(array<S>(request.text("x"))); });
  return {{"seconds", time},
          {"training", -model.report().objective},
          {"elbo", model.elbo(array<S>(request.text("unseen")))}};
}

template <Real S> Tasks variational_autoencoder_tasks() {
  return {{"variational_elbo", run_variational_elbo<S>}};
}

}  // namespace compare
