# No shell, no package manager: authorities, time zones and an unprivileged user.
ARG BASE
FROM ${BASE} AS tree
COPY tree.sh /
RUN sh /tree.sh
FROM scratch
COPY --from=tree /tree /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532
WORKDIR /home/nonroot
