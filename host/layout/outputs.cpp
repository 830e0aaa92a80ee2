#include "host/layout/outputs.h"

#include <fcntl.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "host/error.h"
#include "host/graph/positions.h"
#include "host/graph/write.h"
#include "host/io/sys.h"
#include "host/layout/animation.h"
#include "host/layout/graph_page.h"
#include "host/layout/picture.h"
#include "host/layout/table_outputs.h"
#include "host/page/figure_page.h"
#include "host/picture/canvas.h"
#include "host/picture/ticks.h"

namespace sluice::layout {
namespace {

std::string ending_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/') + 1, dot = path.find_last_of('.');
  std::string ending = dot == std::string::npos || dot <= slash ? "" : path.substr(dot);
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  return ending;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t k = 0; k < parts.size(); ++k)
    text += (k == 0 ? "" : k + 1 == parts.size() ? " or " : ", ") + parts[k];
  return text;
}

[[noreturn]] void refuse_ending(const std::string& path, const std::string& expected) {
  const std::string ending = ending_of(path);
  throw Error(ErrorKind::kUsage, path + ": the kind of output is not known: expected a name that ends in " +
                                     expected + ", found " +
                                     (ending.empty() ? "no ending" : "'" + ending + "'"));
}

bool is_picture(const std::string& path) {
  const std::string ending = ending_of(path);
  return ending == ".png" || ending == ".svg" || ending == ".pdf";
}

void check_folder(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder.empty() ? "." : folder, ignored))
    throw Error(ErrorKind::kOutput, path + ": there is no folder " + folder.string());
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code ignored;
  return std::filesystem::equivalent(a, b, ignored);
}

void check_names(const std::vector<std::string>& written, const LayoutOptions& o) {
  std::set<std::filesystem::path> names;
  for (const std::string& path : written) {
    if (!names.insert(std::filesystem::weakly_canonical(std::filesystem::absolute(path))).second)
      throw Error(ErrorKind::kUsage, path + ": two outputs cannot have one name");
    for (const std::string& input : {o.graph, o.start, o.pins})
      if (!input.empty() && same_file(path, input))
        throw Error(ErrorKind::kUsage, path + ": the output is also an input", "choose another name with -o");
    check_folder(path);
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
      throw Error(ErrorKind::kOutput, path + ": is a folder: expected the name of a file",
                  "choose another name with -o");
  }
}

std::uint64_t size_of_file(const std::string& path) {
  return sys::identity(sys::File(path, O_RDONLY)).bytes;
}

GraphPage page_with(const Drawing& drawing, const Written& what) {
  GraphPage page;
  page.drawing = &drawing, page.title = what.title, page.caption = what.caption;
  return page;
}

std::string restart_title(const Written& what, std::size_t k) {
  const LayoutRestart& r = what.progression->done[k].facts;
  return "seed " + std::to_string(r.seed) + ": " + what.loss + " " + picture::short_number(r.loss.total, 5) +
         (k == what.best ? " (kept)" : "");
}

void write_sheet(const LayoutOptions& o, const Drawing& whole, const Written& what, const RunOptions& run) {
  const std::vector<Attempt>& all = what.progression->done;
  Drawing drawing = whole;
  if (o.labels == Labels::kAuto) drawing.labelled.clear();  // panels are small
  if (kind_of(o.sheet) == OutputKind::kAnimation) {
    std::vector<Moving> panels;
    for (std::size_t k = 0; k < all.size(); ++k)
      panels.push_back({&all[k].frames, restart_title(what, k), k == what.best});
    return draw_animation(drawing, panels, {what.title, what.passing, what.loss}, o.sheet, o.width / 2,
                          o.height / 2, run);
  }
  GraphPage page = page_with(drawing, what);
  for (std::size_t k = 0; k < all.size(); ++k)
    page.panels.push_back({&all[k].positions, extent_of(all[k].positions), restart_title(what, k),
                           k == what.best, apart_of(all[k].positions)});
  draw_picture(page, what.description, o.sheet, o.width, o.height);
}

