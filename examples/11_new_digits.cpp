// SPDX-License-Identifier: MIT
// Handwriting that nobody wrote: a variational autoencoder learns how pictures of digits are
// distributed, and draws new ones from random numbers.
// With --mnist FOLDER it takes the test pictures of MNIST instead of the small set.

#include <iostream>
#include <unlabeled/unlabeled.hpp>

#include "support/digits.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"

using namespace unlabeled;
using support::fixed;

void run(const support::Arguments& arguments) {
  const support::Digits digits = support::read_digits(arguments);
  const Index n = digits.pixels.rows(), n_new = n / 10;
  const RowMatrix<float> known = digits.pixels.topRows(n - n_new);
  const auto network = VariationalAutoencoder<float>({.encoder_sizes = {128, 10},
                                                      .loss = Loss::binary_cross_entropy,
                                                      .learning_rate = 2e-3,
                                                      .batch_size = 64,
                                                      .n_epochs = 60,
                                                      .schedule = LearningRateSchedule::cosine,
                                                      .seed = 1,
                                                      .n_threads = digits.n_threads,
                                                      .on_iteration = progress_bar("learning")})
                           .fit(known);
  support::Table table({"pictures", "evidence lower bound, nats each"});
  table.add({"learned from", fixed(network.elbo(known), 2)});
  table.add({"new", fixed(network.elbo(digits.pixels.bottomRows(n_new)), 2)});
  std::cout << table << '\n';

  const support::Pictures pictures(arguments);
  pictures.save("11_new_digits",
                {support::contact_sheet("Written by people", known.topRows(80), digits.side, 10),
                 support::contact_sheet("Drawn from random numbers", network.sample(80, 7),
                                        digits.side, 10)});
}

int main(int argc, char** argv) {
  return support::run_example(argc, argv, {"--pictures", "--mnist"},
                              "usage: 11_new_digits [--pictures DIR] [--mnist FOLDER]\n", run);
}
