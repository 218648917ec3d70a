// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/stored_model.hpp"
#include "unlabeled/text/phrases.hpp"

namespace unlabeled::detail {

/// As a list of bytes: they need not be UTF-8, as texts in JSON must.
void visit_delimiter(auto& visit, auto& delimiter) {
  std::vector<std::uint8_t> bytes(delimiter.begin(), delimiter.end());
  visit("delimiter", bytes);
  if constexpr (!std::is_const_v<std::remove_reference_t<decltype(delimiter)>>)
    delimiter.assign(bytes.begin(), bytes.end());
}

void visit_phrases(auto& visit, auto& words, auto& columns) {
  visit("words", words, "n_words_of_phrases");
  visit("first", columns.first, "n_phrases");
  visit("second", columns.second, "n_phrases");
  visit("counts", columns.counts, "n_phrases");
  visit("scores", columns.scores, "n_phrases");
}

inline std::vector<Phrase> read_phrases(TensorReader& visit) {
  std::vector<std::string> words;
  PhraseColumns columns;
  visit_phrases(visit, words, columns);
  const auto word = [&](Index number) {
    const bool is_one = number >= 0 && number < static_cast<Index>(words.size());
    visit.require(is_one, "first and second to be numbers of words");
    return words[static_cast<std::size_t>(number)];
  };
  std::vector<Phrase> phrases;
  for (std::size_t i = 0; i < columns.first.size(); ++i)
    phrases.push_back({word(columns.first[i]), word(columns.second[i]), columns.counts[i],
                       columns.scores[static_cast<Index>(i)]});
  return phrases;
}

template <> struct Stored<Phrases> {
  static constexpr const char* kind = "Phrases";

  static void options(auto& visit, auto& options) {
    visit("min_count", options.min_count);
    visit("threshold", options.threshold);
    visit_delimiter(visit, options.delimiter);
  }

  static void model(auto& visit, auto& model, const PhrasesOptions&) {
    if constexpr (std::remove_reference_t<decltype(visit)>::is_reading)
      model.phrases = read_phrases(visit);
    else
      visit_phrases(visit, model.table.words(), model.table.columns());
    visit("n_words", model.n_words);
    visit("n_different", model.n_different);
  }
};

}  // namespace unlabeled::detail
