// What `sluice info` says of a table, as text and as JSON.
#pragma once
#include <string>

#include "apps/frame/json.h"
#include "host/inspect_table.h"

namespace sluice {

/// `levels`: how many of a category's most frequent levels are listed.
frame::Json table_summary(const TableFacts& facts, std::size_t levels);
/// Lines of at most `width` places, where names allow it.
std::string table_text(const TableFacts& facts, std::size_t levels, std::size_t width);

}  // namespace sluice
