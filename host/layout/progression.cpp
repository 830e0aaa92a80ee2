#include "host/layout/progression.h"

#include <algorithm>
#include <sstream>

#include "host/error.h"
#include "host/io/sys.h"

namespace sluice::layout {
namespace {

constexpr const char *kFingerprintKey = "fingerprint", *kLooksKey = "looks";

void save(Writer& to, const Attempt& a) {
  to.value(a.facts.seed), to.value(a.facts.iterations), to.value(a.facts.ended);
  to.value(std::uint8_t(a.facts.apart));
  to.value(a.facts.loss.total), to.value(std::uint64_t(a.facts.loss.parts.size()));
  for (const auto& [name, value] : a.facts.loss.parts) to.text(name), to.value(value);
  to.value(std::int32_t(a.positions.dimensions)), to.values(a.positions.at);
  save(to, a.frames);
  a.curve.save(to);
}

void load(Reader& from, Attempt& a) {
  a.facts.seed = from.value<std::uint64_t>();
  a.facts.iterations = from.value<std::int64_t>();
  a.facts.ended = from.value<Ended>();
  a.facts.apart = from.value<std::uint8_t>() != 0;
  a.facts.loss.total = from.value<double>();
  const auto parts = from.value<std::uint64_t>();
  for (std::uint64_t k = 0; k < parts; ++k) {
    std::string name = from.text();
    a.facts.loss.parts.emplace_back(std::move(name), from.value<double>());
  }
  a.positions.dimensions = from.value<std::int32_t>();
  a.positions.at = from.values<double>();
  load(from, a.frames);
  a.curve.load(from);
}

/// The first line in which two fingerprints differ, as "key: expected X, found Y".
std::string difference(const std::string& then, const std::string& now) {
  std::istringstream a(then), b(now);
  std::string x, y;
  while (std::getline(a, x) && std::getline(b, y)) {
    if (x == y) continue;
    const std::size_t colon = std::min(x.find(": "), x.size());
    const auto value = [&](const std::string& line) {
      return line.size() > colon + 2 ? line.substr(colon + 2) : std::string("nothing");
    };
    return x.substr(0, colon) + ": expected " + value(x) + ", found " + value(y);
  }
  return "options: expected those of that run, found others";
}

void remove_quietly(const std::string& path) noexcept {
  try {
    sys::unlink(path);
  } catch (const Error&) {
  }
}

}  // namespace

std::string Progression::bytes() const {
  Writer to;
  to.value(std::uint64_t(done.size()));
  for (const Attempt& a : done) save(to, a);
  save(to, running);
  to.value(iteration), to.text(state);
  return to.bytes();
}

Progression Progression::from(const std::string& bytes) {
  Reader from(bytes);
  Progression p;
  const auto n = from.value<std::uint64_t>();
  for (std::uint64_t k = 0; k < n; ++k) load(from, p.done.emplace_back());
  load(from, p.running);
  p.iteration = from.value<std::int64_t>();
  p.state = from.text();
  return p;
}

Keeper::Keeper(std::vector<std::string> outputs, std::string fingerprint, std::string looks,
               const RunOptions& run)
    : outputs_(std::move(outputs)),
      fingerprint_(std::move(fingerprint)),
      looks_(std::move(looks)),
      states_({outputs_[0] + ".state0", outputs_[0] + ".state1"}) {
  const std::string journal = beside(".journal");
  const bool unfinished = sys::exists(journal);
  if (unfinished && run.resume) {
    JournalContents contents;
    journal_ = std::make_unique<Journal>(Journal::open(journal, contents));
    kept_ = true;
    if (contents.valid && contents.header != fingerprint_)
      throw Error(
          ErrorKind::kOutput,
          outputs_[0] +
              ": cannot be resumed: the unfinished run differs: " + difference(contents.header, fingerprint_),
          "give the options and inputs of the unfinished run, or --force without --resume to start again");
    if (contents.valid) return;
    journal_.reset();  // torn at birth: nothing was done
    kept_ = false;
  } else if (run.resume && !run.force && sys::exists(outputs_[0])) {
    for (const auto& [key, value] : read_provenance(outputs_[0])) {
      if (key != kFingerprintKey && key != kLooksKey) continue;
      const std::string& now = key == kFingerprintKey ? fingerprint_ : looks_;
      if (value != now)
        throw Error(ErrorKind::kOutput,
                    outputs_[0] + ": is the result of another run: " + difference(value, now),
                    "give --force to replace it, or another output");
      complete_ = true;
    }
    if (complete_) {
      for (const std::string& output : outputs_)
        if (!sys::exists(output))
          throw Error(ErrorKind::kOutput, output + ": is missing, though the run that made it ended",
                      "give --force without --resume to make all outputs again");
      return;
    }
  } else if (unfinished && !run.force) {
    throw Error(ErrorKind::kOutput, outputs_[0] + ": an unfinished run is there (" + journal + ")",
                "give --resume to go on with it, or --force to start again");
  }
  if (!run.force)
    for (const std::string& output : outputs_)
      if (sys::exists(output))
        throw Error(ErrorKind::kOutput, output + ": exists already", "give --force to replace it");
  journal_ = std::make_unique<Journal>(Journal::create(journal, fingerprint_));
  for (const char* state : {".state0", ".state1"}) sys::unlink(beside(state));
  sys::sync_folder(journal);
}

Keeper::~Keeper() {
  if (complete_ || finished_ || kept_ || !journal_) return;
  for (const char* left : {".state0", ".state1", ".journal"}) remove_quietly(beside(left));
}

std::optional<Progression> Keeper::found() const {
  const auto state = states_.find();
  if (!state) return {};
  std::string bytes(std::size_t(state->bytes), '\0');
  states_.open(*state);
  states_.read(bytes.data(), bytes.size());
  return Progression::from(bytes);
}

void Keeper::save(const Progression& progression) {
  const std::string bytes = progression.bytes();
  cov_detail::SavedState state;
  state.observation = progression.iteration;
  states_.begin(state);
  states_.piece(bytes.data(), bytes.size());
  states_.end();
  kept_ = true;
}

void Keeper::finish(Provenance provenance) {
  provenance.emplace_back(kFingerprintKey, fingerprint_);
  provenance.emplace_back(kLooksKey, looks_);
  OutputSpec spec;
  spec.path = outputs_[0];
  write_provenance(spec, provenance);
  for (const char* left : {".state0", ".state1", ".journal"}) sys::unlink(beside(left));
  finished_ = true;
}

}  // namespace sluice::layout
