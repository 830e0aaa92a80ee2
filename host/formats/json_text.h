// The little JSON that side files need: quoting of texts, and reading back what provenance.cpp wrote, or any
// JSON object that has its texts in "provenance".
#pragma once
#include <string>

#include "host/formats/output.h"

namespace sluice {

/// A JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, so that the result is always valid.
std::string json_quote(const std::string& text);

/// Reads a JSON string that begins at `at` (blanks before it are passed over), and moves `at` behind it.
/// std::invalid_argument where there is none.
std::string read_json_string(const std::string& text, std::size_t& at);

/// The texts in "provenance" of an object with "schema": 1; empty where the text is anything else.
Provenance parse_provenance_json(const std::string& text);

/// The text with U+FFFD for each byte that is not UTF-8.
std::string valid_utf8(const std::string& text);

}  // namespace sluice
