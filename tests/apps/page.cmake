# Interactive pages, opened in headless Chromium: samples written by a program of their own.
add_executable(page_samples page_samples.cpp)
target_link_libraries(page_samples PRIVATE sluice_flags sluice)
add_dependencies(backend_tests page_samples)
set_target_properties(page_samples PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/tests)
if(Python3_FOUND)
  add_test(NAME apps.page_browser
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/page_browser.py $<TARGET_FILE:page_samples>)
else()
  add_test(NAME apps.page_browser COMMAND sh -c "echo 'skipped: needs python3'; exit 77")
endif()
set_tests_properties(apps.page_browser PROPERTIES LABELS apps TIMEOUT 600 SKIP_RETURN_CODE 77
  ENVIRONMENT "SLUICE=$<TARGET_FILE:sluice_command>;SLUICE_BACKENDS=${CMAKE_BINARY_DIR}/bin;PYTHONDONTWRITEBYTECODE=1")
