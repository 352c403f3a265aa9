# docker build -t extractor . && docker run --rm -v "$PWD:/data" -u "$(id -u):$(id -g)" extractor run downloads --out data
FROM python:3.11 AS wheel
WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.11-slim
# The report draws pages whose fonts are not embedded with the system's. Word 97 would need libreoffice-writer as well.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends fonts-noto-cjk libarchive-tools && rm -rf /var/lib/apt/lists/*
COPY requirements.lock /tmp/
RUN --mount=from=wheel,source=/wheels,target=/wheels \
    pip install --no-cache-dir -c /tmp/requirements.lock "$(echo /wheels/*.whl)[fetch,ocr]"
RUN useradd --create-home --uid 1000 extractor
USER 1000
WORKDIR /data
ENTRYPOINT ["extractor"]
CMD ["--help"]
