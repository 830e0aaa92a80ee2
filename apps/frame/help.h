// Texts that are generated from the records of commands: --help, man pages, shell completions.
#pragma once
#include <string>
#include <vector>

#include "apps/frame/option.h"

namespace sluice::frame {

/// `sluice --help`: what sluice is and its commands.
std::string overview(const std::vector<Command>& commands);
/// `sluice cov --help`: what it does, examples that run as printed, options by group.
std::string help_of(const Command& command);
/// `sluice man cov`: the same as a man page (troff); without a command, of sluice itself.
std::string man_of(const Command& command);
std::string man_of_all(const std::vector<Command>& commands);
/// `sluice completions bash|zsh|fish`. Error{kUsage} for another shell.
std::string completions(const std::string& shell, const std::vector<Command>& commands);

/// "sluice cov X -o FILE [OPTION]..."
std::string synopsis(const Command& command);
/// Groups of options in the order in which they first appear.
std::vector<std::string> groups_of(const Command& command);
/// The commands that can be run: kinds in place of those that have kinds.
std::vector<Command> leaves(const std::vector<Command>& commands);

}  // namespace sluice::frame
