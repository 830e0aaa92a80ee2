// What goes to the two streams. Results go to standard output by say(), which fails loudly on a full disk and
// quietly on a reader that went away; everything else is a line on standard error.
#pragma once
#include <string>

#include "host/error.h"

namespace sluice::frame {

/// Text of a result, to standard output. Error{kOutput} when it cannot be written; false when the reader of
/// a pipe went away.
bool say(const std::string& text);
/// A line on standard error: "note: ...", "warning: ...".
void note(const std::string& line);
void warn(const std::string& line);
/// A line on standard error as it is.
void tell(const std::string& line);
/// "sluice cov: what", then the advice where there is one.
void complain(const std::string& command, const Error& error);

/// True where standard error is a terminal that can be redrawn.
bool terminal();
/// True where colours are wanted: a terminal, and NO_COLOR not set.
bool colour();
/// Characters in a line of the terminal.
int terminal_width();

int exit_code_of(ErrorKind kind);

}  // namespace sluice::frame
