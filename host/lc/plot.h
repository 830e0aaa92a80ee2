// Pictures of objects of a store or of files: a panel each, read by number or name.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/lc/read.h"
#include "host/run.h"

namespace sluice::lc {

constexpr std::size_t kMostPanels = 100, kUsualPanels = 9;

struct LcPlotOptions {
  std::string database;  // a store; empty: files
  ReadOptions files;
  std::string set = "train";
  std::vector<std::string> objects;  // numbers, or names in a store; empty: the first kUsualPanels
  std::vector<std::string> bands;    // empty: all
  std::vector<std::string> outputs;  // .png, .svg, .pdf; .html: an interactive page of all objects
  std::optional<std::string> title;
  int width = 1200, height = 1000;
};

struct LcPlotSummary {
  std::vector<std::int64_t> objects;
  std::vector<std::string> bands;        // of which there are rows
  std::int64_t points = 0, missing = 0;  // missing: without a finite time or flux, not drawn
  bool first_only = false;               // there are more objects than were drawn, as none were named
  RunSummary run;
};

/// Error{kUsage}: too many objects, unknown extensions; {kInput}: no such object, band or set; {kOutput}: an
/// output exists, without run.force.
LcPlotSummary plot_curves(const LcPlotOptions&, const RunOptions&);

}  // namespace sluice::lc
