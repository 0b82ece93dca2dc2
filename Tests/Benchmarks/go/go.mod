module bench/responder

go 1.19
