# docker build --build-arg VERSION=v1.2.3 -t statusd .
#
# Only "go mod download" uses the network. Without one, run "go mod vendor" first: vendor/ then takes its place.
# There is no HEALTHCHECK, as the image holds one program and no shell: let the platform ask /healthz (it lives) and /readyz
# (it should get visitors) on port 8080.

FROM golang:1.26 AS build
WORKDIR /src
COPY . .
RUN if [ ! -d vendor ]; then go mod download; fi
ARG VERSION=""
RUN CGO_ENABLED=0 GOPROXY=off go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o /out/statusd ./cmd/statusd \
 && install -d -m 0700 /out/state

# The program carries zones and certificate roots, so it needs nothing beside it.
FROM scratch
COPY --from=build /out/statusd /src/LICENSE /
COPY --from=build --chown=65532:65532 /out/state /var/lib/statusd
USER 65532:65532
ENV STATE_DIRECTORY=/var/lib/statusd
VOLUME /var/lib/statusd
# 8080 is the public listener, 8081 the operators': publish that to yourselves only (-p 127.0.0.1:8081:8081).
EXPOSE 8080 8081
ENTRYPOINT ["/statusd"]
CMD ["serve", "--listen", "0.0.0.0:8080", "--admin-listen", "0.0.0.0:8081"]
