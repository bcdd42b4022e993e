# shellcheck shell=bash disable=SC2034
# Shared by the scripts of this folder: `. "$(dirname "$0")/lib.sh"`. Bash.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
tools=$CARGO_TARGET_DIR/tools      # what the checks need and no package of Debian brings: cargo-deny, schemathesis
wangge=$CARGO_TARGET_DIR/debug/wangge

say() { if [ -t 1 ]; then printf '\n\033[1m== %s\033[0m\n' "$*"; else printf '\n== %s\n' "$*"; fi; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# Passed and failed checks of one script; `tally` prints them as its last line and exits.
passed=0 failed=0
pass() { passed=$((passed + 1)); printf '  ok      %s\n' "$*"; }
fail() { failed=$((failed + 1)); printf '  FAILED  %s\n' "$*"; }
tally() { printf '\n%d passed, %d failed\n' "$passed" "$failed"; [ "$failed" = 0 ]; }
# check WHAT COMMAND…: one check; the output is shown only when it fails.
check() {
  local what=$1 out
  shift
  if out=$("$@" 2>&1); then pass "$what"; else fail "$what"; printf '%s\n' "$out" | tail -n 40 | sed 's/^/          /'; fi
}

free_port() {
  node -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'
}

# wait_for URL PID: until the URL answers 200, the process is gone or five minutes have passed. Node is always here, curl may not be.
wait_for() {
  node -e '
    const [url, pid] = process.argv.slice(1), until = Date.now() + 300_000;
    const alive = () => { try { return process.kill(Number(pid), 0) } catch { return false } };
    const ask = async () => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
      if (answer?.ok) process.exit(0);
      if (!alive() || Date.now() > until) process.exit(1);
      setTimeout(ask, 200);
    };
    ask();' "$1" "$2"
}

# The Python that Debian's GDAL bindings belong to; another one may stand first on PATH.
system_python() { if [ -x /usr/bin/python3 ]; then echo /usr/bin/python3; else command -v python3; fi; }

# run_child COMMAND…: runs it so that an exit trap can end it with all that it started (`end_child`). On a terminal, Ctrl-C
# reaches the command by itself.
child=
run_child() {
  if [ -t 0 ]; then "$@"; return; fi
  set -m # a process group of its own
  "$@" </dev/null &
  child=$!
  set +m
  local status=0
  wait "$child" || status=$?
  child=
  return "$status"
}
end_child() {
  [ -n "$child" ] || return 0
  kill -TERM -- "-$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || true
  child=
}

# end_process PID: TERM, then after 10 s KILL; only for a process that the caller started.
end_process() {
  [ -n "${1:-}" ] || return 0
  kill -TERM "$1" 2>/dev/null || return 0
  local tries=100
  while kill -0 "$1" 2>/dev/null && [ "$tries" -gt 0 ]; do tries=$((tries - 1)); sleep 0.1; done
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

# on_exit COMMAND: runs it whatever ends the script.
on_exit() {
  # shellcheck disable=SC2064 # expanded now
  trap "$1" EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}
