// Shapes of light curves. `#define`s the namespace that the shared formulas of kernels/ are compiled into.
#define SLUICE_BACKEND drawn
#include "host/generate/drawn_curve.h"

#include <algorithm>
#include <cmath>

#include "kernels/normal.h"
#include "kernels/philox.h"

namespace sluice {
namespace {

using i64 = std::int64_t;

// A season of 250 nights a year, for three years; 0.35 days of each night are observed.
constexpr i64 kNights = 250, kYears = 3, kNight = 35 * kTimePlaces / 100, kDusk = 5 * kTimePlaces / 100;
constexpr i64 kFirstDay = 59580;  // 2022-01-01

struct Pair {
  double first, second;  // uniform on [0, 1)
};
enum Stream : std::uint32_t { kObject = 0, kPoint = 1, kNoise = 2 };

/// Numbers that (seed, object, stream, index) name.
Pair uniform(const Survey& survey, i64 object, Stream stream, i64 index) {
  const drawn::Words w = drawn::philox({std::uint32_t(object), std::uint32_t(std::uint64_t(object) >> 32),
                                        std::uint32_t(index), std::uint32_t(stream)},
                                       std::uint32_t(survey.seed), std::uint32_t(survey.seed >> 32));
  return {drawn::uniform_double(w.x0, w.x1), drawn::uniform_double(w.x2, w.x3)};
}

/// e^x by plain multiplication and addition, within 2 units in the last place; 0 below e^-700.
double exponential(double x) {
  if (x < -700) return 0;
  x = std::min(x, 700.0);
  const double k = std::floor(x * 1.4426950408889634 + 0.5);
  const double r = (x - k * 0x1.62e42fefa38p-1) - k * 0x1.ef35793c7673p-45;  // ln 2 in two parts
  double p = 1.0;
  for (int n = 14; n > 0; --n) p = 1.0 + r / n * p;
  return std::ldexp(p, int(k));
}

double log_uniform(double u, double low, double ratio_log) {
  return low * exponential(u * ratio_log);
}

/// How a band differs from r: the exponent of its colour, its background.
struct BandLook {
  double color, background;
};
BandLook look_of(char band, int place) {
  static const std::string known = "ugrizy";
  static constexpr double backgrounds[] = {36, 14, 12, 18, 30, 55};
  const std::size_t at = known.find(band);
  if (at == std::string::npos) return {0.3 * (place % 5 - 2), 20};
  return {0.3 * (double(at) - 2), backgrounds[at]};
}

struct Model {
  CurveShape shape;
  double level;  // mean flux in r, of a transient its peak
  double color;  // redder where positive
  double period, amplitude, phase, overtone;
  double peak, rise, fall;  // days

  double flux(double t, double band_color) const {
    const double at_band = level * exponential(color * band_color);
    if (shape == CurveShape::kConstant) return at_band;
    if (shape == CurveShape::kPeriodic) {
      const double turns = (t - double(kFirstDay)) / period + phase;
      const double first = turns - std::floor(turns), second = 2 * turns - std::floor(2 * turns);
      const double wave = drawn::sine_cosine(first).sine + overtone * drawn::sine_cosine(second).sine;
      return at_band * (1 + amplitude * wave);
    }
    const double since = t - peak, slower = fall * exponential(0.4 * band_color);
    return at_band * exponential(-since / slower) / (1 + exponential(-since / rise));
  }
};

Model model_of(const Survey& survey, i64 object, CurveShape shape, i64 season_start) {
  Model m{};
  const auto pair = [&](i64 index) { return uniform(survey, object, kObject, index); };
  const Pair a = pair(2), b = pair(3), c = pair(4);
  m.shape = shape;
  m.level = log_uniform(a.first, 60, 4.4);  // to about 5000
  m.color = 2 * a.second - 0.7;
  m.period = log_uniform(b.first, 0.25, 6.0);  // to about 100 days
  m.amplitude = 0.1 + 0.35 * b.second;
  m.phase = c.first, m.overtone = 0.6 * c.second;
  const Pair d = pair(5), e = pair(6);
  // Within a season, so that some of it is seen.
  m.peak = double(season_start) + 365 * std::floor(d.first * kYears) + double(kNights) * d.second;
  m.rise = 2 + 6 * e.first, m.fall = 15 + 45 * e.second;
  return m;
}

/// Point k of n: a place of its own among all moments that are observed, so that no two times are equal.
i64 time_of(const Survey& survey, i64 object, i64 season_start, i64 k, i64 n, double u) {
  constexpr i64 all = kYears * kNights * kNight;
  const i64 low = all * k / n, high = all * (k + 1) / n;
  const i64 place = std::min(low + i64(u * double(high - low)), high - 1);
  const i64 night = place / kNight;
  return (season_start + night / kNights * 365 + night % kNights) * kTimePlaces + kDusk + place % kNight;
}

i64 places(double value) {
  return i64(std::floor(value * double(kFluxPlaces) + 0.5));
}

void put_in_order(std::vector<DrawnRow>& rows, double u) {
  if (u < 0.5) return;  // by time already
  if (u < 0.8) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const DrawnRow& a, const DrawnRow& b) { return a.band < b.band; });
  } else {
    std::rotate(rows.begin(), rows.begin() + i64(rows.size()) * 2 / 3, rows.end());
  }
}

}  // namespace

const char* name_of(CurveShape shape) {
  return shape == CurveShape::kConstant   ? "constant"
         : shape == CurveShape::kPeriodic ? "periodic"
                                          : "transient";
}

CurveFacts facts_of(const Survey& survey, i64 object) {
  const Pair a = uniform(survey, object, kObject, 0);
  const i64 choices = survey.most - survey.least + 1;
  return {CurveShape(std::min(int(a.first * 3), 2)),
          survey.least + std::min(i64(a.second * double(choices)), choices - 1)};
}

void draw_curve(const Survey& survey, i64 object, std::vector<DrawnRow>& rows) {
  const CurveFacts facts = facts_of(survey, object);
  const Pair look = uniform(survey, object, kObject, 1);
  const i64 season_start = kFirstDay + i64(look.first * 365);
  const Model model = model_of(survey, object, facts.shape, season_start);
  const double bands = double(survey.bands.size());
  rows.resize(std::size_t(facts.points));
  for (i64 k = 0; k < facts.points; ++k) {
    const Pair where = uniform(survey, object, kPoint, k), noise = uniform(survey, object, kNoise, 2 * k);
    DrawnRow& row = rows[std::size_t(k)];
    row.band = std::min(int(where.second * bands), int(bands) - 1);
    row.t = time_of(survey, object, season_start, k, facts.points, where.first);
    const BandLook band = look_of(survey.bands[std::size_t(row.band)], row.band);
    const double flux = model.flux(row.time(), band.color);
    const double seeing = 0.7 + uniform(survey, object, kNoise, 2 * k + 1).first;
    const double sky = band.background * seeing;
    const double error = std::sqrt(sky * sky + std::max(flux, 0.0) + 2.5e-5 * flux * flux);
    row.error = std::max<i64>(places(error), 1);
    row.flux = places(flux + error * drawn::normal_pair(noise.first, noise.second).first);
  }
  put_in_order(rows, look.second);
}

}  // namespace sluice
