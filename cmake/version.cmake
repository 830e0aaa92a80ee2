# Build facts for `sluice --version`: version, commit, compiler, CUDA.
find_package(Git QUIET)
set(SLUICE_COMMIT "unknown")
if(GIT_FOUND AND EXISTS ${CMAKE_SOURCE_DIR}/.git)
  execute_process(COMMAND ${GIT_EXECUTABLE} -C ${CMAKE_SOURCE_DIR} describe --always --dirty --abbrev=12
                  OUTPUT_VARIABLE SLUICE_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  # A commit or checkout adds a line there: the next build configures again.
  if(EXISTS ${CMAKE_SOURCE_DIR}/.git/logs/HEAD)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/.git/logs/HEAD)
  endif()
endif()
set(SLUICE_CUDA_VERSION "none")
if(SLUICE_WITH_CUDA)
  set(SLUICE_CUDA_VERSION ${CMAKE_CUDA_COMPILER_VERSION})
endif()
configure_file(${CMAKE_SOURCE_DIR}/cmake/version.h.in ${CMAKE_BINARY_DIR}/generated/sluice_version.h @ONLY)