LayoutOutput write_one(const LayoutOptions& o, const std::string& path, const Drawing& drawing,
                       const Written& what, const RunOptions& run) {
  const graph::Graph& g = *what.graph;
  const std::string quoted = python_text(path);
  LayoutOutput out{path, {}, {}, 0};
  switch (kind_of(path)) {
    case OutputKind::kNpy:
      out.format = "npy", out.open = "np.load(" + quoted + ")";
      write_npy(*what.positions, path, what.provenance);
      break;
    case OutputKind::kCsv:
      out.format = "csv", out.open = "pd.read_csv(" + quoted + ")";
      write_csv(g, *what.positions, path, what.provenance);
      break;
    case OutputKind::kGraph: {
      out.format = ending_of(path).substr(1), out.open = "Gephi: File, Open, " + path;
      graph::WriteOptions options;
      const std::vector<std::string> names = graph::coordinate_names(what.positions->dimensions);
      for (std::size_t k = 0; k < names.size(); ++k) {
        graph::VertexValues values{names[k], {}};
        for (std::int64_t v = 0; v < what.positions->vertices(); ++v)
          values.values.push_back(what.positions->of(v)[k]);
        options.values.push_back(std::move(values));
      }
      options.comment = what.description;
      graph::write_graph(g, path, options);
      break;
    }
    case OutputKind::kPicture: {
      out.format = ending_of(path).substr(1);
      GraphPage page = page_with(drawing, what);
      page.panels.push_back(
          {what.positions, extent_of(*what.positions), {}, false, apart_of(*what.positions)});
      draw_picture(page, what.description, path, o.width, o.height);
      break;
    }
    case OutputKind::kAnimation:
      out.format = "gif";
      draw_animation(drawing, {{&what.progression->done[what.best].frames, {}, false}},
                     {what.title, what.passing, what.loss}, path, o.width / 2, o.height / 2, run);
      break;
    case OutputKind::kPage:
      out.format = "html", out.open = "a browser: " + path;
      page::write_page(page_of(drawing, *what.positions, what.title, what.description, what.caption), path);
      break;
  }
  out.bytes = size_of_file(path);
  return out;
}

}  // namespace

OutputKind kind_of(const std::string& path) {
  const std::string ending = ending_of(path);
  if (ending == ".npy") return OutputKind::kNpy;
  if (ending == ".csv") return OutputKind::kCsv;
  if (ending == ".graphml" || ending == ".gml") return OutputKind::kGraph;
  if (is_picture(path)) return OutputKind::kPicture;
  if (ending == ".gif") return OutputKind::kAnimation;
  if (page::is_page(path)) return OutputKind::kPage;
  refuse_ending(path, joined(layout_endings()));
}

bool wants_frames(const LayoutOptions& o) {
  const auto animated = [](const std::string& path) { return kind_of(path) == OutputKind::kAnimation; };
  return std::any_of(o.outputs.begin(), o.outputs.end(), animated) || (!o.sheet.empty() && animated(o.sheet));
}

std::vector<std::string> check_outputs(const LayoutOptions& o) {
  std::vector<std::string> all = o.outputs;
  for (const std::string& path : o.outputs) kind_of(path);
  for (const std::string& path : o.losses)
    if (ending_of(path) != ".csv" && !is_picture(path) && !page::is_page(path))
      refuse_ending(path, ".csv, .png, .svg, .pdf or .html");
  all.insert(all.end(), o.losses.begin(), o.losses.end());
  if (!o.sheet.empty()) {
    if (!is_picture(o.sheet) && ending_of(o.sheet) != ".gif")
      refuse_ending(o.sheet, ".png, .svg, .pdf or .gif");
    if (o.restarts < 2)
      throw Error(ErrorKind::kUsage,
                  "--sheet " + o.sheet + ": shows several restarts: expected --restarts 2 or more");
    all.push_back(o.sheet);
  }
  picture::check_extents(o.width, o.height);
  if (wants_frames(o)) picture::check_extents(o.width / 2, o.height / 2);
  check_names(all, o);
  return all;
}

std::vector<LayoutOutput> write_outputs(const LayoutOptions& o, const Written& what, const RunOptions& run) {
  const Drawing drawing = make_drawing(*what.graph, *what.component, o.color_by, o.labels);
  std::vector<LayoutOutput> written;
  for (const std::string& path : o.outputs) written.push_back(write_one(o, path, drawing, what, run));
  const auto add = [&](const std::string& path) {
    written.push_back({path, ending_of(path).substr(1), {}, size_of_file(path)});
  };
  for (const std::string& path : o.losses) {
    std::vector<LossCurve> curves;
    for (const Attempt& a : what.progression->done) curves.push_back(a.curve);
    write_losses(curves, what.passing, what.title, path, o.width, o.height);
    add(path);
  }
  if (!o.sheet.empty()) write_sheet(o, drawing, what, run), add(o.sheet);
  return written;
}

}  // namespace sluice::layout
