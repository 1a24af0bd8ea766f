#!/bin/sh
# The first process of the agent's container: runs the command, and again at once when it dies. The kubelet would take
# a second to see it and then waits 10 s, 20 s, ... 5 min, while every stream of the pod is gone.
#
#   death                                      what follows
#   exit code 0 or 78 (settings are wrong)     the container ends with it
#   the 1st to 3rd in a row                    a new start at once
#   the 4th to 6th in a row                    a new start after 1, 2, 4 s
#   the 7th in a row                           the container ends with its exit code: the kubelet says CrashLoopBackOff
#
# In a row: each within 10 s of its own start. SIGTERM and SIGINT go on to the command, whose end is the container's.
# Orphans become children of this process, and `wait` reaps them with its own.
#
# The socket on which MediaMTX asks who may read and publish is opened here and stays open when the command dies: who
# comes meanwhile waits in its backlog. Were nobody to listen, MediaMTX would refuse viewers, each after up to 4 s.
set -u

# PORTS.mediamtxAuth in protocol/src/ports.ts.
AUTH_PORT=9996

# A shell cannot listen; Perl, in every Debian, opens the socket and becomes this script. $^F: it outlives exec.
if [ -z "${CUPOLA_AUTH_FD:-}" ]; then
  exec perl -MSocket -e '
    $^F = 255;
    my $address = sockaddr_in(shift, INADDR_LOOPBACK);
    my $listener;
    socket($listener, PF_INET, SOCK_STREAM, 0)
      && setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1)
      && bind($listener, $address)
      && listen($listener, 511)
      or die "cannot listen for MediaMTX: $!\n";
    $ENV{CUPOLA_AUTH_FD} = fileno $listener;
    exec @ARGV' "$AUTH_PORT" sh "$0" "$@"
fi

LIVED_SECONDS=10
EX_CONFIG=78

ending=
child=
export CUPOLA_RESTARTS=0
quick=0

end() {
  ending=1
  if [ -n "$child" ]; then kill -TERM "$child" 2>/dev/null; fi
}
trap end TERM INT

# Monotonic: a step of the clock is no long life.
uptime_seconds() {
  read -r now _ </proc/uptime
  echo "${now%.*}"
}

while :; do
  began=$(uptime_seconds)
  "$@" &
  child=$!
  # A signal that came before the child was known.
  if [ -n "$ending" ]; then end; fi
  wait "$child"
  code=$?
  # A signal ends `wait` and not the child.
  while kill -0 "$child" 2>/dev/null; do
    wait "$child"
    code=$?
  done
  child=

  if [ -n "$ending" ] || [ "$code" -eq 0 ] || [ "$code" -eq "$EX_CONFIG" ]; then exit "$code"; fi

  if [ $(($(uptime_seconds) - began)) -lt "$LIVED_SECONDS" ]; then quick=$((quick + 1)); else quick=1; fi
  case $quick in
    1 | 2 | 3) pause=0 ;;
    4) pause=1 ;;
    5) pause=2 ;;
    6) pause=4 ;;
    *) exit "$code" ;;
  esac
  CUPOLA_RESTARTS=$((CUPOLA_RESTARTS + 1))
  printf '{"level":40,"time":%s,"event":"agent-died","exitCode":%s,"restarts":%s,"pauseSeconds":%s}\n' \
    "$(date +%s%3N)" "$code" "$CUPOLA_RESTARTS" "$pause"
  if [ "$pause" -gt 0 ]; then
    sleep "$pause" &
    wait $!
    if [ -n "$ending" ]; then exit "$code"; fi
  fi
done
