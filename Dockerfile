# syntax=docker/dockerfile:1

# Reads /data and writes /data/health.db, as whoever runs it:
#
#   docker build -t fastingest --build-arg SOURCE_REVISION="$(git rev-parse HEAD)" .
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD/data:/data" fastingest
#
# With /data mounted read-only, say where the results go:
#
#   docker run --rm -v "$PWD/data:/data:ro" -v "$PWD/out:/out" fastingest --to sqlite:/out/health.db --rejects /out/rejects.ndjson

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev libsqlite3-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
# Packages are restored in locked mode, as in CI.
ENV CI=true

# Only what decides on packages, so that this layer outlives changes of the sources.
COPY build.sh global.json Directory.Build.props Directory.Build.targets Directory.Packages.props .revision ./
COPY src/FastIngest/FastIngest.csproj src/FastIngest/packages*.lock.json src/FastIngest/
COPY src/HealthIngestion/HealthIngestion.csproj src/HealthIngestion/packages*.lock.json src/HealthIngestion/
COPY src/HealthIngestion.Server/HealthIngestion.Server.csproj src/HealthIngestion.Server/packages*.lock.json src/HealthIngestion.Server/
RUN ./build.sh --aot --restore

COPY src src
ARG SOURCE_REVISION
RUN ./build.sh --aot && mkdir /empty

# The C library of the release that the binary was linked on, the system's OpenSSL and root certificates for TLS, and
# nothing else: no shell, no package manager. (distroless/static lacks the first, alpine has another one.)
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
COPY --from=build /source/dist/health_ingestion /usr/local/bin/health_ingestion
# What `serve` runs.
COPY --from=build /source/dist/health_ingestion_server /usr/local/bin/health_ingestion_server
# 1000 is the first person's number on most machines, so that a mounted directory of theirs can be written to.
COPY --from=build --chown=1000:1000 /empty /data
COPY --from=build --chown=1000:1000 /empty /out
USER 1000:1000
# health.db and rejects.ndjson are written to the working directory unless an option says otherwise.
WORKDIR /data
VOLUME /data
ENTRYPOINT ["/usr/local/bin/health_ingestion"]
