// Tables larger than memory, in two passes: scan() finds names, types, levels and ranges; read() hands out
// batches of typed columns. Both walk over the file in pieces, within the budget and in parallel. What comes
// out depends on the file, the dialect, the selection and batch_rows alone: not on threads, budget or piece
// size. A row may take a sixteenth of the budget.
#pragma once
#include <functional>
#include <string>

#include "host/budget.h"
#include "host/formats/csv/columns.h"
#include "host/formats/csv/schema.h"

namespace sluice::csv {

/// Pass 1. Types that are not given are inferred from all rows: integer, else float, else time, else category
/// where levels are few (at most max_levels, and 16 or half as many as values), else text. A column without
/// any value is float. Integers beyond 64 bits make the column float, and `inexact`. Error{kInput} with line
/// and column at the first bad row where on_error is kFail; {kUsage} for unknown columns.
Schema scan(const std::string& path, const Options& options, Budget& budget);

/// Pass 2: batches of batch_rows rows (the last one fewer), or of about 1 MiB where none are given, in order,
/// with the schema's types and levels; `schema` may be that of another file with the same columns. The batch
/// is valid during the call. Errors as for scan(); a value that the schema's type or levels do not allow is a
/// bad row.
Faults read(const std::string& path, const Options& options, const Schema& schema, Budget& budget,
            const std::function<void(const Batch&)>& take);

}  // namespace sluice::csv
