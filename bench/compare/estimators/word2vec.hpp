// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "../tasks.hpp"
#include "unlabeled/text/word2vec.hpp"

namespace compare {

/// Spearman's correlation on pairs of words, or the accuracy on a file of analogies (it begins with
/// a section).
template <Real S> double word2vec_figure(const Word2Vec<S>& model, const std::string& path) {
  return std::ifstream(path).peek() == ':' ? model.evaluate_analogies(path).accuracy
                                           : model.evaluate_word_pairs(path).spearman;
}

/// The figures of all files, under their names, and 1 - their mean.
template <Real S>
void add_word2vec_figures(const Word2Vec<S>& model, const std::string& paths, Reply& reply) {
  std::istringstream list(paths);
  double sum = 0;
  Index n_files = 0;
  for (std::string path; std::getline(list, path, ','); ++n_files) {
    const double figure = word2vec_figure(model, path);
    sum += figure;
    reply.emplace_back(std::filesystem::path(path).stem().string(), figure);
  }
  reply.emplace_back("error", 1 - sum / static_cast<double>(n_files));
}

template <Real S> Reply run_word2vec(const Request& request) {
  Word2Vec<S> model({.n_epochs = request.number("epochs"),
                     .deterministic = request.number("deterministic") != 0,
                     .seed = static_cast<std::uint64_t>(request.number("seed")),
                     .n_threads = request.n_threads()});
  const double time = seconds([&] { model.fit_file(request.text("text")); });
  Reply reply = {{"seconds", time}};
  add_word2vec_figures(model, request.text("pairs"), reply);
  return reply;
}

template <Real S> Tasks word2vec_tasks() { return {{"word2vec", run_word2vec<S>}}; }

}  // namespace compare
