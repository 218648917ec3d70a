// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "unlabeled/core/file.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/text/detail/text_chunk.hpp"
#include "unlabeled/text/detail/word_counts.hpp"
#include "unlabeled/text/vocabulary.hpp"

namespace unlabeled::detail {

/// Words are separated by these; all other bytes belong to words.
constexpr bool is_blank(char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

/// on_word(text) for each word and on_end() after each sentence: a line, or the longest piece of one.
template <class OnWord, class OnEnd>
void for_each_word(std::string_view text, Index longest_sentence, OnWord&& on_word,
                   OnEnd&& on_end) {
  TextCuts cuts(longest_sentence, 0);
  const auto end_sentence = [&] {
    if (cuts.is_inside_sentence()) on_end();
    cuts.end_sentence();
  };
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t begin = at;
    while (at < text.size() && !is_blank(text[at])) ++at;
    if (at > begin) {
      on_word(text.substr(begin, at - begin));
      if (cuts.add_token()) end_sentence();
    }
    if (at < text.size() && text[at++] == '\n') end_sentence();
  }
  end_sentence();
}

/// Cuts a file into chunks of text, holding no more of it than a block and the chunk.
class ChunkReader {
 public:
  ChunkReader(const std::filesystem::path& path, Index longest_sentence, Index tokens_per_chunk)
      : name_(shown(path)),
        stream_(open_to_read(path)),
        cuts_(longest_sentence, tokens_per_chunk) {}

  /// The next whole sentences and the number of their words; false at the end of the file.
  bool next(std::string& text, Index& n_tokens) {
    text.clear();
    bool is_full = false;
    while (!is_full && fill()) {
      const std::size_t begin = at_;
      is_full = scan();
      text.append(block_, begin, at_ - begin);
    }
    if (!is_full && is_inside_word_) cuts_.add_token(), is_inside_word_ = false;
    n_tokens = cuts_.end_chunk();
    return n_tokens > 0;
  }

 private:
  /// To the end of the chunk, then true, or of the block.
  bool scan() {
    while (at_ < block_.size()) {
      const char byte = block_[at_++];
      if (!is_blank(byte)) {
        is_inside_word_ = true;
        continue;
      }
      const bool ends_word = is_inside_word_;
      is_inside_word_ = false;
      if ((ends_word && cuts_.add_token()) || byte == '\n') {
        cuts_.end_sentence();
        if (cuts_.is_full()) return true;
      }
    }
    return false;
  }

  /// Whether there is a byte to scan.
  bool fill() {
    if (at_ < block_.size()) return true;
    constexpr std::size_t size = std::size_t{1} << 18;
    block_.resize(size);
    stream_.read(block_.data(), static_cast<std::streamsize>(size));
    block_.resize(static_cast<std::size_t>(stream_.gcount()));
    at_ = 0;
    if (stream_.bad()) refuse_file(name_, "cannot be read to its end");
    return !block_.empty();
  }

  std::string name_;
  std::ifstream stream_;
  std::string block_;
  std::size_t at_ = 0;
  bool is_inside_word_ = false;
  TextCuts cuts_;
};

/// What is read more than once must be there again: a pipe is empty then, or waits for a writer.
inline void check_can_be_read_again(const std::filesystem::path& path) {
  std::error_code error;  // of a file that is not there: opening it will tell
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (is_fifo(status) || is_character_file(status) || is_socket(status))
    refuse_file(shown(path),
                "expected a regular file, which is read once for each pass, got a pipe or device");
}

/// A file of sentences, read anew for each pass.
class FileText {
 public:
  FileText(std::filesystem::path path, Index longest_sentence)
      : path_(std::move(path)), longest_sentence_(longest_sentence) {
    check_can_be_read_again(path_);
    ChunkReader reader(path_, longest_sentence_, tokens_per_chunk(0));
    std::string text;
    Index n_tokens = 0;
    while (reader.next(text, n_tokens))
      for_each_word(
          text, longest_sentence_, [&](std::string_view word) { counts_.add(word); }, [] {});
  }

  [[nodiscard]] const WordCounts& counts() const { return counts_; }

  /// The source refers to this object and to the vocabulary.
  TextSource source(const Vocabulary& vocabulary) {
    TextSource source;
    source.n_tokens = counts_.n_tokens;
    source.rewind = [this] {
      reader_.emplace(path_, longest_sentence_, tokens_per_chunk(counts_.n_tokens));
      first_token_ = 0;
    };
    source.next_round = [this, &vocabulary](Team& team) -> const std::vector<TextChunk>& {
      read_round();
      if (round_.empty()) check_unchanged();
      team.run(static_cast<Index>(round_.size()),
               [&](Index i, int) { number_words(static_cast<std::size_t>(i), vocabulary); });
      return round_;
    };
    counts_.forget_words();  // the vocabulary has what is needed of them
    return source;
  }

 private:
  /// A chunk as text and as numbers.
  struct Piece {
    std::string text;
    std::vector<std::int32_t> words;
  };

  void read_round() {
    round_.clear();
    pieces_.resize(static_cast<std::size_t>(TextSource::chunks_per_round));
    for (Piece& piece : pieces_) {
      TextChunk chunk;
      if (!reader_->next(piece.text, chunk.n_tokens)) break;
      chunk.first_token = first_token_;
      first_token_ += chunk.n_tokens;
      round_.push_back(chunk);
    }
  }

  /// At the end of a pass.
  void check_unchanged() const {
    if (first_token_ != counts_.n_tokens)
      refuse_file(shown(path_),
                  "changed while it was read; expected " + std::to_string(counts_.n_tokens) +
                      " words as in the first pass, got " + std::to_string(first_token_));
  }

  void number_words(std::size_t i, const Vocabulary& vocabulary) {
    Piece& piece = pieces_[i];
    piece.words.clear();
    for_each_word(
        piece.text, longest_sentence_,
        [&](std::string_view word) {
          const Index number = vocabulary.find(word);
          if (number >= 0) piece.words.push_back(static_cast<std::int32_t>(number));
        },
        [&] { piece.words.push_back(-1); });
    round_[i].words = piece.words.data();
    round_[i].size = static_cast<Index>(piece.words.size());
  }

  std::filesystem::path path_;
  Index longest_sentence_;
  WordCounts counts_;
  std::optional<ChunkReader> reader_;
  std::vector<Piece> pieces_;
  std::vector<TextChunk> round_;
  Index first_token_ = 0;
};

}  // namespace unlabeled::detail
