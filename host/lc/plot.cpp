#include "host/lc/plot.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "host/clock.h"
#include "host/error.h"
#include "host/lc/picture.h"
#include "host/lc/store.h"
#include "host/machine.h"
#include "host/page/figure_page.h"
#include "host/plot.h"

namespace sluice::lc {
namespace {

struct Gathered {
  Curves curves;
  std::vector<std::string> names;  // of the objects, where there are any
  bool more = false;
};

/// Objects of a batch behind those that are there. The same bands.
void append(Curves& to, const Curves& from, const std::set<std::int64_t>& wanted, std::size_t most) {
  if (to.starts.empty()) to.bands = from.bands, to.starts = {0};
  for (std::size_t o = 0; o < from.objects.size() && to.objects.size() < most; ++o) {
    if (!wanted.empty() && wanted.count(from.objects[o]) == 0) continue;
    to.objects.push_back(from.objects[o]);
    for (std::size_t b = 0; b < from.bands.size(); ++b) {
      const auto first = std::ptrdiff_t(from.first(o, b)), last = first + std::ptrdiff_t(from.count(o, b));
      to.t.insert(to.t.end(), from.t.begin() + first, from.t.begin() + last);
      to.flux.insert(to.flux.end(), from.flux.begin() + first, from.flux.begin() + last);
      to.error.insert(to.error.end(), from.error.begin() + first, from.error.begin() + last);
      to.starts.push_back(to.rows());
    }
  }
}

/// Error{kUsage} where two names are of one object.
void check_once(const std::vector<std::int64_t>& objects) {
  std::set<std::int64_t> once;
  for (const std::int64_t object : objects)
    if (!once.insert(object).second)
      throw Error(ErrorKind::kUsage, "--object: object " + std::to_string(object) + " is given twice");
}

/// The objects in the order in which they were asked for.
Curves in_order(const Curves& from, const std::vector<std::int64_t>& objects) {
  Curves to;
  for (const std::int64_t object : objects) append(to, from, {object}, to.objects.size() + 1);
  return to;
}

void check_band_names(const std::string& input, const std::vector<std::string>& asked,
                      const std::vector<std::string>& there) {
  for (const std::string& band : asked) {
    if (std::find(there.begin(), there.end(), band) != there.end()) continue;
    std::string names;
    for (const std::string& name : there) names += (names.empty() ? "" : ", ") + name;
    throw Error(ErrorKind::kInput, input + ": there is no band '" + band + "': expected one of " +
                                       (names.empty() ? "none" : names));
  }
}

/// u g r i z y come in this order, others behind them by name.
std::vector<std::string> by_wavelength(std::vector<std::string> bands) {
  static const std::string known = "ugrizy";
  const auto place = [](const std::string& band) {
    return band.size() == 1 ? std::min(known.find(band), known.size()) : known.size();
  };
  std::stable_sort(bands.begin(), bands.end(), [&](const std::string& a, const std::string& b) {
    return std::pair(place(a), a) < std::pair(place(b), b);
  });
  return bands;
}

/// The same curves with their bands in another order.
Curves with_bands(const Curves& from, const std::vector<std::string>& bands) {
  Curves to;
  to.bands = bands, to.objects = from.objects, to.starts = {0};
  for (std::size_t o = 0; o < from.objects.size(); ++o)
    for (const std::string& band : bands) {
      const auto b = std::size_t(std::find(from.bands.begin(), from.bands.end(), band) - from.bands.begin());
      const auto first = std::ptrdiff_t(from.first(o, b)), last = first + std::ptrdiff_t(from.count(o, b));
      to.t.insert(to.t.end(), from.t.begin() + first, from.t.begin() + last);
      to.flux.insert(to.flux.end(), from.flux.begin() + first, from.flux.begin() + last);
      to.error.insert(to.error.end(), from.error.begin() + first, from.error.begin() + last);
      to.starts.push_back(to.rows());
    }
  return to;
}

Gathered from_store(const LcPlotOptions& o, const RunOptions& run, Budget& budget) {
  Gathered out;
  Store store = Store::open_to_read(o.database);
  std::vector<std::string> bands;
  for (const auto& [band, rows] : store.bands(o.set)) bands.push_back(band);
  check_band_names(o.database, o.bands, bands);
  Selection selection{o.set, o.bands, {}};
  std::vector<std::int64_t> order;
  for (const std::string& object : o.objects) order.push_back(store.find(object));
  check_once(order);
  if (order.empty())
    store.each_object([&](std::int64_t id, std::string) {
      if (order.size() < kUsualPanels)
        order.push_back(id);
      else
        out.more = true;
    });
  selection.objects = order;
  std::sort(selection.objects.begin(), selection.objects.end());
  Curves all;
  read_curves(store, selection, run, budget, [&](const Curves& part) { append(all, part, {}, kMostPanels); });
  out.curves = in_order(all, order);
  for (const std::int64_t object : out.curves.objects) out.names.push_back(store.name_of(object));
  return out;
}

std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto got = std::from_chars(text.data(), end, number);
  if (text.empty() || got.ec != std::errc() || got.ptr != end)
    throw Error(ErrorKind::kUsage, "--object: expected a number, found '" + text + "'",
                "names are known in a database: sluice lc ingest");
  return number;
}

Gathered from_files(const LcPlotOptions& o, const RunOptions& run, Budget& budget) {
  Gathered out;
  std::vector<std::int64_t> order;
  for (const std::string& object : o.objects) order.push_back(number_of(object));
  check_once(order);
  const std::set<std::int64_t> wanted(order.begin(), order.end());
  Curves all;
  std::int64_t objects = 0;
  const SelectedCounts counts =
      read_curves(o.files, o.bands, run, budget, o.outputs[0], [&](const Curves& part) {
        objects += std::int64_t(part.objects.size());
        append(all, part, wanted, wanted.empty() ? kUsualPanels : kMostPanels);
      });
  out.more = order.empty() && objects > std::int64_t(kUsualPanels);
  const std::string input = o.files.inputs.empty() ? o.files.files_from : o.files.inputs[0];
  std::vector<std::string> there;
  for (std::size_t b = 0; b < counts.bands.size(); ++b)
    if (counts.rows_by_band[b] > 0) there.push_back(counts.bands[b]);
  check_band_names(input, o.bands, there);
  for (const std::int64_t object : order)
    if (std::find(all.objects.begin(), all.objects.end(), object) == all.objects.end())
      throw Error(ErrorKind::kInput, input + ": there is no object " + std::to_string(object));
  out.curves = order.empty() ? std::move(all) : in_order(all, order);
  return out;
}

}  // namespace

