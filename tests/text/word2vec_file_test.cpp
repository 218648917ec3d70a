// SPDX-License-Identifier: MIT
#include "unlabeled/text/detail/word2vec_file.hpp"

#include <bit>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <sstream>
#include <string>

#include "io/files.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "text/word_files.hpp"

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using detail::NamedVectors;
using detail::read_word2vec_binary;
using detail::read_word2vec_text;
using detail::Samples;
using detail::write_word2vec_binary;
using detail::write_word2vec_text;

namespace {

/// float32 numbers as the binary layout has them.
std::string bytes(std::initializer_list<float> values) {
  std::string text;
  for (const float value : values)
    for (int shift = 0; shift < 32; shift += 8)
      text += static_cast<char>(std::bit_cast<std::uint32_t>(value) >> shift);
  return text;
}

/// From the name of the file on.
template <class Read> std::string refusal(const std::string& content, Read&& read) {
  const TemporaryFolder folder;
  const auto path = write_file(folder / "w.vec", content);
  const std::string message = file_error([&] { read(path); });
  return message.substr(std::min(message.find("w.vec"), message.size()));
}
std::string text_refusal(const std::string& content) {
  return refusal(content, [](const auto& path) { read_word2vec_text<float>(path); });
}
std::string binary_refusal(const std::string& content) {
  return refusal(content, [](const auto& path) { read_word2vec_binary<float>(path); });
}

template <class S> NamedVectors<S> some_vectors(Index n_words, Index n_dimensions) {
  NamedVectors<S> named;
  named.vectors = random_matrix<S>(n_words, n_dimensions, 7);
  for (Index i = 0; i < n_words; ++i)
    named.words.push_back("w" + std::to_string(i) + std::string(std::size_t(i) * 200, 'x'));
  return named;
}

}  // namespace

TEMPLATE_TEST_CASE("files of gensim and word2vec.c hold the same words and vectors", "", float,
                   double) {
  using S = TestType;
  const auto binary = read_word2vec_binary<S>(word2vec_reference("gensim.bin"));
  CHECK(binary.size() == 44);
  CHECK(binary.vectors.rows() == 44);
  CHECK(binary.vectors.cols() == 8);
  CHECK(binary.word(0) == "in");
  CHECK(number_of(binary, "москва") > 0);
  CHECK(binary.vectors(0, 0) == S(0.37565145f));
  CHECK(binary.vectors(0, 7) == S(-0.037132755f));
  const auto with_line_ends = read_word2vec_binary<S>(word2vec_reference("word2vec_c.bin"));
  CHECK(with_line_ends.words == binary.words);
  CHECK(with_line_ends.vectors == binary.vectors);
  const auto text = read_word2vec_text<S>(word2vec_reference("gensim.txt"));
  CHECK(text.words == binary.words);
  CHECK(text.vectors.template cast<float>() == binary.vectors.template cast<float>());
  const auto rounded = read_word2vec_text<S>(word2vec_reference("word2vec_c.txt"));
  CHECK(rounded.words == binary.words);
  CHECK((rounded.vectors - binary.vectors).cwiseAbs().maxCoeff() < S(6e-7));
}

TEMPLATE_TEST_CASE("what is written is read back bit for bit", "", float, double) {
  using S = TestType;
  const TemporaryFolder folder;
  NamedVectors<S> named = some_vectors<S>(700, 33);
  named.vectors(3, 4) = std::numeric_limits<S>::denorm_min();
  named.vectors(5, 6) = -std::numeric_limits<S>::max();
  named.words[1] = "\xC3\xA9t\xC3\xA9\xFF\r";  // any bytes
  write_word2vec_text(folder / "w.txt", named, Samples<S>(named.vectors));
  const auto text = read_word2vec_text<S>(folder / "w.txt");
  CHECK(text.words == named.words);
  CHECK(text.vectors == named.vectors);
  named.vectors(5, 6) = S(-1);
  write_word2vec_binary(folder / "w.bin", named, Samples<S>(named.vectors));
  const auto binary = read_word2vec_binary<S>(folder / "w.bin");
  CHECK(binary.words == named.words);
  CHECK(binary.vectors == named.vectors.template cast<float>().template cast<S>());
}

