# The engine on a machine without a GPU: builds, pictures, films; Mesa draws in software. From the repository's root:
#
#     docker build -f docker/cpu.Dockerfile -t umap-tour .
#     docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" umap-tour demo
#     docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" umap-tour render demo.tour --out demo.png
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
        make python3 python3-venv libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri libglx-mesa0 libx11-6 libxcursor1 libxi6 \
        libxinerama1 libxrandr2 libfontconfig1 libstdc++6 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /engine
COPY . .
# Where the index has a torch for the CPU alone, this saves 2.5 GB: --build-arg TORCH_INDEX=URL
ARG TORCH_INDEX=
RUN make setup TORCH_INDEX="$TORCH_INDEX" && rm -rf /root/.cache
# numba compiles umap-learn's functions once for all. It takes them from no folder that it could not write to, and of no
# file with another time than when it compiled: an image keeps whole seconds.
ENV NUMBA_CACHE_DIR=/engine/numba
RUN find .venv/lib/python3*/site-packages/umap .venv/lib/python3*/site-packages/pynndescent -name '*.py' \
        -exec sh -c 'for file; do touch -d "@$(stat -c %Y "$file")" "$file"; done' sh {} + \
    && .venv/bin/python -c 'from engine.pipeline import device, embedding; embedding.try_out(device.machine("cpu"))' \
    && chmod -R a+rwX "$NUMBA_CACHE_DIR"
# Whoever it runs as has a folder for weights and the like.
ENV HOME=/tmp
WORKDIR /work
ENTRYPOINT ["/engine/.venv/bin/umap-tour"]
CMD ["doctor"]
