// SPDX-License-Identifier: MIT
// Text from files, and the same bits from memory and by any number of threads.

#include <string>

#include "io/files.hpp"
#include "support/catch.hpp"
#include "support/instances/word2vec.hpp"
#include "text/corpora.hpp"
#include "unlabeled/text/word2vec.hpp"

#if __has_include(<sys/stat.h>)
#include <sys/stat.h>
#endif

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;

namespace {

using Objective = Word2VecObjective;

Word2VecOptions small_options() {
  return {.vector_size = 7, .window = 3, .min_count = 3, .subsample = 0.01, .n_epochs = 2};
}

/// Words of a text as the training sees them, in pieces as it is cut.
std::vector<std::string> pieces(const std::string& text, Index longest) {
  std::vector<std::string> sentences(1);
  detail::for_each_word(
      text, longest,
      [&](std::string_view word) { sentences.back() += "<" + std::string(word) + ">"; },
      [&] { sentences.emplace_back(); });
  sentences.pop_back();
  return sentences;
}

}  // namespace

TEST_CASE("words lie between blanks, sentences between line ends") {
  using Pieces = std::vector<std::string>;
  CHECK(pieces("", 9).empty());
  CHECK(pieces(" \n\r\n\t\n", 9).empty());
  CHECK(pieces("a bb\tccc\r\n\n d ", 9) == Pieces{"<a><bb><ccc>", "<d>"});
  CHECK(pieces("größe \xff\x00z naïve", 9) == Pieces{"<größe><\xff>"});  // a literal ends at 0
  CHECK(pieces(std::string("x\0y z", 5), 9) == Pieces{std::string("<x\0y><z>", 8)});
  CHECK(pieces("a b c d e f\ng h i", 3) == Pieces{"<a><b><c>", "<d><e><f>", "<g><h><i>"});
  CHECK(pieces("a b c d", 3) == Pieces{"<a><b><c>", "<d>"});
}

TEST_CASE("a file is cut into chunks of whole sentences without losing a word") {
  const TemporaryFolder folder;
  const std::string huge(700000, 'w');  // longer than a block
  std::string text = as_text(two_topics(900, 30, 2)) + huge + " end\n";
  for (int i = 0; i < 5000; ++i) text += "long" + std::to_string(i % 10) + " ";
  const auto path = write_file(folder / "text", text + huge);
  detail::ChunkReader reader(path, 700, 1000);
  std::string all, chunk;
  Index n_tokens = 0, n_total = 0, n_chunks = 0;
  while (reader.next(chunk, n_tokens)) {
    Index n_words = 0;
    detail::for_each_word(
        chunk, 700, [&](std::string_view) { ++n_words; }, [] {});
    CHECK(n_words == n_tokens);
    CHECK(n_tokens < 1700);
    all += chunk;
    n_total += n_tokens;
    ++n_chunks;
  }
  CHECK(all == text + huge);
  CHECK(n_chunks > 5);
  Index expected = 0;
  detail::for_each_word(
      all, 1000000, [&](std::string_view) { ++expected; }, [] {});
  CHECK(n_total == expected);
}

TEMPLATE_TEST_CASE("fit_file gives the bits of fit", "", float, double) {
  using S = TestType;
  Word2VecOptions options = small_options();
  options.architecture = GENERATE(Word2VecArchitecture::skip_gram, Word2VecArchitecture::cbow);
  options.objective = GENERATE(Objective::negative_sampling, Objective::hierarchical_softmax);
  options.max_sentence_length = GENERATE(10, 10000);
  Sentences sentences = two_topics(1500, 40, 3);
  sentences.insert(sentences.begin() + 7, std::vector<std::string>{});
  for (int i = 0; i < 4000; ++i)
    sentences[30].push_back(i % 9 == 0 ? "rare" + std::to_string(i) : "ö");
  const TemporaryFolder folder;
  const auto path = write_file(folder / "text", as_text(sentences));
  const auto memory = Word2Vec<S>(options).fit(sentences);
  const auto file = Word2Vec<S>(options).fit_file(path);
  CHECK(file.vocabulary().words() == memory.vocabulary().words());
  CHECK(file.contains("ö"));
  CHECK(file.vectors() == memory.vectors());
  CHECK(file.model().output_weights == memory.model().output_weights);
  CHECK(file.loss_history() == memory.loss_history());
  auto more = memory, more_of_file = file;
  CHECK(more_of_file.partial_fit_file(path).vectors() == more.partial_fit(sentences).vectors());
}

