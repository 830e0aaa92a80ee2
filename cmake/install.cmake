# `cmake --install`: bin/sluice, lib/sluice/libsluice_*.so (found from the command's own place, so that the tree
# can move), and the papers in share/doc/sluice. The targets' own rules stand beside the targets.
install(FILES LICENSE NOTICE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs FILES_MATCHING PATTERN "*.md" PATTERN "*.png")
