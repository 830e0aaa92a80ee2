# A house is a top-level folder with code. Each gets an include root of its own that holds only itself
# (a link in the build tree), so "host/pager.h" compiles where host is allowed and nowhere else.
# Builds that name one folder for the links (release and cpu do) compile the same texts: ccache then knows them.
set(SLUICE_HOUSES ${CMAKE_BINARY_DIR}/houses CACHE PATH "where the links to the houses lie")
function(sluice_house name)
  set(root ${SLUICE_HOUSES}/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${name} ${root}/${name} SYMBOLIC)
  add_library(house_${name} INTERFACE)
  target_include_directories(house_${name} INTERFACE ${root})
endfunction()
sluice_house(kernels)
sluice_house(host)
sluice_house(apps)
