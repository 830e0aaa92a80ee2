// A figure as an interactive page: the same layers, axes and colours as on the sheet.
#pragma once
#include <string>
#include <vector>

#include "host/page/page.h"
#include "host/picture/figure.h"

namespace sluice::page {

/// True where the path ends in .html or .htm, in either case.
bool is_page(const std::string& path);
/// True where there are paths, and all are of pages.
bool all_pages(const std::vector<std::string>& paths);

/// Of the figure's first panel. Up to kExactMarks coordinates stay doubles, more become float offsets from
/// the middle of their axis, but for times. Series of points that only their names tell apart become
/// categories. Memory: the figure's data again, half as large.
Page page_of(const picture::Figure& figure);

constexpr std::size_t kExactMarks = 100000;

}  // namespace sluice::page
