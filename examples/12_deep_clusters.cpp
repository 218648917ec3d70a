// SPDX-License-Identifier: MIT
// Ten kinds of pictures without being told that they are digits: KMeans on the pixels, KMeans on the
// code of an autoencoder, and deep clustering that goes on from there. The pictures show the
// embedding before and after, coloured by cluster.
// With --mnist FOLDER it takes the test pictures of MNIST instead of the small set.

#include <iostream>
#include <string>
#include <unlabeled/unlabeled.hpp>

#include "support/digits.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"

using namespace unlabeled;
using support::fixed, support::percent, support::where;

/// The two directions of largest variance of an embedding, coloured by cluster.
support::Plot map_of(const std::string& title, const Matrix<float>& embedding,
                     const Labels& clusters, int n_clusters) {
  const Matrix<float> plane = PCA<float>({.n_components = 2}).fit_transform(embedding);
  support::Plot plot(title, "first principal component", "second");
  for (int cluster = 0; cluster < n_clusters; ++cluster)
    plot.points("cluster " + std::to_string(cluster), where(plane.col(0), clusters, cluster),
                where(plane.col(1), clusters, cluster));
  return plot;
}

void run(const support::Arguments& arguments) {
  const support::Digits digits = support::read_digits(arguments);
  constexpr int n_clusters = 10;
  const KMeansOptions kmeans{.n_clusters = n_clusters, .n_init = 20, .seed = 1};
  support::Table table({"clusters of", "accuracy", "normalized mutual information"});
  const auto add = [&](const char* name, const Labels& clusters) {
    table.add({name, percent(clustering_accuracy(digits.digits, clusters)),
               fixed(normalized_mutual_info_score(digits.digits, clusters), 3)});
  };
  add("pixels, KMeans", KMeans<float>(kmeans).fit(digits.pixels).labels());

  const RowMatrix<float> x = 2 * digits.pixels;  // mean square near 1
  const auto autoencoder = Autoencoder<float>({.encoder_sizes = {128, 64, 10},
                                               .batch_size = 64,
                                               .n_epochs = 200,
                                               .seed = 1,
                                               .n_threads = digits.n_threads,
                                               .on_iteration = progress_bar("pretraining")})
                               .fit(x);
  const Matrix<float> before = autoencoder.transform(x);
  const Labels start = KMeans<float>(kmeans).fit(before).labels();
  add("the code, KMeans", start);

  const auto deep = DeepCluster<float>({.n_clusters = n_clusters,
                                        .seed = 1,
                                        .n_threads = digits.n_threads,
                                        .on_iteration = progress_bar("clustering")})
                        .fit_from(x, autoencoder);
  add("the embedding, DeepCluster", deep.labels());
  std::cout << table << '\n';

  const support::Pictures pictures(arguments);
  pictures.save("12_deep_clusters",
                {map_of("The code of the autoencoder", before, start, n_clusters),
                 map_of("After deep clustering", deep.transform(x), deep.labels(), n_clusters)});
}

int main(int argc, char** argv) {
  return support::run_example(argc, argv, {"--pictures", "--mnist"},
                              "usage: 12_deep_clusters [--pictures DIR] [--mnist FOLDER]\n", run);
}
