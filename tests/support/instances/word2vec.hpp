// SPDX-License-Identifier: MIT
#pragma once

#include "support/instances/views.hpp"
#include "unlabeled/text/word2vec.hpp"

#define UNLABELED_WORD2VEC_OF_TEXT(how, S, Text)                                             \
  how template Word2VecModel<S> fit_word2vec<S, Text>(Text, const Word2VecOptions&);         \
  how template Word2VecModel<S> partial_fit_word2vec<S, Text>(Text, const Word2VecModel<S>&, \
                                                              const Word2VecOptions&);
#define UNLABELED_WORD2VEC_OF_SCALAR(how, S)                                                       \
  UNLABELED_WORD2VEC_OF_TEXT(how, S, MemoryText)                                                   \
  UNLABELED_WORD2VEC_OF_TEXT(how, S, FileText)                                                     \
  how template Word2VecModel<S> grown_model<S>(const Word2VecModel<S>&, Vocabulary&&,              \
                                               const Word2VecOptions&);                            \
  how template Word2VecModel<S> checked<S>(Word2VecModel<S>, const Word2VecOptions&);              \
  how template std::vector<std::vector<Neighbor>> answer_questions<S>(                             \
      Team&, const Vocabulary&, const Samples<S>&, const std::vector<WordSum>&, Index);            \
  how template AnalogyScore score_analogies<Vocabulary, S>(const Vocabulary&, const Samples<S>&,   \
                                                           const std::filesystem::path&,           \
                                                           const EvaluationOptions&);              \
  how template WordPairScore score_word_pairs<Vocabulary, S>(const Vocabulary&, const Samples<S>&, \
                                                             const std::filesystem::path&,         \
                                                             const EvaluationOptions&);            \
  how template NamedVectors<S> read_word2vec_text<S>(const std::filesystem::path&);                \
  how template NamedVectors<S> read_word2vec_binary<S>(const std::filesystem::path&);              \
  how template void write_word2vec_text<Vocabulary, S>(const std::filesystem::path&,               \
                                                       const Vocabulary&, const Samples<S>&);      \
  how template void write_word2vec_binary<Vocabulary, S>(const std::filesystem::path&,             \
                                                         const Vocabulary&, const Samples<S>&);
#define UNLABELED_WORD2VEC(how) \
  UNLABELED_WORD2VEC_OF_SCALAR(how, float) UNLABELED_WORD2VEC_OF_SCALAR(how, double)

namespace unlabeled::detail {
UNLABELED_WORD2VEC(extern)
}  // namespace unlabeled::detail
