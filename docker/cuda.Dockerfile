# sluice with CUDA. Build: docker build -f docker/cuda.Dockerfile -t sluice:cuda .
# Run: docker run --rm --gpus all -v "$PWD:/data" sluice:cuda cov X.npy -o C.npy
# Differs from cpu.Dockerfile in the base images, the step that installs CUDA, and the NVIDIA variables.
FROM nvidia/cuda:13.0.2-devel-ubuntu24.04 AS build
WORKDIR /src
COPY scripts/setup scripts/setup
RUN scripts/setup
COPY . .
RUN cmake -S . -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release -DSLUICE_TESTS=OFF -DSLUICE_BENCH=OFF \
    -DSLUICE_CUDA=ON -DSLUICE_CUDA_ARCHITECTURES=major
RUN cmake --build /build && cmake --install /build --prefix /opt/sluice --strip

FROM nvidia/cuda:13.0.2-base-ubuntu24.04
RUN apt-get update \
 && apt-get install -y --no-install-recommends libopenblas0-openmp libhdf5-103-1t64 libcairo2 libdeflate0 \
    libzstd1 libgif7 libexpat1 libgomp1 libfreetype6 libsqlite3-0 libcublas-13-0 libcufft-13-0 \
    libcusolver-13-0 libcusparse-13-0 libnvjitlink-13-0 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/sluice /opt/sluice
# The base image has a user of number 1000; sluice's comes after it.
RUN ln -s /opt/sluice/bin/sluice /usr/local/bin/sluice \
 && useradd --create-home --uid 1001 sluice \
 && mkdir /data && chown sluice:sluice /data
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
USER sluice
WORKDIR /data
ENTRYPOINT ["sluice"]
CMD ["--help"]
