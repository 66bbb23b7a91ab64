#!/bin/sh
# Measures the numbers of src/Herz.Resilience.Tool/README.md and compares each with its target:
#   measure.sh [rate [SECONDS] | freeze [SECONDS] | memory [MINUTES] | verdicts]
# Without an argument it runs all four at full length: 4 s per step, 60 s, 10 minutes, 200 series; about 17 minutes on an idle machine.
# The server runs on core 0, the generator on core 1. It needs cc; wrk and hey are skipped if they are not installed.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
server=
stop() { [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; server=; } || true; }
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
url=http://127.0.0.1:9917/

build() {
    command -v cc >/dev/null || { echo "cc is not installed; it compiles tests/tool/trivial.c"; exit 1; }
    cc -O2 -o "$work/trivial" tests/tool/trivial.c
    dotnet build src/Herz.Resilience.Tool -c Release -v q -nodeReuse:false >"$work/build" || { cat "$work/build"; exit 1; }
}
serve() { stop; taskset -c 0 "$work/trivial" 9917 "$@" & server=$!; sleep 0.3; }
tool=src/Herz.Resilience.Tool/bin/Release/net10.0/Herz.Resilience.Tool
herz() { taskset -c 1 "$tool" load $url "$@"; }
compared() { if command -v "$1" >/dev/null; then taskset -c 1 "$@"; else echo "$1 is not installed"; fi; }
median() { sort -n | awk '{ v[NR] = $1 } END { print NR ? v[int((NR + 1) / 2)] : 0 }'; }
verdict() { awk "BEGIN { print ($1) ? \"reached\" : \"MISSED\" }"; }

# Whether the generator meets the conditions at a rate. A second try, since other work on the machine may have failed the first.
sustains() {
    for try in 1 2; do
        herz --rate "$1" --for "$2s" --warmup 3s -c 64 --expect 'schedule.p99<=1ms' --expect 'ok.p99<=50ms' --expect 'errors<=0' >"$work/out" && return 0
    done
    return 1
}

rate() {
    serve
    for round in 1 2 3; do
        compared wrk -t1 -c64 "-d${1}s" $url | awk '/Requests\/sec/ { print $2 }' >>"$work/wrk"
        compared hey -cpus 1 -c 64 -z "${1}s" $url | awk '/Requests\/sec/ { print $2 }' >>"$work/hey"
        best=0
        for rate in 20000 40000 60000 70000 80000 90000 100000 110000 120000 130000 140000 150000 160000; do
            sustains $rate "$1" || break
            best=$rate
            cp "$work/out" "$work/best"
        done
        echo $best >>"$work/herz"
        echo "  round $round: herz $best/s, wrk $(tail -n 1 "$work/wrk")/s, hey $(tail -n 1 "$work/hey")/s; $(grep -o 'error p50.*max [0-9.]* ms' "$work/best" || true)"
    done
    ours=$(median <"$work/herz") wrk=$(median <"$work/wrk") hey=$(median <"$work/hey")
    echo "highest rate with schedule error p99 <= 1 ms, medians: herz $ours/s, wrk $wrk/s, hey $hey/s; at least 0.40 of wrk and 1 of hey: $(verdict "$ours >= 0.4 * $wrk && $ours >= $hey")"
}

freeze() {
    serve 10
    herz --rate 2000 --for "$1s" -c 2000 >"$work/out"
    grep latency "$work/out"
    echo "  wrk:$(compared wrk -t1 -c64 "-d${1}s" --latency $url | awk '/99%/ { print " p99 " $2 }')"
    echo "  hey:$(compared hey -cpus 1 -c 64 -z "${1}s" $url | awk '/99%/ { print " p99 " $3 " s" }')"
    p99=$(sed -n 's/.*latency .* p99 \([0-9.]*\),.*/\1/p' "$work/out")
    echo "a server that freezes 1 s in every 10, for $1 s: herz p99 $p99 ms; at least 500 ms: $(verdict "$p99 >= 500")"
}

memory() {
    serve
    # Not through the herz function, so that $! is the measured process.
    taskset -c 1 "$tool" load $url --rate 20000 --for "$1m" -c 64 --expect 'errors<=0' >"$work/out" & load=$!
    while sleep 5 && grep -s VmRSS "/proc/$load/status" >>"$work/rss"; do :; done
    wait $load && state="no errors" || state="errors"
    grep -E 'requests|latency|schedule' "$work/out"
    awk -v state="$state" -v minutes="$1" '{ mb[NR] = $2 / 1024; if (mb[NR] > peak) peak = mb[NR] }
        END {
            # The runtime warms up in the first half minute.
            from = NR > 24 ? 7 : 1; n = int((NR - from + 1) / 3); if (n < 1) n = 1
            for (i = 0; i < n; i++) { first += mb[from + i] / n; last += mb[NR - i] / n }
            printf "memory at 20,000/s for %s minutes (%s): %.0f MB in the first third, %.0f MB in the last, peak %.0f MB; no growth and at most 150 MB: %s\n",
                minutes, state, first, last, peak, (peak <= 150 && last <= first * 1.1 + 2 && state == "no errors") ? "reached" : "MISSED"
        }' "$work/rss"
}

verdicts() {
    dotnet build tests/Herz.Resilience.Tool.Tests -c Release -v q -nodeReuse:false >"$work/build" || { cat "$work/build"; exit 1; }
    tests/Herz.Resilience.Tool.Tests/bin/Release/net10.0/Herz.Resilience.Tool.Tests -class '*.JudgeTests' -showLiveOutput -noColor >"$work/out" && state=reached || state=MISSED
    echo "verdicts on series with known results, at least 98 % correct and no stable series called growing: $state"
    sed -n 's/^.*OUTPUT\] *//p' "$work/out" | sed 's/^/  /'
}

case "${1:-all}" in
rate) build; rate "${2:-4}" ;;
freeze) build; freeze "${2:-60}" ;;
memory) build; memory "${2:-10}" ;;
verdicts) verdicts ;;
all) build; rate 4; freeze 60; memory 10; verdicts ;;
*) echo "measure.sh [rate [SECONDS] | freeze [SECONDS] | memory [MINUTES] | verdicts]"; exit 2 ;;
esac