TEMPLATE_TEST_CASE("any number of threads gives the same bits of word vectors", "", float, double) {
  Word2VecOptions options = small_options();
  options.n_threads = 1;
  options.architecture = GENERATE(Word2VecArchitecture::skip_gram, Word2VecArchitecture::cbow);
  options.objective = GENERATE(Objective::negative_sampling, Objective::hierarchical_softmax);
  const Sentences sentences = two_topics(1500, 40, 4);
  const auto expected = Word2Vec<TestType>(options).fit(sentences);
  for (const int n_threads : {2, 3, 5}) {
    options.n_threads = n_threads;
    const auto team = Word2Vec<TestType>(options).fit(sentences);
    CHECK(team.vectors() == expected.vectors());
    CHECK(team.model().output_weights == expected.model().output_weights);
    CHECK(team.loss_history() == expected.loss_history());
  }
}

TEST_CASE("without locks threads train about the same") {
  Word2VecOptions options = small_options();
  options.deterministic = false;
  options.n_epochs = 5;
  const Sentences sentences = two_topics(1500, 40, 4);
  options.n_threads = 1;
  const auto alone = Word2Vec<>(options).fit(sentences);
  CHECK(Word2Vec<>(options).fit(sentences).vectors() == alone.vectors());
  options.n_threads = 3;
  const auto team = Word2Vec<>(options).fit(sentences);
  CHECK(team.report().objective == Approx(alone.report().objective).epsilon(0.05));
}

TEST_CASE("a file that cannot be read is a FileError with its name") {
  const TemporaryFolder folder;
  Word2Vec<> word2vec(small_options());
  CHECK_THROWS_WITH(word2vec.fit_file(folder / "none"),
                    Catch::Matchers::ContainsSubstring("none: cannot be opened for reading"));
  CHECK_THROWS_AS(word2vec.fit_file(write_file(folder / "empty", "\n \n")), std::invalid_argument);
  CHECK_FALSE(word2vec.is_fitted());
}

TEST_CASE("a file that changes between two passes is refused, and the model before stays") {
  const TemporaryFolder folder;
  const std::string text = as_text(two_topics(300, 5, 1));
  const auto path = write_file(folder / "text", text);
  Word2VecOptions options = small_options();
  std::string content = GENERATE("", "a0 a1 a2\n", "more");
  if (content == "more") content = text + "a0 a1\n";
  bool changes = false;
  options.on_iteration = [&](const Iteration&) {
    if (changes) write_file(path, content);
    return true;
  };
  Word2Vec<> word2vec(options);
  word2vec.fit_file(path);
  const RowMatrix<float> before = word2vec.vectors();
  changes = true;
  CHECK_THAT(file_error([&] { word2vec.fit_file(path); }),
             ContainsSubstring("text: changed while it was read; expected ") &&
                 ContainsSubstring(" words as in the first pass, got "));
  CHECK(word2vec.vectors() == before);
}

TEST_CASE("a callback may end a fit inside of a file") {
  const TemporaryFolder folder;
  const auto path = write_file(folder / "text", as_text(two_topics(9000, 20, 1)));
  Word2VecOptions options = small_options();
  options.on_progress = [](const Word2VecProgress&) { return false; };
  CHECK(Word2Vec<>(options).fit_file(path).report().stop == Stop::callback);
}

#if __has_include(<sys/stat.h>)
TEST_CASE("a pipe is refused before anything is read") {
  const TemporaryFolder folder;
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  Word2Vec<> word2vec(small_options());
  CHECK_THAT(file_error([&] { word2vec.fit_file(folder / "pipe"); }),
             ContainsSubstring("pipe: expected a regular file, which is read once for each pass"));
  CHECK_THAT(file_error([&] { word2vec.partial_fit_file(folder / "pipe"); }),
             ContainsSubstring("got a pipe or device"));
}
#endif

TEST_CASE("word vectors are evaluated and exchanged through files") {
  const TemporaryFolder folder;
  Word2VecOptions options = small_options();
  options.n_epochs = 10;
  const auto word2vec = Word2Vec<>(options).fit(two_topics(1500, 6, 4));
  const auto score = word2vec.evaluate_word_pairs(
      write_file(folder / "pairs", "a0\ta1\t9\na0\tb1\t1\na2\tb3\t2\nb2\tb3\t8\nx\ty\t3\n"));
  CHECK(score.spearman > 0.5);
  CHECK(score.coverage == Approx(0.8));
  const auto analogies =
      word2vec.evaluate_analogies(write_file(folder / "questions", ": one\na0 a1 b0 b1\n"));
  CHECK(analogies.n_total == 1);
  REQUIRE(analogies.sections.size() == 1);
  CHECK(analogies.sections[0].name == "one");
  word2vec.save_word2vec_text(folder / "text");
  word2vec.save_word2vec_binary(folder / "binary");
  const auto text = Word2Vec<>::load_word2vec_text(folder / "text");
  CHECK(text.vectors() == word2vec.vectors());
  CHECK(text.vocabulary().words() == word2vec.vocabulary().words());
  CHECK(Word2Vec<>::load_word2vec_binary(folder / "binary").vectors() == word2vec.vectors());
}
