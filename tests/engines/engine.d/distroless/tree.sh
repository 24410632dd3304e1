#!/bin/sh
# Lays the file tree of a shell-less image in /tree.
set -eu
mkdir -p /tree/etc/ssl/certs /tree/home/nonroot /tree/root /tree/tmp /tree/var/tmp /tree/usr/bin /tree/usr/lib /tree/usr/share
cd /tree
ln -s usr/bin bin
ln -s usr/lib lib
chmod 1777 tmp var/tmp
chmod 700 home/nonroot root
chown 65532:65532 home/nonroot
cp /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/
cp -L /etc/os-release etc/
cp -r /usr/share/zoneinfo usr/share/
printf 'hosts: files dns\n' >etc/nsswitch.conf
printf '%s\n' root:x:0:0:root:/root:/sbin/nologin nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin \
  nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin >etc/passwd
printf '%s\n' root:x:0: tty:x:5: staff:x:50: nobody:x:65534: nonroot:x:65532: >etc/group
