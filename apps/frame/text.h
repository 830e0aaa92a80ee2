// Small pieces of text: lists, shell quoting, wrapped paragraphs, tables, numbers with units.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::frame {

std::string joined(const std::vector<std::string>& parts, const std::string& between);
/// "rows or columns", "input, float32 or tf32".
std::string either(const std::vector<std::string>& parts);
/// A word as a shell reads it back: quoted where it must be.
std::string shell_word(const std::string& word);
/// Paragraphs broken at `width`, every line after `indent` spaces; ends with a newline.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t width = 80);
/// Rows of cells, columns aligned, two spaces apart; numbers to the right where `right` says so.
std::string table(const std::vector<std::vector<std::string>>& rows, const std::vector<bool>& right = {});

/// Places of a terminal that a UTF-8 text takes: two for wide (East Asian) characters, none for marks that
/// combine.
std::size_t width_of(const std::string& text);
/// At most `width` places of it; what was cut shows as "...".
std::string cut_to(const std::string& text, std::size_t width);
/// Without control characters, which a terminal would obey: a line end as \n, others as \x1b.
std::string printable(const std::string& text);

std::string count(std::int64_t n);                                         // "1,000,000"
std::string counted(std::int64_t n, const std::string& noun);              // "1 tile", "2,000 tiles"
std::string rate(double amount, const std::string& unit, double seconds);  // "1.2 GiB/s", "55 GFLOP/s"
std::string significant(double value, int digits = 4);                     // "0.07083"

}  // namespace sluice::frame
