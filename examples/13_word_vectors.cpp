// SPDX-License-Identifier: MIT
// What words mean, from nothing but a text: Word2Vec learns a vector for each word of some books,
// its neighbours and analogies are listed, PCA draws the words as a map, and KMeans groups them.

#include <iostream>
#include <string>
#include <tuple>
#include <unlabeled/unlabeled.hpp>
#include <vector>

#include "support/data.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"

using namespace unlabeled;
using support::fixed;
using Words = std::vector<std::string>;

void show_neighbors(const Word2Vec<float>& model) {
  support::Table table({"word", "1st", "2nd", "3rd", "4th", "cosine of the 1st"});
  for (const std::string word :
       {"king", "bread", "mother", "jerusalem", "gold", "sword", "sheep"}) {
    const std::vector<Neighbor> near = model.most_similar(word, 4);
    table.add({word, near[0].word, near[1].word, near[2].word, near[3].word,
               fixed(near[0].similarity, 2)});
  }
  std::cout << "Words that occur in similar company\n\n" << table << '\n';
}

void show_analogies(const Word2Vec<float>& model) {
  support::Table table({"question", "answer", "then"});
  for (const auto& [a, b, c] : {std::tuple{"he", "she", "his"},
                                {"i", "my", "thou"},
                                {"man", "men", "woman"},
                                {"day", "days", "year"},
                                {"he", "himself", "they"},
                                {"eat", "bread", "drink"}}) {
    const auto answers = model.most_similar(Words{b, c}, Words{a}, 2);
    table.add(
        {std::string(a) + " is to " + b + " as " + c + " to", answers[0].word, answers[1].word});
  }
  std::cout << "Analogies: the words nearest to b - a + c\n\n" << table << '\n';
  const Words family = {"father", "brother", "bread", "daughter"};
  std::cout << "Not like the others among father, brother, bread, daughter: "
            << model.odd_one_out(family) << "\n\n";
}

/// The words on the plane that shows most of their differences, in the colour of their cluster.
void show_map(const Word2Vec<float>& model, const support::Pictures& pictures) {
  const Words words = {
      "father",   "mother",  "son",     "daughter", "brother", "sister",  "husband", "king",
      "queen",    "servant", "captain", "prophet",  "egypt",   "israel",  "judah",   "jerusalem",
      "samaria",  "bethel",  "bread",   "water",    "wine",    "fruit",   "gold",    "silver",
      "brass",    "stone",   "wood",    "sheep",    "oxen",    "camels",  "flocks",  "sword",
      "chariots", "spear",   "army",    "hand",     "eyes",    "face",    "head",    "feet",
      "day",      "night",   "month",   "sea",      "river",   "mountain"};
  Eigen::MatrixXf vectors = model.transform(words);
  vectors.rowwise().normalize();  // the cosine is what counts
  constexpr int n_clusters = 8;
  const auto clusters =
      KMeans<float>({.n_clusters = n_clusters, .n_init = 10, .seed = 1}).fit(vectors);
  const Eigen::MatrixXf map = PCA<float>({.n_components = 2}).fit_transform(vectors);

  support::Plot plot("Words of nine books on the first two principal components of their vectors",
                     "first component", "second component");
  std::vector<std::string> members(n_clusters);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto row = static_cast<Index>(i);
    const auto cluster = static_cast<std::size_t>(clusters.labels()(row));
    plot.word(words[i], map(row, 0), map(row, 1), cluster);
    members[cluster] += (members[cluster].empty() ? "" : " ") + words[i];
  }
  std::cout << "Groups of words that KMeans finds\n\n";
  for (const std::string& group : members) std::cout << "  " << group << '\n';
  std::cout << '\n';
  pictures.save("13_word_vectors", plot);
}

void run(const support::Arguments& arguments) {
  const auto path = support::example_data("king_james.txt");
  const auto model =
      Word2Vec<float>({.vector_size = 50, .subsample = 1e-3, .n_epochs = 12, .seed = 1})
          .fit_file(path);
  const Vocabulary& vocabulary = model.vocabulary();
  std::cout << "Read " << path.filename().string() << ": vectors of " << model.vectors().cols()
            << " numbers for " << vocabulary.size() << " words; the most frequent is \""
            << vocabulary.word(0) << "\", " << vocabulary.count(0) << " times.\n\n";
  show_neighbors(model);
  show_analogies(model);
  show_map(model, support::Pictures(arguments));
}

int main(int argc, char** argv) {
  return support::run_example(argc, argv, {"--pictures"},
                              "usage: 13_word_vectors [--pictures DIR]\n", run);
}
