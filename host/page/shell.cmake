# The HTML page's own files become texts in the library. Included by host/CMakeLists.txt, and run as a script
# (cmake -DINPUTS=... -DOUTPUT=... -P) when one of them changes.
set(page_scripts data axis time marks grid heap points lines segments cells view scene key hover save gestures main)
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(page_shell ${CMAKE_CURRENT_SOURCE_DIR}/page/shell)
  list(TRANSFORM page_scripts PREPEND ${page_shell}/ OUTPUT_VARIABLE page_files)
  list(TRANSFORM page_files APPEND .js)
  add_custom_command(
    OUTPUT ${CMAKE_BINARY_DIR}/generated/page_shell.cpp
    COMMAND ${CMAKE_COMMAND} -DSHELL=${page_shell} -DOUTPUT=${CMAKE_BINARY_DIR}/generated/page_shell.cpp
            -P ${CMAKE_CURRENT_SOURCE_DIR}/page/shell.cmake
    DEPENDS ${page_files} ${page_shell}/shell.html ${page_shell}/shell.css page/shell.cmake
    VERBATIM)
  target_sources(sluice PRIVATE ${CMAKE_BINARY_DIR}/generated/page_shell.cpp)
  return()
endif()

# One function around all scripts: their names stay out of the page's global ones.
set(script "(() => {\n'use strict';\n")
foreach(name IN LISTS page_scripts)
  file(READ ${SHELL}/${name}.js text)
  string(APPEND script "${text}")
endforeach()
string(APPEND script "})();\n")
string(SHA256 hash "${script}")
file(READ ${SHELL}/shell.html html)
file(READ ${SHELL}/shell.css css)
foreach(text IN ITEMS script html css)
  string(FIND "${${text}}" ")shell\"" found)
  string(FIND "${${text}}" "</script>\n</script>" nested)
  if(NOT found EQUAL -1 OR NOT nested EQUAL -1)
    message(FATAL_ERROR "host/page/shell: the ${text} cannot be a raw string, or ends its own element")
  endif()
endforeach()
file(WRITE ${OUTPUT} "// Made by host/page/shell.cmake from host/page/shell/.
#include \"host/page/shell.h\"

namespace sluice::page {
const std::string_view kShellHtml = R\"shell(${html})shell\";
const std::string_view kShellCss = R\"shell(${css})shell\";
const std::string_view kShellScript = R\"shell(${script})shell\";
const std::string_view kShellScriptHash = \"${hash}\";
}  // namespace sluice::page
")
