// Options as records. Help, man pages, completions and the parser are all made from these, so that they
// cannot disagree; an option that several commands have is defined once (common_options.h).
#pragma once
#include <functional>
#include <string>
#include <vector>

namespace sluice::frame {

struct Option {
  std::vector<std::string> names;               // short first: "-o", "--output"
  std::string value;                            // "FILE"; empty: a switch
  std::string help;                             // one sentence, without a full stop
  std::string group;                            // heading in --help
  std::function<void(const std::string&)> set;  // Error{kUsage} when the text makes no sense
  std::vector<std::string> choices = {};        // of the value; empty: any
  std::string environment = {};                 // the variable that is read where the option is not given
  bool repeats = false;            // may be given several times, each time set; else the last counts
  bool* by_environment = nullptr;  // set to true where that gave the value
  const std::string& long_name() const { return names.back(); }
};

struct Positional {
  std::string name, help;
  std::function<void(const std::string&)> set;
  bool many = false;  // the last one: any number of them, none too; each is set
};

/// A subcommand: what it says of itself, what it takes, and what it does. One with kinds ("generate matrix")
/// has nothing else: its kinds are the commands.
struct Command {
  std::string name;                     // "cov", "generate matrix"
  std::string summary;                  // one line, for lists
  std::string description;              // paragraphs, separated by empty lines
  std::vector<std::string> examples;    // run as printed, one after another
  std::vector<Positional> positionals;  // required
  std::vector<Option> options;
  std::function<int()> run;  // returns the exit code
  std::vector<Command> kinds = {};
};

}  // namespace sluice::frame
