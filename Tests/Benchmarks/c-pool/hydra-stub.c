// A Hydra that answers at once, for batches: nginx' own `return 200` cannot say how many results there are.
//
// It counts the calls of {"batch":[{…},{…}]} by their braces and answers {"results":[{"status":200},…]}. A pool
// of threads with libfcgi; the gateway opens 16 connections, so 64 threads are enough.
//
// usage: hydra-stub SOCKET THREADS
#include <fcgiapp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { maximum_calls = 500 };

static int listening;

struct scan {
    int depth;
    int calls;
    bool in_string;
    bool escaped;
};

static void scan_bytes(struct scan *scan, const char *bytes, int count) {
    for (int index = 0; index < count; index++) {
        char byte = bytes[index];
        if (scan->in_string) {
            if (scan->escaped) scan->escaped = false;
            else if (byte == '\\') scan->escaped = true;
            else if (byte == '"') scan->in_string = false;
            continue;
        }
        switch (byte) {
        case '"': scan->in_string = true; break;
        case '{': case '[':
            // Depth 0 is the request, 1 its members, 2 the array's elements: the calls.
            if (byte == '{' && scan->depth == 2) scan->calls++;
            scan->depth++;
            break;
        case '}': case ']': scan->depth--; break;
        default: break;
        }
    }
}

static void *work(void *unused) {
    (void)unused;
    FCGX_Request request;
    if (FCGX_InitRequest(&request, listening, 0) != 0) return NULL;
    static const char head[] = "{\"results\":[";
    static const char result[] = "{\"status\":200},";
    char body[65536];
    char answer[sizeof head + maximum_calls * (sizeof result - 1) + 2];
    while (FCGX_Accept_r(&request) == 0) {
        struct scan scan = {0};
        int read;
        do {
            read = FCGX_GetStr(body, sizeof body, request.in);
            scan_bytes(&scan, body, read);
        } while (read == (int)sizeof body);
        if (scan.calls < 1 || scan.calls > maximum_calls) {
            FCGX_PutS("Status: 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
                      request.out);
        } else {
            char *end = answer;
            memcpy(end, head, sizeof head - 1);
            end += sizeof head - 1;
            for (int call = 0; call < scan.calls; call++) {
                memcpy(end, result, sizeof result - 1);
                end += sizeof result - 1;
            }
            memcpy(end - 1, "]}", 2);
            end += 1;
            FCGX_FPrintF(request.out,
                         "Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
                         (int)(end - answer));
            FCGX_PutStr(answer, (int)(end - answer), request.out);
        }
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
    if (threads < 1 || threads > 1000) return 64;
    signal(SIGPIPE, SIG_IGN);
    if (FCGX_Init() != 0) return 70;
    listening = FCGX_OpenSocket(arguments[1], 1024);
    if (listening < 0) return 71;
    for (long index = 1; index < threads; index++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, work, NULL) != 0) return 71;
    }
    work(NULL);
    return 0;
}
