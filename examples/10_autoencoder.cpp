// SPDX-License-Identifier: MIT
// What is left of a picture that has to pass through a few numbers: an autoencoder learns to write
// handwritten digits as short codes and to draw them again, beside PCA with codes of the same size.
// With --mnist FOLDER it takes the test pictures of MNIST instead of the small set.

#include <iostream>
#include <unlabeled/unlabeled.hpp>

#include "support/digits.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"

using namespace unlabeled;
using support::fixed;

double mean_squared(const RowMatrix<float>& a, const RowMatrix<float>& b) {
  return static_cast<double>((a - b).array().square().mean());
}

void run(const support::Arguments& arguments) {
  const support::Digits digits = support::read_digits(arguments);
  const Index n = digits.pixels.rows(), n_new = n / 10, n_code = 8;
  const RowMatrix<float> known = digits.pixels.topRows(n - n_new);
  const RowMatrix<float> unseen = digits.pixels.bottomRows(n_new);
  std::cout << known.rows() << " pictures to learn from, " << n_new << " new ones; codes of "
            << n_code << " numbers\n\n";

  const auto pca = PCA<float>({.n_components = n_code}).fit(known);
  const auto autoencoder = Autoencoder<float>({.encoder_sizes = {128, 64, n_code},
                                               .learning_rate = 2e-3,
                                               .batch_size = 64,
                                               .n_epochs = 60,
                                               .validation_fraction = 0.1,
                                               .schedule = LearningRateSchedule::cosine,
                                               .seed = 1,
                                               .n_threads = digits.n_threads,
                                               .on_iteration = progress_bar("learning")})
                               .fit(known);
  const RowMatrix<float> by_pca = pca.inverse_transform(pca.transform(unseen));
  const RowMatrix<float> by_network = autoencoder.reconstruct(unseen);
  support::Table table({"codes by", "mean squared error of new pictures"});
  table.add({"PCA", fixed(mean_squared(by_pca, unseen), 4)});
  table.add({"autoencoder", fixed(mean_squared(by_network, unseen), 4)});
  std::cout << table << '\n';

  // A row of pictures, then the same from each kind of code.
  constexpr Index shown = 12;
  RowMatrix<float> sheet(3 * shown, digits.pixels.cols());
  sheet << unseen.topRows(shown), by_network.topRows(shown), by_pca.topRows(shown);
  const Vector<double> epochs = Vector<double>::LinSpaced(
      autoencoder.loss_history().size(), 1, static_cast<double>(autoencoder.loss_history().size()));
  const support::Pictures pictures(arguments);
  pictures.save("10_autoencoder",
                {support::contact_sheet("Originals, from the autoencoder, from PCA", sheet,
                                        digits.side, shown),
                 support::Plot("How the loss fell", "epoch", "mean squared error")
                     .line("training", epochs, autoencoder.loss_history())
                     .line("validation", epochs, autoencoder.validation_history())});
}

int main(int argc, char** argv) {
  return support::run_example(argc, argv, {"--pictures", "--mnist"},
                              "usage: 10_autoencoder [--pictures DIR] [--mnist FOLDER]\n", run);
}