TEST_CASE("files are written as gensim writes them") {
  const TemporaryFolder folder;
  const auto named = read_word2vec_binary<float>(word2vec_reference("gensim.bin"));
  write_word2vec_binary(folder / "w.bin", named, Samples<float>(named.vectors));
  CHECK(read_file(folder / "w.bin") == read_file(word2vec_reference("gensim.bin")));
  const NamedVectors<float> two{{"a", "\xC3\xA9"}, RowMatrix<float>{{0.5f, -1e-9f}, {0, 3}}};
  write_word2vec_text(folder / "w.txt", two, Samples<float>(two.vectors));
  CHECK(read_file(folder / "w.txt") == "2 2\na 0.5 -1e-09\n\xC3\xA9 0 3\n");
}

TEST_CASE("line ends and blanks may vary") {
  const TemporaryFolder folder;
  const auto windows = write_file(folder / "w.txt", " 2  2 \r\na 1 2 \r\nb 3  4\r\n\r\n \n");
  CHECK(read_word2vec_text<double>(windows).vectors == RowMatrix<double>{{1, 2}, {3, 4}});
  const auto open_end = write_file(folder / "o.txt", "1 1\nword +.5e1");
  CHECK(read_word2vec_text<double>(open_end).vectors(0, 0) == 5);
  const auto several = write_file(folder / "s.bin", "1 1\n\n\nword " + bytes({5}) + "\n\n");
  CHECK(read_word2vec_binary<double>(several).words.front() == "word");
}

TEST_CASE("a word that the layout cannot keep is refused, and the old file stays") {
  const TemporaryFolder folder;
  write_file(folder / "w.txt", "old");
  for (const char* word : {"new york", "new\nyork", ""}) {
    const NamedVectors<float> named{{"a", word}, RowMatrix<float>::Ones(2, 1)};
    const auto words = [&](auto&& write) {
      return file_error([&] { write(folder / "w.txt", named, Samples<float>(named.vectors)); });
    };
    for (const std::string& message :
         {words([](auto&&... all) { write_word2vec_text(all...); }),
          words([](auto&&... all) { write_word2vec_binary(all...); })}) {
      CHECK_THAT(message, ContainsSubstring("w.txt: expected words without blanks and line ends"));
      CHECK_THAT(message, EndsWith("at position 1"));
    }
  }
  CHECK(read_file(folder / "w.txt") == "old");
  CHECK(n_files(folder) == 1);
}

TEST_CASE("a first line that is none, or disagrees with the rest, is refused") {
  CHECK(text_refusal("") ==
        "w.vec: expected a first line with the number of words and of dimensions, got \"\", at "
        "byte 0");
  for (const char* line : {"a 1 2", "2", "2 2 2", "-2 2", "2.0 2", "99999999999999999999 1"})
    CHECK_THAT(text_refusal(std::string(line) + "\na 1 2\nb 1 2\n"),
               ContainsSubstring("expected a first line with the number of words"));
  CHECK_THAT(binary_refusal("0 2\n"), ContainsSubstring("at least 1 word and 1 dimension"));
  CHECK_THAT(binary_refusal("2 0\na b "), ContainsSubstring("at least 1 word and 1 dimension"));
  CHECK(text_refusal("3 2\nlonger 1 2\nb 10 20\n") ==
        "w.vec: expected 3 words as the first line says, got the end after 2, at byte 23");
  CHECK(text_refusal("1 2\na 1 2\nb 10 20\n") ==
        "w.vec: expected the end of the file after 1 words as the first line says, got "
        "\"b 10 20\", at byte 10");
  const std::string a = "aaaaaaaaa " + bytes({1, 2}), b = "b " + bytes({3, 4});
  CHECK(binary_refusal("3 2\n" + a + b) ==
        "w.vec: expected 3 words of 2 dimensions as the first line says, got a file of 32 bytes, "
        "at byte 0");
  CHECK_THAT(binary_refusal("2 2\n" + a), EndsWith("got a file of 22 bytes, at byte 0"));
  CHECK_THAT(
      binary_refusal("1 2\n" + a + "\n" + b),
      ContainsSubstring("expected the end of the file after 1 words") && EndsWith("at byte 23"));
}

