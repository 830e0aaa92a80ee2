// Where generated light curves go: a table, a folder of text tables, a database. Each takes objects in order
// from blocks that threads draw.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "host/generate/drawn_curve.h"
#include "host/generate_lightcurves.h"
#include "host/machine.h"

namespace sluice {

struct LightcurveJob {
  const GenerateLightcurvesOptions& options;
  Survey survey;
  Machine& machine;
  const RunOptions& run;
  GenerateLightcurvesSummary& out;

  void check_stop() const;
};

enum class LightcurveFormat { kTable, kFolder, kDatabase };
/// Of the output's name. Error{kUsage} where it says nothing.
LightcurveFormat lightcurve_format(const std::string& output);

/// Objects of a block: about a MiB of text, less where memory is short.
std::int64_t objects_in_block(const GenerateLightcurvesOptions& options, const Machine& machine);
/// Bytes that a thread holds for a block: rows and text.
std::uint64_t block_bytes(const GenerateLightcurvesOptions& options, std::int64_t objects);

/// "sep" between fields: OBJECT,TIME,BAND,FLUX,ERROR and a line end.
void put_table_row(std::int64_t object, const DrawnRow& row, const Survey& survey, char separator,
                   std::string& to);
/// A text table as a survey's archive has them: comment lines, a header, columns aligned.
void put_text_table(std::int64_t object, CurveShape shape, const std::vector<DrawnRow>& rows,
                    const Survey& survey, std::string& to);

void write_lightcurve_table(LightcurveJob& job);
void write_lightcurve_folder(LightcurveJob& job);
void write_lightcurve_database(LightcurveJob& job);

}  // namespace sluice
