// Random nasty bytes for the tests of separated values: quotes in the wrong places, mixed line ends,
// comments.
#pragma once
#include <random>
#include <string>
#include <vector>

#include "host/formats/csv/dialect.h"

namespace sluice::csv_test {

inline std::string nasty(std::mt19937& random, std::size_t size, const std::string& alphabet) {
  std::string bytes;
  while (bytes.size() < size) bytes += alphabet[random() % alphabet.size()];
  return bytes;
}

inline std::vector<csv::Dialect> dialects() {
  std::vector<csv::Dialect> all(6);
  all[1].separator = '\t';
  all[1].comment = '#';
  all[2].spaces = true;
  all[2].comment = '#';
  all[3].quote = 0;
  all[4].separator = ';';
  all[4].quote = '\'';
  all[5].separator = '|';
  all[5].comment = '#';
  return all;
}

/// From mostly well-formed to mostly broken.
inline const std::vector<std::string>& alphabets() {
  static const std::vector<std::string> all = {"abc,,\n\"\r#; \t|'",
                                               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,;|\t \n",
                                               "aaaaaaaaaaaaaaaaaaaa,;|\n\"'",
                                               "\"\"\"\",\n",
                                               "''''#\n;",
                                               "\r\n\r\n,a",
                                               "  \t\t\na#",
                                               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"'"};
  return all;
}

}  // namespace sluice::csv_test
