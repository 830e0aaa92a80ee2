#include "host/processor.h"

#include "host/error.h"

namespace sluice {

void expect_processor(const RunOptions& run, const std::string& what) {
  if (run.device == "auto" || run.device == "cpu" || run.device_is_wish) return;
  throw Error(ErrorKind::kUsage, "--device " + run.device + ": " + what + ": expected auto or cpu");
}

}  // namespace sluice
