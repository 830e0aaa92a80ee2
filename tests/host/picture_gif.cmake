# Animations: giflib reads them back in the C++ test, Pillow in one of its own.
find_package(GIF REQUIRED)
if(TARGET picture_gif_test)
  target_link_libraries(picture_gif_test PRIVATE GIF::GIF)
  find_package(Python3 COMPONENTS Interpreter)
  if(Python3_FOUND)
    add_test(NAME host.picture_gif_pillow
             COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/host/picture_gif_pillow.py
                     $<TARGET_FILE:picture_gif_test>)
  else()
    add_test(NAME host.picture_gif_pillow COMMAND sh -c "echo 'skipped: needs python3'; exit 77")
  endif()
  set_tests_properties(host.picture_gif_pillow PROPERTIES LABELS host TIMEOUT 120 SKIP_RETURN_CODE 77)
endif()
