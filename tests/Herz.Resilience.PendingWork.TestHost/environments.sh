#!/usr/bin/env bash
# Runs the test host in environments that CI does not cover: musl, and arm64 under QEMU's emulation. Needs Debian on x64, gcc for
# musl, and the registry for the runtime's packages. Installs a loader in /lib for musl and removes it at the end.
#   environments.sh musl|arm64 [arguments of the test host; default: home]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
environment=${1:?usage: environments.sh musl|arm64 [arguments of the test host]}
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

publish() {
    dotnet publish "$here" -c Release -r "$1" --self-contained -o "$work/app" --artifacts-path "$work/artifacts" -v q >&2
}

# unpack ARCHITECTURE PACKAGE…
unpack() {
    local architecture=$1
    shift
    local options=(-o "APT::Architecture=$architecture" -o "APT::Architectures=$architecture" -o "Dir::State::Lists=$work/lists" -o APT::Sandbox::User=root)
    mkdir -p "$work/lists/partial" "$work/debs" "$work/$architecture"
    (cd "$work/debs" && apt-get -qq "${options[@]}" update && apt-get -qq "${options[@]}" download "$@") >&2
    for package in "$work"/debs/*.deb; do
        dpkg -x "$package" "$work/$architecture"
    done
    rm -r "$work/debs" "$work/lists"
}

export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
case $environment in
    musl)
        unpack amd64 musl
        publish linux-musl-x64
        mkdir "$work/lib"
        cp "$(gcc -print-file-name=libstdc++.so.6)" "$(gcc -print-file-name=libgcc_s.so.1)" "$work/lib"
        cp "$work/amd64/lib/x86_64-linux-musl/libc.so" "$work/lib/libc.musl-x86_64.so.1"
        gcc -shared -fPIC -nostdlib -fno-stack-protector -w -o "$work/lib/ld-linux-x86-64.so.2" "$here/musl.c"
        cp "$work/amd64/lib/x86_64-linux-musl/libc.so" /lib/ld-musl-x86_64.so.1
        trap 'rm -rf "$work" /lib/ld-musl-x86_64.so.1' EXIT
        LD_LIBRARY_PATH="$work/lib" "$work/app/Herz.Resilience.PendingWork.TestHost" "${@:-home}"
        ;;
    arm64)
        unpack amd64 qemu-user libcapstone4 liburing2
        unpack arm64 libc6 libstdc++6 libgcc-s1 zlib1g
        publish linux-arm64
        # The emulator cannot map a page as code and as data at two addresses.
        export DOTNET_EnableWriteXorExecute=0
        LD_LIBRARY_PATH="$work/amd64/usr/lib/x86_64-linux-gnu" \
            "$work/amd64/usr/bin/qemu-aarch64" -L "$work/arm64" "$work/app/Herz.Resilience.PendingWork.TestHost" "${@:-home}"
        ;;
    *)
        echo "unknown environment \"$environment\"; it must be musl or arm64." >&2
        exit 2
        ;;
esac
