#!/bin/sh
# Runs workerd for as long as its parent lives. workerd by itself outlives a parent that is killed: it would keep the port, and
# go on delivering beside the next one. Miniflare starts this in workerd's place (MINIFLARE_WORKERD_PATH); by `exec`
# workerd takes over this process, so that Miniflare's signals reach it.
parent=$PPID
self=$$
[ -z "$PARLEY_PID_FILE" ] || echo "$parent $self" >"$PARLEY_PID_FILE"
(
  while kill -0 "$parent" && kill -0 "$self"; do sleep 0.2; done
  kill -9 "$self"
) </dev/null >/dev/null 2>&1 3>&- &
exec "$PARLEY_WORKERD" "$@"
