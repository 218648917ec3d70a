// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/file.hpp"
#include "unlabeled/core/number_text.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/text/detail/buffered_bytes.hpp"
#include "unlabeled/text/detail/named_vectors.hpp"

// The two layouts of word vectors that word2vec.c introduced and every tool reads. Both begin with
// a line "number of words, blank, numbers per vector". Then, for each word,
//   text    word, blank, decimal numbers with blanks between them, line end
//   binary  word, blank, float32 numbers with the low byte first; word2vec.c adds a line end, others
//           do not
// A word is any bytes but blanks and line ends; its length is free.

namespace unlabeled::detail {

/// What the first line of a file promises, believed only as far as the file is long enough.
struct Word2VecHeader {
  Index n_words = 0;
  Index n_dimensions = 0;
};

/// `least_bytes(d)` are the fewest that a word with d numbers takes.
template <class LeastBytes>
Word2VecHeader read_word2vec_header(BufferedBytes& bytes, LeastBytes&& least_bytes) {
  std::string line;
  bytes.read_line(line);
  std::string_view rest = line;
  std::uint64_t n_words = 0, n_dimensions = 0;
  if (!take_count(rest, n_words) || !take_count(rest, n_dimensions) ||
      !without_blanks(rest).empty())
    bytes.refuse_at(0, "expected a first line with the number of words and of dimensions, got " +
                           excerpt(line));
  if (n_words == 0 || n_dimensions == 0)
    bytes.refuse_at(0, "expected at least 1 word and 1 dimension, got " + excerpt(line));
  const std::uint64_t held = bytes.remaining();
  if (n_dimensions > held || n_words > held / least_bytes(n_dimensions))
    bytes.refuse_at(0, "expected " + std::to_string(n_words) + " words of " +
                           std::to_string(n_dimensions) +
                           " dimensions as the first line says, got a file of " +
                           std::to_string(bytes.size()) + " bytes");
  return {static_cast<Index>(n_words), static_cast<Index>(n_dimensions)};
}

/// Throws at `place` that the word cannot be in the file again, or is none.
template <Real S>
void keep_word(const BufferedBytes& bytes, std::uint64_t place, std::string_view word,
               VectorCollector<S>& collector) {
  if (word.empty()) bytes.refuse_at(place, "expected a word, got a blank");
  if (!collector.add(word))
    bytes.refuse_at(place, "expected each word once, got " + excerpt(word) + " again");
}

/// The numbers of one line, after its word.
template <Real S>
void read_text_vector(const BufferedBytes& bytes, std::uint64_t place, std::string_view line,
                      std::string_view word, VectorCollector<S>& collector) {
  const char* const begin = line.data();
  std::string_view rest = line.substr(word.size());
  Index n_numbers = 0;
  for (auto number = next_field(rest); !number.empty(); number = next_field(rest), ++n_numbers) {
    const auto at = place + static_cast<std::uint64_t>(number.data() - begin);
    S value{};
    if (parse_number(number, value) != NumberText::number || !is_finite(value))
      bytes.refuse_at(at, "expected a finite number of the vector of " + excerpt(word) + ", got " +
                              excerpt(number));
    if (n_numbers < collector.n_dimensions()) collector.last()[n_numbers] = value;
  }
  if (n_numbers != collector.n_dimensions())
    bytes.refuse_at(place, "expected " + std::to_string(collector.n_dimensions()) +
                               " numbers after the word " + excerpt(word) + ", got " +
                               std::to_string(n_numbers));
}

/// Nothing but blanks and line ends may follow the last word.
template <Real S>
NamedVectors<S> finish_word2vec(BufferedBytes& bytes, VectorCollector<S>& collector) {
  std::string line;
  for (std::uint64_t place = bytes.position(); bytes.read_line(line); place = bytes.position())
    if (!without_blanks(line).empty())
      bytes.refuse_at(place, "expected the end of the file after " +
                                 std::to_string(collector.n_words()) +
                                 " words as the first line says, got " + excerpt(line));
  return collector.take();
}

[[noreturn]] inline void refuse_missing_words(const BufferedBytes& bytes, Index expected,
                                              Index got) {
  bytes.refuse_at(bytes.position(), "expected " + std::to_string(expected) +
                                        " words as the first line says, got the end after " +
                                        std::to_string(got));
}

/// The numbers that follow a word in the binary layout.
template <Real S>
void read_binary_vector(BufferedBytes& bytes, std::string_view word,
                        VectorCollector<S>& collector) {
  const std::uint64_t place = bytes.position();
  const auto n_bytes = static_cast<std::uint64_t>(collector.n_dimensions()) * sizeof(float);
  if (bytes.remaining() < n_bytes)
    bytes.refuse_at(place, "expected " + std::to_string(n_bytes) + " bytes for the vector of " +
                               excerpt(word) + ", got " + std::to_string(bytes.remaining()));
  for (Index t = 0; t < collector.n_dimensions(); ++t) {
    std::array<char, sizeof(float)> number;
    bytes.read(number.data(), number.size());
    const float value = from_little_endian(number);
    if (!is_finite(value))
      bytes.refuse_at(
          bytes.position() - number.size(),
          "expected a finite number of the vector of " + excerpt(word) + ", got " + printed(value));
    collector.last()[t] = static_cast<S>(value);
  }
}

template <Real S> NamedVectors<S> read_word2vec_text(ByteSource& source) {
  BufferedBytes bytes(source);
  // A word of one byte, and a blank and a digit for each number.
  const auto header =
      read_word2vec_header(bytes, [](std::uint64_t dimensions) { return 2 * dimensions + 1; });
  VectorCollector<S> collector(header.n_words, header.n_dimensions);
  std::string line;
  for (Index i = 0; i < header.n_words; ++i) {
    const std::uint64_t place = bytes.position();
    if (!bytes.read_line(line)) refuse_missing_words(bytes, header.n_words, i);
    const std::string_view word = std::string_view(line).substr(0, line.find(' '));
    keep_word(bytes, place, word, collector);
    read_text_vector(bytes, place, line, word, collector);
  }
  return finish_word2vec(bytes, collector);
}

template <Real S> NamedVectors<S> read_word2vec_binary(ByteSource& source) {
  BufferedBytes bytes(source);
  // A word of one byte, a blank, and the numbers.
  const auto header = read_word2vec_header(
      bytes, [](std::uint64_t dimensions) { return sizeof(float) * dimensions + 2; });
  VectorCollector<S> collector(header.n_words, header.n_dimensions);
  std::string word;
  for (Index i = 0; i < header.n_words; ++i) {
    bytes.skip('\n');
    const std::uint64_t place = bytes.position();
    if (place == bytes.size()) refuse_missing_words(bytes, header.n_words, i);
    if (!bytes.read_until(' ', word))
      bytes.refuse_at(
          place, "expected a blank after word " + std::to_string(i) + " of the file, got its end");
    keep_word(bytes, place, word, collector);
    read_binary_vector(bytes, word, collector);
  }
  return finish_word2vec(bytes, collector);
}

/// Reads what word2vec.c (-binary 0) and gensim write, for S = float bit for bit.
///
/// Memory      the result, the file's longest line, and one block of the file.
/// Throws      FileError with path, byte, and what was expected: a first line that disagrees with
///             the rest, a number that is missing, malformed or not finite, a word twice, bytes
///             after the last word. Nothing is allocated for a size that the file does not have.
template <Real S> NamedVectors<S> read_word2vec_text(const std::filesystem::path& path) {
  std::ifstream stream = open_to_read(path);
  ByteSource source(stream, shown(path));
  return read_word2vec_text<S>(source);
}

/// The same for the binary layout (word2vec.c -binary 1), with or without line ends after vectors.
template <Real S> NamedVectors<S> read_word2vec_binary(const std::filesystem::path& path) {
  std::ifstream stream = open_to_read(path);
  ByteSource source(stream, shown(path));
  return read_word2vec_binary<S>(source);
}

/// The first line, and a check that every word can be found again in the file.
template <NamedWords Words>
void write_word2vec_header(OutputFile& file, const std::string& name, const Words& words,
                           Index n_dimensions) {
  const auto n_words = static_cast<Index>(words.size());
  for (Index i = 0; i < n_words; ++i) {
    const std::string_view word(words.word(i));
    if (word.empty() || word.find_first_of(" \n") != std::string_view::npos)
      refuse_file(name, "expected words without blanks and line ends, which end words here, got " +
                            excerpt(word) + " at position " + std::to_string(i));
  }
  file.write(std::to_string(n_words) + " " + std::to_string(n_dimensions) + "\n");
}

/// Writes `vectors` (one row per word) such that read_word2vec_text() gives the same bits back. A
/// failure leaves what was there before. Throws FileError.
template <NamedWords Words, Real S>
void write_word2vec_text(const std::filesystem::path& path, const Words& words,
                         const Samples<S>& vectors) {
  replace_file(path, [&](OutputFile& file) {
    write_word2vec_header(file, shown(path), words, vectors.n_features);
    std::string line;
    for (Index i = 0; i < vectors.n_samples; ++i) {
      line = std::string_view(words.word(i));
      for (Index t = 0; t < vectors.n_features; ++t) append_number(line += ' ', vectors(i, t));
      file.write(line += '\n');
    }
  });
}

/// The same in the binary layout, as gensim writes it (no line ends), rounded to float32.
template <NamedWords Words, Real S>
void write_word2vec_binary(const std::filesystem::path& path, const Words& words,
                           const Samples<S>& vectors) {
  replace_file(path, [&](OutputFile& file) {
    write_word2vec_header(file, shown(path), words, vectors.n_features);
    for (Index i = 0; i < vectors.n_samples; ++i) {
      file.write(std::string_view(words.word(i)));
      file.write(' ');
      for (Index t = 0; t < vectors.n_features; ++t) {
        const auto number = little_endian_bytes(static_cast<float>(vectors(i, t)));
        file.write(std::string_view(number.data(), number.size()));
      }
    }
  });
}

}  // namespace unlabeled::detail
