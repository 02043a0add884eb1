# The engine with cuML and CuPy, drawing through NVIDIA's EGL. Needs driver 580 or newer and the NVIDIA Container Toolkit
# on the host, nothing of CUDA in the image: torch and cuML bring it. From the repository's root:
#
#     docker build -f docker/cuda.Dockerfile -t umap-tour:cuda .
#     docker run --rm --gpus all umap-tour:cuda doctor --gpu
#     docker run --rm --gpus all --shm-size 1g --user "$(id -u):$(id -g)" -v "$PWD:/work" \
#         umap-tour:cuda build --network resnet50 --images photos/
#
# Memory that processes share is 64 MB without --shm-size; threads decode pictures then, and processes with it.
# "graphics" among the capabilities is what brings NVIDIA's EGL into the container; without it Mesa draws in software,
# and `doctor` says so.
FROM debian:12-slim
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics
RUN apt-get update && apt-get install -y --no-install-recommends \
        python3 python3-venv gcc libc6-dev libegl1 libgl1 libegl-mesa0 libgl1-mesa-dri libx11-6 libfontconfig1 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /engine
COPY . .
# Not `make setup`, which asks the driver what to take: there is none while an image is built. As there torch comes first,
# which takes one release of CUDA's libraries, and cuML any of 13: together pip fetches the newest for cuML, gigabytes of
# them, and then comes to torch and goes back.
RUN python3 -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --constraint constraints.txt torch torchvision \
    && .venv/bin/pip install --no-cache-dir --constraint constraints.txt --editable ".[cuda13]"
# What numba compiles of umap-learn, which places further points and is what `doctor --gpu` compares with. It takes nothing
# of a file with another time than when it compiled: an image keeps whole seconds.
ENV NUMBA_CACHE_DIR=/engine/numba
RUN find .venv/lib/python3*/site-packages/umap .venv/lib/python3*/site-packages/pynndescent -name '*.py' \
        -exec sh -c 'for file; do touch -d "@$(stat -c %Y "$file")" "$file"; done' sh {} + \
    && .venv/bin/python -c 'from engine.pipeline import device, embedding; embedding.try_out(device.machine("cpu"))' \
    && chmod -R a+rwX "$NUMBA_CACHE_DIR"
# Whoever it runs as has a folder for weights and for what numba and CuPy compile.
ENV HOME=/tmp
WORKDIR /work
ENTRYPOINT ["/engine/.venv/bin/umap-tour"]
CMD ["doctor", "--gpu"]
