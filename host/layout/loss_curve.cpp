#include "host/layout/loss_curve.h"

#include <algorithm>
#include <cmath>

#include "host/formats/csv/writer.h"
#include "host/page/figure_page.h"
#include "host/picture/figure.h"

namespace sluice::layout {
namespace {

constexpr std::size_t kNamed = 8;  // restarts with a colour and a name of their own

void write_table(const std::vector<LossCurve>& restarts, std::string loss, const std::string& path) {
  csv::Schema schema;
  const auto column = [&](const std::string& name, csv::Type type) {
    csv::Column c;
    c.name = name, c.type = type;
    schema.columns.push_back(std::move(c));
  };
  column("restart", csv::Type::kInteger);
  column("iteration", csv::Type::kInteger);
  std::replace(loss.begin(), loss.end(), ' ', '_');
  column(loss, csv::Type::kFloat);
  csv::Writer writer(path, csv::Dialect(), schema);
  for (std::size_t r = 0; r < restarts.size(); ++r) {
    csv::Batch batch;
    batch.schema = &schema;
    batch.rows = std::int64_t(restarts[r].losses().size());
    batch.columns.resize(3);
    batch.columns[0].integers.assign(restarts[r].losses().size(), std::int64_t(r + 1));
    batch.columns[1].integers = restarts[r].iterations();
    batch.columns[2].floats = restarts[r].losses();
    for (csv::ColumnData& column : batch.columns) column.missing.assign(restarts[r].losses().size(), 0);
    writer.write(batch);
  }
  writer.finish();
}

picture::Figure figure_of(const std::vector<LossCurve>& restarts, const std::string& loss,
                          const std::string& title) {
  picture::Figure figure;
  figure.title = title;
  figure.kind = "Loss curve";
  picture::Panel panel;
  panel.x.label = "iteration", panel.y.label = loss;
  double low = INFINITY, high = -INFINITY;
  for (std::size_t r = 0; r < restarts.size(); ++r) {
    picture::LineLayer line;
    if (restarts.size() > 1 && restarts.size() <= kNamed) line.name = "restart " + std::to_string(r + 1);
    if (restarts.size() > kNamed) line.color = picture::Rgb{0x2f, 0x6f, 0xa7};
    line.x.assign(restarts[r].iterations().begin(), restarts[r].iterations().end());
    line.y = restarts[r].losses();
    for (const double y : line.y) low = std::min(low, y), high = std::max(high, y);
    panel.layers.emplace_back(std::move(line));
  }
  if (low > 0 && high > 8 * low) panel.y.scale = picture::ScaleKind::kLog;
  figure.panels = {std::move(panel)};
  return figure;
}

}  // namespace

void LossCurve::add(std::int64_t iteration, double loss) {
  if (iteration <= last_) return;
  last_ = iteration;
  if (calls_++ % apart_ != 0 || std::isnan(loss)) return;
  iterations_.push_back(iteration), losses_.push_back(loss);
  if (losses_.size() < kMost) return;
  for (std::size_t k = 0; 2 * k < losses_.size(); ++k)
    iterations_[k] = iterations_[2 * k], losses_[k] = losses_[2 * k];
  iterations_.resize(kMost / 2), losses_.resize(kMost / 2);
  apart_ *= 2;
}

void LossCurve::end(std::int64_t iteration, double loss) {
  if (std::isnan(loss)) return;
  if (!iterations_.empty() && iterations_.back() >= iteration) {
    iterations_.back() = iteration, losses_.back() = loss;
    return;
  }
  iterations_.push_back(iteration), losses_.push_back(loss);
}

void LossCurve::save(Writer& to) const {
  to.value(apart_), to.value(calls_), to.value(last_), to.values(iterations_), to.values(losses_);
}

void LossCurve::load(Reader& from) {
  apart_ = std::max<std::int64_t>(1, from.value<std::int64_t>());
  calls_ = from.value<std::int64_t>();
  last_ = from.value<std::int64_t>();
  iterations_ = from.values<std::int64_t>();
  losses_ = from.values<double>();
  iterations_.resize(losses_.size());
}

void write_losses(const std::vector<LossCurve>& restarts, const std::string& loss, const std::string& title,
                  const std::string& path, int width, int height) {
  if (path.size() > 4 && path.compare(path.size() - 4, 4, ".csv") == 0)
    return write_table(restarts, loss, path);
  const picture::Figure figure = figure_of(restarts, loss, title);
  if (page::is_page(path))
    page::write_page(page::page_of(figure), path);
  else
    picture::draw(figure, path, width, height);
}

}  // namespace sluice::layout