LcPlotSummary plot_curves(const LcPlotOptions& o, const RunOptions& run) {
  const Clock clock;
  PlotOptions names;
  names.outputs = o.outputs, names.width = o.width, names.height = o.height;
  check_plot(names, run);
  if (o.objects.size() > kMostPanels)
    throw Error(ErrorKind::kUsage, "--object: expected at most " + std::to_string(kMostPanels) +
                                       " objects on a sheet, found " + std::to_string(o.objects.size()));
  RunOptions on_host = run;
  on_host.device = "serial";  // only for its view of the host's memory: nothing is computed on a device
  Machine machine = open_machine(on_host);
  const Gathered got = o.database.empty() ? from_files(o, on_host, machine.budgets->host)
                                          : from_store(o, on_host, machine.budgets->host);
  const Curves curves =
      o.bands.empty() ? with_bands(got.curves, by_wavelength(got.curves.bands)) : got.curves;
  if (curves.objects.empty())
    throw Error(
        ErrorKind::kInput,
        (o.database.empty() ? o.files.inputs.empty() ? o.files.files_from : o.files.inputs[0] : o.database) +
            ": there is nothing to draw: no objects");
  PictureText text;
  if (o.title) text.title = *o.title;
  for (std::size_t k = 0; k < curves.objects.size(); ++k) {
    const std::string number = std::to_string(curves.objects[k]);
    const bool named = k < got.names.size() && !got.names[k].empty() && got.names[k] != number;
    text.objects.push_back(named ? got.names[k] : "object " + number);
  }
  for (const std::string& path : o.outputs)
    if (page::is_page(path))
      page::write_page(page::page_of(page_figure_of(curves, text)), path);
    else
      picture::draw(figure_of(curves, text), path, o.width, o.height);
  LcPlotSummary out;
  out.objects = curves.objects, out.first_only = got.more;
  for (std::int64_t i = 0; i < curves.rows(); ++i)
    ++(std::isfinite(curves.t[std::size_t(i)]) && std::isfinite(curves.flux[std::size_t(i)]) ? out.points
                                                                                             : out.missing);
  for (std::size_t b = 0; b < curves.bands.size(); ++b) {
    std::int64_t rows = 0;
    for (std::size_t k = 0; k < curves.objects.size(); ++k) rows += curves.count(k, b);
    if (rows > 0) out.bands.push_back(curves.bands[b]);
  }
  machine.report(out.run);
  out.run.device = "cpu";
  out.run.device_name.clear(), out.run.level.clear();
  out.run.seconds = out.run.compute_seconds = clock.seconds();
  return out;
}

}  // namespace sluice::lc
