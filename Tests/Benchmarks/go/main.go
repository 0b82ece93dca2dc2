// Go's own net/http/fcgi, as its documentation shows it: reads the body and answers.
//
// Choices: the standard library alone; GOMAXPROCS as Go sets it (one for each core); Content-Length given, so that
// nginx need not send the answer in chunks. fcgi.Serve runs a goroutine for each connection and one for each request.
//
// usage: responder SOCKET
package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/fcgi"
	"os"
)

var answer = []byte(`{"success":true}`)

func main() {
	if len(os.Args) != 2 {
		log.Fatalf("usage: %s SOCKET", os.Args[0])
	}
	listener, err := net.Listen("unix", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(fcgi.Serve(listener, http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		if _, err := io.Copy(io.Discard, request.Body); err != nil {
			writer.WriteHeader(http.StatusBadRequest)
			return
		}
		header := writer.Header()
		header.Set("Content-Type", "application/json")
		header.Set("Content-Length", "16")
		_, _ = writer.Write(answer)
	})))
}
