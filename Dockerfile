# Kindred in a container: the tarball of script/release, unpacked in a bare Debian.
#
#   docker build --tag kindred .
#   docker run --rm --user "$(id -u)" --volume "$PWD:/data" kindred graph ratings.csv --output out
#   docker run --rm --user "$(id -u)" --volume "$PWD:/data" --publish 127.0.0.1:8080:8080 kindred serve --store films.sqlite --host 0.0.0.0
#
# deploy/compose.yaml runs it with Kafka, Elasticsearch, Kibana, Prometheus and Grafana.

# The version of script/lib/swift.sh.
FROM swift:6.3.1-bookworm AS build
WORKDIR /kindred
COPY script script
RUN script/bootstrap --serving
COPY . .
RUN script/release && mkdir /unpacked && tar -xzf dist/kindred-*.tar.gz --directory /unpacked --strip-components 1

FROM debian:bookworm-slim
# The certificates are for kindred fetch, curl is for health checks. Debian keeps only the newest of each.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/*
COPY --from=build /unpacked /usr/local
# A volume that is mounted here belongs to the user too.
RUN install --directory --owner 10001 --group 10001 /data
USER 10001:10001
WORKDIR /data
EXPOSE 8080
# Of kindred serve; other commands end before they would be asked.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["curl", "--fail", "--silent", "--show-error", "http://localhost:8080/healthz"]
ENTRYPOINT ["kindred"]
CMD ["--help"]
