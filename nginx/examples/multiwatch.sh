#!/bin/sh
# Several processes of hydra-gateway on one socket, started and kept by spawn-fcgi and multiwatch. Needed only where a web
# server can be given one socket and the upgrade must not show: one process serves thousands of connections.
#
# -s: told to stop, multiwatch sends SIGUSR1 unless told otherwise, which means "open the log again" here. Debian's sends
# the signal before the one that is named (QUIT: SIGINT); both stop the program. -r, -t: it gives a program
# up that has ended more often than that before its time (ms) was over.
exec spawn-fcgi -n -s /run/hydra-gateway/gateway.sock -M 0660 -u hydra-gateway -g hydra-gateway -G www-data -b 1024 -- \
    /usr/bin/multiwatch -f 3 -s QUIT -r 100 -t 1000 -- \
    /usr/bin/hydra-gateway serve --config /etc/hydra-gateway/hydra-gateway.yaml --listen inherited
