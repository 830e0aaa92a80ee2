# The operations of the cpu backend, compiled once for it and for the stand-in device (kernels/late). Both are
# libraries that hide their names, so one namespace serves them.
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

set(folder ${CMAKE_SOURCE_DIR}/kernels/cpu)
file(GLOB host_operations CONFIGURE_DEPENDS ${folder}/*.cpp)
list(REMOVE_ITEM host_operations ${folder}/backend.cpp)
add_library(sluice_host_operations OBJECT ${host_operations} ${folder}/../machine.cpp)
set_target_properties(sluice_host_operations PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_link_libraries(sluice_host_operations PUBLIC sluice_flags sluice_kernels OpenMP::OpenMP_CXX ${CMAKE_DL_LIBS})
target_compile_definitions(sluice_host_operations PUBLIC SLUICE_BACKEND=host_backend
  THRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_OMP)
if(SLUICE_OPENBLAS_LIBRARY)
  target_compile_definitions(sluice_host_operations PRIVATE SLUICE_OPENBLAS_PATH="${SLUICE_OPENBLAS_LIBRARY}")
endif()
if(NOT SLUICE_THRUST STREQUAL "/usr/include")
  target_include_directories(sluice_host_operations SYSTEM PUBLIC ${SLUICE_THRUST})
endif()
if(NOT KISSFFT STREQUAL "/usr/include")
  target_include_directories(sluice_host_operations SYSTEM PRIVATE ${KISSFFT})
endif()
# No contraction: sums of the same numbers have the same bytes wherever a loop is cut.
target_compile_options(sluice_host_operations PUBLIC
  -march=x86-64-v3 -ffp-contract=off -fno-math-errno -fno-trapping-math)
if(NOT SLUICE_SANITIZE)
  target_compile_options(sluice_host_operations PUBLIC -O3)
endif()
# Asked for at run time; the rest keeps to AVX2. gcc 12 finds its own headers' registers uninitialised.
set(avx512 "-mavx512f;-mavx512dq;-mavx512bw;-mavx512vl;-mprefer-vector-width=512;-Wno-uninitialized")
set_source_files_properties(${folder}/curves_wide.cpp ${folder}/generate_wide.cpp ${folder}/spectrum_wide.cpp
  PROPERTIES COMPILE_OPTIONS "${avx512}")
set_source_files_properties(${folder}/amx.cpp PROPERTIES COMPILE_OPTIONS "${avx512};-mamx-tile;-mamx-bf16")
