# CPU: docker build -t tekio --build-arg TORCH_INDEX=INDEX .   (INDEX: PyTorch's own index of CPU builds)
#      or, with podman or buildah: --build-arg PIP_FIND_LINKS=/wheels --volume FOLDER:/wheels:ro   (FOLDER: holds the wheel)
# CUDA: docker build -t tekio:cuda --build-arg TORCH=cuda .
# Use: docker run --rm --network none --user "$(id -u):$(id -g)" -v "$PWD:/data" tekio run recipe.yaml
FROM python:3.11-slim
ARG TORCH=cpu
ARG TORCH_INDEX=
ARG PIP_FIND_LINKS=
# Debian keeps one version of a package: a pinned one is gone after its next fix.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-jpn tesseract-ocr-jpn-vert \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/tekio
COPY requirements*.lock ./
# The CPU build of torch lies on PyTorch's own index: --build-arg TORCH_INDEX=...
RUN pip install --no-cache-dir --require-hashes ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} \
    -r requirements.lock -r "requirements-$TORCH.lock"
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY recipes recipes
COPY examples examples
RUN pip install --no-cache-dir --no-deps --no-build-isolation .
WORKDIR /data
ENTRYPOINT ["tekio"]
CMD ["--help"]
