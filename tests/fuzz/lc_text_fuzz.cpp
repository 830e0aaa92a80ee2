// The reader of small text tables on any bytes: what it takes does not depend on what stood in memory around
// them or was read before, plain rows are taken as the general reader takes them, bad lines are
// counted and not passed on, and Error{kInput} is all it ever throws.
// The first byte chooses the options; the rest is the file.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "host/error.h"
#include "host/lc/text_table.h"

namespace {

using namespace sluice::lc;

void require(bool promise) {
  if (!promise) std::abort();
}

struct Result {
  bool refused = false;
  std::string what;
  TextFacts facts;
  ParsedRows parsed;
};

Result parse(TextParser& parser, const std::uint8_t* data, std::size_t size, char around) {
  constexpr std::size_t kPadding = sluice::csv::kPadding;
  std::vector<char> bytes(size + 2 * kPadding, around);
  if (size != 0) std::memcpy(bytes.data() + kPadding, data, size);
  Result result;
  try {
    result.facts = parser.parse("f", {bytes.data() + kPadding, size}, result.parsed);
  } catch (const sluice::Error& error) {
    require(error.kind() == sluice::ErrorKind::kInput);
    result.refused = true;
    result.what = error.what();
  }
  return result;
}

bool same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

void require_same(const Result& a, const Result& b) {
  require(a.refused == b.refused && a.what == b.what);
  if (a.refused) return;
  require(a.facts.metadata == b.facts.metadata && a.facts.label == b.facts.label &&
          a.facts.key == b.facts.key);
  require(a.facts.rows == b.facts.rows && a.facts.bad_rows == b.facts.bad_rows &&
          a.facts.faults == b.facts.faults);
  require(a.parsed.bands.levels() == b.parsed.bands.levels());
  for (std::size_t i = 0; i < a.parsed.rows.size(); ++i) {
    const Row &x = a.parsed.rows[i], &y = b.parsed.rows[i];
    require(x.t == y.t && same(x.flux, y.flux) && same(x.error, y.error) && x.band == y.band);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  ReadOptions options;
  options.magnitudes = (data[0] & 1) != 0;
  if ((data[0] & 2) != 0) options.only_band = "V";
  if ((data[0] & 4) != 0) options.id = "meta:ID";
  options.table.options.on_error =
      (data[0] & 8) != 0 ? sluice::csv::OnError::kFail : sluice::csv::OnError::kSkip;
  ++data, --size;
  TextParser parser(options), fresh(options), general(options, false);
  const Result one = parse(parser, data, size, '\0'), again = parse(parser, data, size, '7'),
               other = parse(fresh, data, size, '\n');
  require_same(one, again);
  require_same(one, other);
  require_same(one, parse(general, data, size, '5'));
  if (one.refused) return 0;
  require(one.facts.rows == std::int64_t(one.parsed.rows.size()));
  require((one.facts.bad_rows == 0) == one.facts.faults.empty());
  for (const Row& row : one.parsed.rows) {
    require(std::isfinite(row.t));
    require(row.band >= 0 && std::size_t(row.band) < one.parsed.bands.size());
    require(!one.parsed.bands[std::size_t(row.band)].empty());
  }
  return 0;
}
