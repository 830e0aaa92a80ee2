// The `sluice` command: finds the subcommand, gives it its arguments, and turns errors into messages and exit
// codes. Everything else is in the subcommands' files and in frame/.
#include <sys/resource.h>

#include <algorithm>
#include <exception>
#include <new>

#include "apps/commands.h"
#include "apps/frame/help.h"
#include "apps/frame/invocation.h"
#include "apps/frame/messages.h"
#include "apps/frame/parser.h"
#include "apps/frame/suggest.h"
#include "apps/frame/text.h"
#include "host/backend.h"
#include "sluice_version.h"

namespace sluice {
namespace {

using namespace frame;
using Words = std::vector<std::string>;

/// A command found, and the arguments that are left for it.
struct Call {
  Command command;
  Words arguments;
  std::string name() const { return "sluice " + command.name; }
};

const Command& named(const std::vector<Command>& commands, const std::string& word, const char* what) {
  std::vector<std::string> names;
  for (const Command& c : commands) {
    const std::string last = c.name.substr(c.name.find(' ') + 1);
    if (last == word) return c;
    names.push_back(last);
  }
  std::vector<std::string> near = names;
  near.insert(near.end(), {"help", "man", "completions", "--help", "--version"});
  throw Error(ErrorKind::kUsage,
              std::string("unknown ") + (word[0] == '-' ? "option " : what) + word + did_you_mean(word, near),
              std::string("there are: ") + joined(names, ", "));
}

/// The command that the first words name; a kind where the command has kinds and a word follows.
Call find(const std::vector<Command>& commands, const Words& words) {
  Call call{named(commands, words[0], "command "), {words.begin() + 1, words.end()}};
  if (!call.command.kinds.empty() && !call.arguments.empty() && call.arguments[0][0] != '-') {
    const std::string kind = call.arguments[0];
    call.arguments.erase(call.arguments.begin());
    const Command chosen = named(call.command.kinds, kind, "kind ");
    call.command = chosen;
  }
  return call;
}

bool asks_for_help(const Words& arguments) {
  for (const std::string& a : arguments) {
    if (a == "--") return false;
    if (a == "--help" || a == "-h") return true;
  }
  return false;
}

std::string version() {
  std::vector<std::string> backends;
  for (const std::string& name : installed_backends())
    if (name != "late") backends.push_back(name);  // a stand-in for tests
  return "sluice " SLUICE_VERSION " (" SLUICE_COMMIT ")\n" +
         table({{"compiler", SLUICE_COMPILER},
                {"build", SLUICE_BUILD_TYPE},
                {"CUDA", SLUICE_CUDA_VERSION},
                {"backends", backends.empty() ? "none" : joined(backends, ", ")}});
}

int run_command(Call call, std::string& name) {
  name = call.name();
  if (asks_for_help(call.arguments)) return say(help_of(call.command)), 0;
  if (!call.command.kinds.empty()) {
    std::vector<std::string> kinds;
    for (const Command& kind : call.command.kinds) kinds.push_back(kind.name);
    throw Error(ErrorKind::kUsage, "expected a kind: sluice " + either(kinds),
                "'" + call.name() + " --help' shows an example");
  }
  parse(call.command, call.arguments);
  return call.command.run();
}

/// `name` is kept up to date for the messages of errors.
int dispatch(const Words& words, std::string& name) {
  const std::vector<Command> commands = all_commands();
  if (words.empty()) return tell(overview(commands)), 2;
  const std::string first = words[0];
  const Words rest(words.begin() + 1, words.end());
  if (first == "--version" || first == "version") return say(version()), 0;
  if (first == "--man") return say(man_of_all(commands)), 0;
  if (first == "--help" || first == "-h" || first == "help") {
    say(rest.empty() ? overview(commands) : help_of(find(commands, rest).command));
    return 0;
  }
  if (first == "man") {
    say(rest.empty() ? man_of_all(commands) : man_of(find(commands, rest).command));
    return 0;
  }
  if (first == "completions") {
    if (rest.size() != 1)
      throw Error(ErrorKind::kUsage, "completions: expected bash, zsh or fish",
                  "for example: source <(sluice completions bash)");
    return say(completions(rest[0], commands)), 0;
  }
  return run_command(find(commands, words), name);
}

/// Whether the command that was interrupted can go on where it was.
bool resumable(const Words& words) {
  const std::vector<Command> commands = all_commands();
  const std::vector<Option> options = find(commands, words).command.options;
  const auto given = [&](const char* name) {
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& w) { return w.rfind(name, 0) == 0; });
  };
  // Text whose rows have no place of their own begins anew.
  const bool text = words[0] == "window" && std::any_of(words.begin(), words.end(), [](const std::string& w) {
                      return w.size() > 4 && w.compare(w.size() - 4, 4, ".csv") == 0;
                    });
  return (given("-o") || given("--output")) && !text &&
         std::any_of(options.begin(), options.end(),
                     [](const Option& option) { return option.long_name() == "--resume"; });
}

/// A series may lie in thousands of files: as many may be open as the system lets us.
void allow_many_files() {
  struct rlimit limit {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int guarded(const Words& words) {
  std::string name = "sluice";
  try {
    return dispatch(words, name);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kInterrupted) {
      complain(name, error);
    } else {
      const bool given = std::find(words.begin(), words.end(), "--resume") != words.end();
      const std::string again = invocation().line() + (given ? "" : " --resume");
      complain(name, Error(error.kind(), "interrupted",
                           resumable(words) ? "go on with: " + again : error.advice()));
    }
    return exit_code_of(error.kind());
  } catch (const std::bad_alloc&) {
    complain(name,
             Error(ErrorKind::kMemory, "out of memory", "a smaller --memory leaves more for the system"));
  } catch (const std::exception& error) {
    complain(name, Error(ErrorKind::kInput, error.what()));
  }
  return 1;
}

}  // namespace
}  // namespace sluice

int main(int argc, char** argv) {
  sluice::frame::watch_signals();
  sluice::allow_many_files();
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  auto& typed = sluice::frame::invocation().words;
  typed.push_back("sluice");
  typed.insert(typed.end(), words.begin(), words.end());
  return sluice::guarded(words);
}
