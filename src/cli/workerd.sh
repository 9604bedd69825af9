#!/bin/sh
# Runs workerd until its parent ends. By itself workerd survives a parent that is killed: it would keep the port, and deliver
# messages beside the next one. Miniflare starts this script in place of workerd (MINIFLARE_WORKERD_PATH). With `exec`,
# workerd takes over this process, so that signals from Miniflare reach workerd.
parent=$PPID
self=$$
[ -z "$PARLEY_PID_FILE" ] || echo "$parent $self" >"$PARLEY_PID_FILE"
(
  while kill -0 "$parent" && kill -0 "$self"; do sleep 0.2; done
  kill -9 "$self"
) </dev/null >/dev/null 2>&1 3>&- &
exec "$PARLEY_WORKERD" "$@"
