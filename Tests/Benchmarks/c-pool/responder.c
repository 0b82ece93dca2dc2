// The libfcgi program that everybody writes: N threads, each in FCGX_Accept_r. It reads the body and answers.
//
// Choices: no lock around FCGX_Accept_r. The old example has one, because some systems could not accept from several
// threads; Linux can, and with kept connections the lock would be held while a thread waits for the next request of its
// own connection, so that all others stood still. A thread belongs to its connection as long as that is open, so there
// have to be more threads than connections that the front server opens; the driver says how many.
//
// usage: responder SOCKET THREADS
#include <fcgiapp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static int listening;

static void *work(void *unused) {
    (void)unused;
    FCGX_Request request;
    if (FCGX_InitRequest(&request, listening, 0) != 0) return NULL;
    char body[16384];
    while (FCGX_Accept_r(&request) == 0) {
        while (FCGX_GetStr(body, sizeof body, request.in) == sizeof body) {
        }
        FCGX_PutS(
            "Status: 200 OK\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 16\r\n"
            "\r\n"
            "{\"success\":true}",
            request.out);
        FCGX_Finish_r(&request);
    }
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: %s SOCKET THREADS\n", arguments[0]);
        return 64;
    }
    long threads = strtol(arguments[2], NULL, 10);
    if (threads < 1 || threads > 20000) return 64;
    signal(SIGPIPE, SIG_IGN);
    if (FCGX_Init() != 0) return 70;
    listening = FCGX_OpenSocket(arguments[1], 1024);
    if (listening < 0) return 71;
    // A stack of 256 KiB is plenty for this, and lets a run with 10,000 threads start at all.
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 256 << 10);
    for (long index = 1; index < threads; index++) {
        pthread_t thread;
        if (pthread_create(&thread, &attributes, work, NULL) != 0) {
            fprintf(stderr, "only %ld threads\n", index);
            return 71;
        }
    }
    work(NULL);
    return 0;
}
