# sluice_host_operations(target namespace): the operations of the cpu backend, compiled into a namespace. The
# stand-in device (kernels/late) uses them too.
find_package(OpenMP REQUIRED COMPONENTS CXX)
# Thrust's headers: the toolkit's with CUDA, else the system's.
if(SLUICE_WITH_CUDA)
  find_path(SLUICE_THRUST thrust/for_each.h PATHS ${CUDAToolkit_INCLUDE_DIRS} PATH_SUFFIXES cccl NO_DEFAULT_PATH)
endif()
find_path(SLUICE_THRUST thrust/for_each.h PATHS /usr/local/cuda/include/cccl REQUIRED)
find_path(KISSFFT kissfft/kissfft.hh REQUIRED)
# OpenBLAS is found at run time; this is one of the places where it is looked for.
find_file(SLUICE_OPENBLAS_LIBRARY NAMES libopenblas.so.0
          PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-openmp /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}
                /usr/lib64 /usr/lib)

function(sluice_host_operations target namespace)
  set(folder ${CMAKE_SOURCE_DIR}/kernels/cpu)
  target_sources(${target} PRIVATE ${folder}/amx.cpp ${folder}/blas.cpp ${folder}/centre.cpp
    ${folder}/curves.cpp ${folder}/curves_narrow.cpp ${folder}/curves_wide.cpp
    ${folder}/generate.cpp ${folder}/generate_wide.cpp ${folder}/layout.cpp
    ${folder}/layout_narrow.cpp ${folder}/layout_wide.cpp ${folder}/level.cpp ${folder}/products.cpp ${folder}/products_amx.cpp ${folder}/shared_operations.cpp ${folder}/window_merge.cpp
    ${folder}/window_block.cpp ${folder}/window_buckets.cpp ${folder}/window_order.cpp ${folder}/window_ranks.cpp ${folder}/window_reduce.cpp
    ${folder}/window_products.cpp ${folder}/window_sums.cpp ${folder}/window_spectrum.cpp
    ${folder}/spectrum_narrow.cpp ${folder}/spectrum_wide.cpp ${folder}/workers.cpp ${folder}/../machine.cpp)
  target_compile_definitions(${target} PRIVATE SLUICE_BACKEND=${namespace}
    THRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_OMP)
  if(SLUICE_OPENBLAS_LIBRARY)
    target_compile_definitions(${target} PRIVATE SLUICE_OPENBLAS_PATH="${SLUICE_OPENBLAS_LIBRARY}")
  endif()
  if(NOT SLUICE_THRUST STREQUAL "/usr/include")
    target_include_directories(${target} SYSTEM PRIVATE ${SLUICE_THRUST})
  endif()
  if(NOT KISSFFT STREQUAL "/usr/include")
    target_include_directories(${target} SYSTEM PRIVATE ${KISSFFT})
  endif()
  # No contraction: sums of the same numbers have the same bytes wherever a loop is cut.
  target_compile_options(${target} PRIVATE -march=x86-64-v3 -ffp-contract=off -fno-math-errno -fno-trapping-math)
  if(NOT SLUICE_SANITIZE)
    target_compile_options(${target} PRIVATE -O3)
  endif()
  # Asked for at run time; the rest keeps to AVX2. gcc 12 finds its own headers' registers uninitialised.
  set(avx512 "-mavx512f;-mavx512dq;-mavx512bw;-mavx512vl;-mprefer-vector-width=512;-Wno-uninitialized")
  set_source_files_properties(${folder}/curves_wide.cpp ${folder}/generate_wide.cpp ${folder}/layout_wide.cpp
    ${folder}/spectrum_wide.cpp
    PROPERTIES COMPILE_OPTIONS "${avx512}")
  set_source_files_properties(${folder}/amx.cpp PROPERTIES COMPILE_OPTIONS "${avx512};-mamx-tile;-mamx-bf16")
  target_link_libraries(${target} PRIVATE OpenMP::OpenMP_CXX ${CMAKE_DL_LIBS})
endfunction()
