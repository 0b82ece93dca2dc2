#!/bin/sh
# hydra-gateway started by spawn-fcgi, for any web server that speaks FastCGI to a socket and under any supervisor (runit,
# s6, daemontools): -n keeps it in the foreground. The socket arrives as file descriptor 0.
#
# -M: permissions of the socket; -U, -G: its owner and group, the web server's. -b: the queue of waiting connections.
exec spawn-fcgi -n -s /run/hydra-gateway/gateway-1.sock -M 0660 -u hydra-gateway -g hydra-gateway -G www-data -b 1024 -- \
    /usr/bin/hydra-gateway serve --config /etc/hydra-gateway/hydra-gateway.yaml --listen inherited --name gateway-1
