# sluice without CUDA. Build: docker build -f docker/cpu.Dockerfile -t sluice .
# Run: docker run --rm -v "$PWD:/data" sluice cov X.npy -o C.npy      (add --user "$(id -u):$(id -g)" to own C.npy)
# Its steps are replayed by scripts/try-clean; cuda.Dockerfile differs only where it says so.
FROM debian:12-slim AS build
WORKDIR /src
COPY scripts/setup scripts/setup
RUN scripts/setup
COPY . .
RUN cmake -S . -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release -DSLUICE_TESTS=OFF -DSLUICE_BENCH=OFF
RUN cmake --build /build && cmake --install /build --prefix /opt/sluice --strip

FROM debian:12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends libopenblas0-openmp libhdf5-103-1 libcairo2 libdeflate0 \
    libzstd1 libgif7 libexpat1 libgomp1 libfreetype6 libsqlite3-0 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/sluice /opt/sluice
RUN ln -s /opt/sluice/bin/sluice /usr/local/bin/sluice \
 && useradd --create-home --uid 1000 sluice \
 && mkdir /data && chown sluice:sluice /data
USER sluice
WORKDIR /data
ENTRYPOINT ["sluice"]
CMD ["--help"]
