#!/bin/sh
# Builds a container image of the server, from scratch: Debian's C library and certificates, Node, and the packages from their
# tarballs. There is no shell and no package manager in it.
#
# It needs mmdebstrap, buildah, npm, and a mirror of Debian. It is not part of the checks: it installs a system.
#
#   sh tools/container/build-image.sh [name of the image, default latchkey:latest] [release of Debian, default stable]
set -eu
image=${1:-latchkey:latest}
debian=${2:-stable}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
system=$work/system
app=$system/opt/latchkey

# `extract` unpacks packages without running anything of them.
mmdebstrap --quiet --variant=extract --include=libc6,libstdc++6,libgcc-s1,libatomic1,ca-certificates,tzdata \
  "$debian" "$system"
rm -rf "$system/usr/share/doc" "$system/usr/share/man" "$system/var/lib/dpkg" "$system/var/lib/apt" "$system/var/cache"
# What the scripts of ca-certificates would write: one file with all certificates.
mkdir -p "$system/etc/ssl/certs" "$app" "$system/var/lib/latchkey" "$system/tmp"
find "$system/usr/share/ca-certificates" -name '*.crt' -exec cat {} + > "$system/etc/ssl/certs/ca-certificates.crt"
printf 'latchkey:x:65532:65532::/var/lib/latchkey:/usr/sbin/nologin\n' > "$system/etc/passwd"
printf 'latchkey:x:65532:\n' > "$system/etc/group"

cd "$root"
npm run build
node=$(node -p "process.platform + '-' + process.arch")
install -D "node_modules/node-$node/bin/node" "$system/usr/local/bin/node"
for name in protocol server stores; do
  npm pack --ignore-scripts --silent --pack-destination "$work" --workspace "packages/$name"
done
npm install --prefix "$app" --omit=dev --ignore-scripts --no-audit --no-fund "$work"/*.tgz
chown -R 65532:65532 "$system/var/lib/latchkey"
chmod 700 "$system/var/lib/latchkey"
chmod 1777 "$system/tmp"

container=$(buildah from scratch)
buildah copy --quiet "$container" "$system" /
buildah config \
  --user 65532:65532 \
  --workingdir /opt/latchkey \
  --env LATCHKEY_DATA_DIR=/var/lib/latchkey \
  --env LATCHKEY_RESOURCES=@latchkey/stores \
  --env HOST=0.0.0.0 \
  --env SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
  --port 4400 \
  --volume /var/lib/latchkey \
  --stop-signal SIGTERM \
  --entrypoint '["/usr/local/bin/node", "node_modules/@latchkey/server/dist/latchkey.js"]' \
  --cmd serve \
  --label org.opencontainers.image.title=Latchkey \
  --label org.opencontainers.image.licenses=Apache-2.0 \
  "$container"
buildah commit --quiet --rm "$container" "$image"
echo "$image is built. Run: podman run $image --help"
