# Kindred in a container: the tarball of script/release, unpacked in a bare Debian.
#
#   docker build --tag kindred .
#   docker run --rm --user "$(id -u)" --volume "$PWD:/data" kindred graph ratings.csv --output out
#   docker run --rm --user "$(id -u)" --volume "$PWD:/data" --publish 127.0.0.1:8080:8080 kindred serve --store films.sqlite --host 0.0.0.0
FROM debian:bookworm AS build
WORKDIR /kindred
COPY script script
RUN script/bootstrap --serving --yes
COPY . .
RUN script/release && mkdir /unpacked && tar -xzf dist/kindred-*.tar.gz --directory /unpacked --strip-components 1

FROM debian:bookworm-slim
# The certificates are for kindred fetch.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /unpacked /usr/local
USER nobody
WORKDIR /data
ENTRYPOINT ["kindred"]
CMD ["--help"]
