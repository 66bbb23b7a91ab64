#!/bin/sh
# The numbers of src/Herz.Resilience.Tool/README.md: measure.sh rate | freeze | memory [MINUTES]
# The server has core 0, the generator core 1. Needs cc; wrk and hey are skipped where they are absent.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
server=
url=http://127.0.0.1:9917/

command -v cc >/dev/null || { echo "skipped: no C compiler"; exit 0; }
cc -O2 -o "$work/trivial" tests/tool/trivial.c
dotnet build src/Herz.Resilience.Tool -c Release -v q -nodeReuse:false >/dev/null
herz="taskset -c 1 src/Herz.Resilience.Tool/bin/Release/net10.0/Herz.Resilience.Tool load $url"
serve() { taskset -c 0 "$work/trivial" 9917 "$@" & server=$!; sleep 0.3; }
beside() { if command -v "$1" >/dev/null; then taskset -c 1 "$@"; else echo "$1 is not installed"; fi; }

case "${1:-rate}" in
rate)
    serve
    for round in 1 2 3; do
        echo "wrk:  $(beside wrk -t1 -c64 -d4s $url | grep Requests/sec || true)"
        echo "hey:  $(beside hey -cpus 1 -c 64 -z 4s $url | grep Requests/sec || true)"
        for rate in 40000 60000 80000 90000 100000 110000 120000; do
            $herz --rate $rate --for 4s --warmup 3s -c 64 --expect 'schedule.p99<=1ms' --expect "ok.p99<=50ms" >"$work/out" && kept=kept || kept=missed
            echo "herz: $rate/s $kept, $(grep schedule "$work/out" | head -1)"
            [ $kept = kept ] || break
        done
    done ;;
freeze)
    serve 10
    beside wrk -t1 -c64 -d30s --latency $url | grep -E '99%|Requests/sec' || true
    beside hey -cpus 1 -c 64 -z 30s $url | grep -E '99%|Requests/sec' || true
    $herz --rate 2000 --for 30s -c 2000 | grep -E 'requests|latency' ;;
memory)
    serve
    $herz --rate 20000 --for "${2:-1}m" -c 64 >"$work/out" & load=$!
    while kill -0 $load 2>/dev/null; do
        sleep 10
        for pid in $load $(pgrep -P $load || true); do grep -s VmRSS "/proc/$pid/status" || true; done
    done
    grep -E 'requests|latency|schedule' "$work/out" ;;
*) echo "measure.sh rate | freeze | memory [MINUTES]"; exit 2 ;;
esac
