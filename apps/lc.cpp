// `sluice lc KIND`: light curves into a database, their features, pictures of them.
#include "apps/commands.h"

namespace sluice {

frame::Command lc_command() {
  frame::Command c;
  c.name = "lc";
  c.summary = "light curves: into a database, statistics of every source and band, pictures";
  c.description =
      "Reads light curves of many objects in several bands, keeps them in an SQLite database, computes "
      "statistics of every object and band on the device, and draws them.";
  c.examples = {"sluice generate lightcurves --objects 100 --seed 1 -o curves/",
                "sluice lc ingest curves/ -o survey.db", "sluice lc features survey.db",
                "sluice lc plot survey.db --object 10 -o object10.png"};
  c.kinds = {lc_ingest_kind(), lc_features_kind(), lc_plot_kind()};
  return c;
}

}  // namespace sluice
