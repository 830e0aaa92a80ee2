// The page without data: the files of host/page/shell, embedded by the build (shell.cmake).
#pragma once
#include <string_view>

namespace sluice::page {

extern const std::string_view kShellHtml;  // with places "@name@" to fill in
extern const std::string_view kShellCss;
extern const std::string_view kShellScript;
extern const std::string_view kShellScriptHash;  // SHA-256 of the script, in hexadecimal digits

}  // namespace sluice::page
