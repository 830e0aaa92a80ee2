// Work on a table whose encoding was left open: as UTF-8, and once more as Latin-1 where it is not.
#pragma once
#include <string>

#include "host/formats/csv/detect.h"
#include "host/formats/csv/schema.h"
#include "host/run.h"

namespace sluice::fit {

/// work(input), again from its start after csv::NotUtf8; a note says so. Where --encoding was given, the
/// error.
template <class Work>
void read_as_found(csv::Input input, const RunOptions& run, const Work& work) {
  for (;;) {
    try {
      return work(input);
    } catch (const csv::NotUtf8& error) {
      if (!input.find_encoding || input.options.dialect.encoding == csv::Encoding::kLatin1) throw;
      if (run.observer != nullptr)
        run.observer->note(std::string(error.what()) +
                           ": read as Latin-1; --encoding utf-8 refuses such bytes");
      input.options.dialect.encoding = csv::Encoding::kLatin1;
    }
  }
}

}  // namespace sluice::fit