TEST_CASE("a huge claim is refused before anything is allocated") {
  // Any allocation of such a size would throw bad_alloc instead of FileError.
  for (const char* line :
       {"9000000000000000000 1", "1 9000000000000000000", "4294967296 4294967296",
        "1 4611686018427387904", "18446744073709551615 18446744073709551615"}) {
    CHECK_THAT(text_refusal(std::string(line) + "\na 1\n"), ContainsSubstring("got a file of"));
    CHECK_THAT(binary_refusal(std::string(line) + "\na 1\n"), ContainsSubstring("got a file of"));
  }
}

TEST_CASE("lines that are no word with its numbers are refused with the place") {
  CHECK(text_refusal("2 2\na 1 2\nb 1\n") ==
        "w.vec: expected 2 numbers after the word \"b\", got 1, at byte 10");
  CHECK(text_refusal("2 2\na 1 2\nb 1 2 3\n") ==
        "w.vec: expected 2 numbers after the word \"b\", got 3, at byte 10");
  CHECK(text_refusal("2 2\na 1 2\n\nb 1 2\n") == "w.vec: expected a word, got a blank, at byte 10");
  CHECK(text_refusal("2 2\na 1 2\n 3 1 2\n") == "w.vec: expected a word, got a blank, at byte 10");
  CHECK(text_refusal("2 2\na 1 2\na 3 4\n") ==
        "w.vec: expected each word once, got \"a\" again, at byte 10");
  for (const char* number : {"nan", "-nan", "inf", "1e999", "0x1", "1,5", "--1"})
    CHECK(text_refusal("2 2\na 1 2\nb 1 " + std::string(number) + "\n") ==
          "w.vec: expected a finite number of the vector of \"b\", got \"" + std::string(number) +
              "\", at byte 14");
}

TEST_CASE("bytes that are no word with its numbers are refused with the place") {
  const std::string head = "2 1\nlonger " + bytes({1});
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(binary_refusal(head + "b " + bytes({nan})) ==
        "w.vec: expected a finite number of the vector of \"b\", got nan, at byte 17");
  CHECK_THAT(binary_refusal(head + "b " + bytes({-std::numeric_limits<float>::infinity()})),
             EndsWith("got -inf, at byte 17"));
  CHECK(binary_refusal(head + "\n") ==
        "w.vec: expected 2 words as the first line says, got the end after 1, at byte 16");
  CHECK(binary_refusal(head + "word") ==
        "w.vec: expected a blank after word 1 of the file, got its end, at byte 15");
  CHECK(binary_refusal(head + "b abc") ==
        "w.vec: expected 4 bytes for the vector of \"b\", got 3, at byte 17");
  CHECK(binary_refusal(head + "longer " + bytes({1})) ==
        "w.vec: expected each word once, got \"longer\" again, at byte 15");
  CHECK(binary_refusal(head + " " + bytes({1})) ==
        "w.vec: expected a word, got a blank, at byte 15");
}

TEST_CASE("a file cut at any byte is refused") {
  const auto cut = [](const std::string& name, auto&& read) {
    const std::string whole = read_file(word2vec_reference(name));
    // What ends a file may be missing: a line end, and digits that leave a number.
    for (std::size_t length = 0; length + 12 < whole.size(); ++length) {
      std::istringstream stream(whole.substr(0, length));
      detail::ByteSource source(stream, "cut");
      INFO(name << " cut to " << length << " bytes");
      CHECK_THROWS_AS(read(source), FileError);
    }
  };
  cut("gensim.txt", [](auto& source) { read_word2vec_text<float>(source); });
  cut("word2vec_c.bin", [](auto& source) { read_word2vec_binary<float>(source); });
}

TEST_CASE("files that are none are refused") {
  const TemporaryFolder folder;
  CHECK_THAT(file_error([&] { read_word2vec_text<float>(folder / "none"); }),
             ContainsSubstring("none: cannot be opened for reading: "));
  CHECK_THAT(file_error([&] { read_word2vec_binary<float>(folder / ""); }),
             ContainsSubstring("expected a file, got a directory"));
  const NamedVectors<float> named{{"a"}, RowMatrix<float>::Ones(1, 1)};
  CHECK_THAT(file_error([&] {
               write_word2vec_text(folder / "none" / "w", named, Samples<float>(named.vectors));
             }),
             ContainsSubstring("w: cannot be opened for writing: "));
}
