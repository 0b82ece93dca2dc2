// HTTP load with an exact account: every answer's status and body are compared, every request that was begun is waited
// for, and each message id is used once. What wrk does not do, and durable rows need:
//
// - open loop (--rate): requests are due at fixed times, and the latency of each counts from when it was due, not from
//   when a connection was free to send it. A stalled server so shows all the waiting that its clients would have had
//   (no "coordinated omission");
// - nothing is cut off at the end: what was sent is answered before the program ends, so that the number of 200s can be
//   compared with what is stored;
// - ids and users are written into the prepared request in place, so that unique bodies cost next to nothing.
//
// One thread, epoll, plain HTTP/1.1 with kept connections to 127.0.0.1. The result is one line of JSON.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    id_length = 36,    // of '#' in the template: a UUID
    user_length = 8,   // of '~' in the template: a decimal number
    answer_room = 16384,
    sub_buckets = 128, // in each power of two: latencies are exact to 0.8 %
    octaves = 40,      // nanoseconds up to some minutes
};

static const uint64_t second = 1000000000;
// How long the last answers are waited for.
static const uint64_t drain_time = 15 * 1000000000ull;

struct connection {
    int socket;
    bool is_busy;
    bool wants_write;
    uint64_t due;
    char *request; // head and body, this connection's own copy
    size_t length;
    size_t sent;
    size_t received;
    char answer[answer_room];
};

// MARK: What is asked for

static int port;
static const char *path = "/";
static const char *method = "POST";
static const char *expected_body = "{\"success\":true}";
static int connections = 64;
static double seconds = 2;
static double rate; // 0: closed loop, the next request as soon as a connection is free
static uint64_t limit = UINT64_MAX;
static uint64_t users = 10000;
static uint64_t seed = 1;
static char headers[4096];

// MARK: State

static int events_descriptor;
static struct connection *all;
static struct connection **idle;
static int idle_count;

static char *template_bytes; // the body with marks, or null
static size_t template_length;
static size_t *id_offsets, *user_offsets; // into the request, not the body
static size_t id_count, user_count;

static char *pool; // bodies one after the other, each behind its length in 4 bytes, little endian
static size_t pool_length, pool_position;

static uint64_t counter;
static uint64_t sent_requests, right, right_in_time, wrong, broken, unanswered;
static char first_wrong[512];
static uint64_t histogram[octaves * sub_buckets];
static uint64_t longest;
static uint64_t start_time, end_time, last_answer;
static volatile sig_atomic_t interrupted;

static void fail(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(71);
}

static void interrupt(int number) {
    (void)number;
    interrupted = 1;
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * second + (uint64_t)time.tv_nsec;
}

static char *read_file(const char *name, size_t *length) {
    FILE *file = fopen(name, "rb");
    if (file == NULL) fail(name);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *bytes = malloc((size_t)size + 1);
    if (bytes == NULL || fread(bytes, 1, (size_t)size, file) != (size_t)size) fail(name);
    bytes[size] = 0;
    fclose(file);
    *length = (size_t)size;
    return bytes;
}

// MARK: Latencies

static void note_latency(uint64_t nanoseconds) {
    if (nanoseconds > longest) longest = nanoseconds;
    size_t bucket;
    if (nanoseconds < sub_buckets) {
        bucket = nanoseconds;
    } else {
        int shift = 63 - __builtin_clzll(nanoseconds) - 7;
        bucket = (size_t)(shift + 1) * sub_buckets + ((nanoseconds >> shift) & (sub_buckets - 1));
    }
    size_t last = sizeof histogram / sizeof *histogram - 1;
    histogram[bucket < last ? bucket : last]++;
}

static double percentile(double part) {
    uint64_t all_of_them = right + wrong;
    uint64_t wanted = (uint64_t)(part * (double)all_of_them + 0.5);
    if (wanted < 1) wanted = 1;
    uint64_t seen = 0;
    for (size_t bucket = 0; bucket < sizeof histogram / sizeof *histogram; bucket++) {
        seen += histogram[bucket];
        if (seen < wanted) continue;
        if (bucket < sub_buckets) return (double)bucket / 1000;
        size_t shift = bucket / sub_buckets - 1;
        // The upper end of the bucket.
        return (double)(((uint64_t)(sub_buckets + bucket % sub_buckets) + 1) << shift) / 1000;
    }
    return (double)longest / 1000;
}

// MARK: Requests

// Scatters the bits, and never gives two numbers the same result: ids look as random to an index as real ones.
static uint64_t scatter(uint64_t number) {
    number ^= number >> 30;
    number *= 0xbf58476d1ce4e5b9ull;
    number ^= number >> 27;
    number *= 0x94d049bb133111ebull;
    return number ^ (number >> 31);
}

static void write_hex(char *to, uint64_t value, int digits) {
    for (int index = digits - 1; index >= 0; index--, value >>= 4) to[index] = "0123456789abcdef"[value & 15];
}

static void write_id(char *to, uint64_t number) {
    uint64_t bits = scatter(number);
    write_hex(to, bits >> 32, 8);
    to[8] = '-';
    write_hex(to + 9, bits >> 16, 4);
    memcpy(to + 13, "-4", 2);
    write_hex(to + 15, bits >> 4, 3);
    memcpy(to + 18, "-8", 2);
    write_hex(to + 20, bits, 1);
    write_hex(to + 21, 0, 2);
    to[23] = '-';
    write_hex(to + 24, seed, 12);
}

static void prepare(struct connection *connection) {
    char head[8192];
    int head_length = snprintf(head, sizeof head,
                               "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%sContent-Length: %zu\r\n\r\n", method, path,
                               headers, template_bytes != NULL ? "Content-Type: application/json\r\n" : "",
                               template_length);
    if (template_bytes == NULL) head_length = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n",
                                                       method, path, headers);
    connection->length = (size_t)head_length + template_length;
    connection->request = malloc(connection->length + 1);
    if (connection->request == NULL) fail("malloc");
    memcpy(connection->request, head, (size_t)head_length);
    if (template_bytes != NULL) memcpy(connection->request + head_length, template_bytes, template_length);
    if (id_offsets != NULL || template_bytes == NULL) return;
    // Once: where the marks are.
    size_t room = connection->length / user_length + 1;
    id_offsets = malloc(room * sizeof *id_offsets);
    user_offsets = malloc(room * sizeof *user_offsets);
    if (id_offsets == NULL || user_offsets == NULL) fail("malloc");
    for (size_t position = (size_t)head_length; position < connection->length;) {
        char byte = connection->request[position];
        if (byte == '#') {
            id_offsets[id_count++] = position;
            position += id_length;
        } else if (byte == '~') {
            user_offsets[user_count++] = position;
            position += user_length;
        } else {
            position++;
        }
    }
}

// Gives the connection its next body; false if there is none left.
static bool compose(struct connection *connection) {
    if (pool != NULL) {
        if (pool_position + 4 > pool_length) return false;
        uint32_t length;
        memcpy(&length, pool + pool_position, 4);
        pool_position += 4;
        int head = snprintf(connection->request, 8192,
                            "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%sContent-Type: application/json\r\n"
                            "Content-Encoding: gzip\r\nContent-Length: %" PRIu32 "\r\n\r\n",
                            path, headers, length);
        memcpy(connection->request + head, pool + pool_position, length);
        pool_position += length;
        connection->length = (size_t)head + length;
        return true;
    }
    for (size_t index = 0; index < user_count; index++) {
        uint64_t user = scatter(counter + index + (seed << 40)) % users;
        char *to = connection->request + user_offsets[index];
        for (int digit = user_length - 1; digit >= 0; digit--, user /= 10) to[digit] = (char)('0' + user % 10);
    }
    for (size_t index = 0; index < id_count; index++) write_id(connection->request + id_offsets[index], ++counter);
    if (id_count == 0) counter++;
    return true;
}

// MARK: Connections

static void watch(struct connection *connection, bool wants_write) {
    struct epoll_event event = {
        .events = EPOLLIN | (wants_write ? (uint32_t)EPOLLOUT : 0u), .data.ptr = connection};
    int operation = connection->wants_write == wants_write ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(events_descriptor, operation, connection->socket, &event) != 0) fail("epoll_ctl");
    connection->wants_write = wants_write;
}

static void connect_again(struct connection *connection) {
    if (connection->socket >= 0) close(connection->socket);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->socket < 0) fail("socket");
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    int yes = 1;
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(connection->socket, F_SETFL, O_NONBLOCK);
    connection->received = 0;
    connection->wants_write = false;
    watch(connection, false);
}

static void release(struct connection *connection) {
    connection->is_busy = false;
    connection->received = 0;
    idle[idle_count++] = connection;
}

static void note_broken(struct connection *connection) {
    if (connection->is_busy) {
        broken++;
        if (first_wrong[0] == 0) snprintf(first_wrong, sizeof first_wrong, "the connection ended before the answer");
    }
    bool was_busy = connection->is_busy;
    connect_again(connection);
    if (was_busy) release(connection);
}

static void send_rest(struct connection *connection) {
    while (connection->sent < connection->length) {
        ssize_t count = send(connection->socket, connection->request + connection->sent,
                             connection->length - connection->sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) {
            if (!connection->wants_write) watch(connection, true);
            return;
        }
        if (count < 0) {
            note_broken(connection);
            return;
        }
        connection->sent += (size_t)count;
    }
    if (connection->wants_write) watch(connection, false);
}

static bool begin(uint64_t due) {
    struct connection *connection = idle[idle_count - 1];
    if (!compose(connection)) return false;
    idle_count--;
    connection->is_busy = true;
    connection->due = due;
    connection->sent = 0;
    sent_requests++;
    send_rest(connection);
    return true;
}

// MARK: Answers

// The value of a header in the answer's head, or null; the head ends with a NUL.
static const char *header(const char *head, const char *name) {
    size_t length = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            line += length + 1;
            while (*line == ' ') line++;
            return line;
        }
    }
    return NULL;
}

// Looks at what has come; true if the answer is whole.
static bool judge(struct connection *connection) {
    char *bytes = connection->answer;
    bytes[connection->received] = 0;
    char *head_end = strstr(bytes, "\r\n\r\n");
    if (head_end == NULL) return false;
    size_t head_length = (size_t)(head_end - bytes) + 4;
    *head_end = 0;
    const char *length_text = header(bytes, "Content-Length");
    const char *connection_text = header(bytes, "Connection");
    bool closes = connection_text != NULL && strncasecmp(connection_text, "close", 5) == 0;
    size_t length = length_text != NULL ? strtoul(length_text, NULL, 10) : 0;
    if (length_text != NULL && connection->received < head_length + length) {
        *head_end = '\r';
        if (head_length + length < answer_room - 1) return false;
    }
    uint64_t time = now();
    last_answer = time;
    const char *body = bytes + head_length;
    bool is_right = strncmp(bytes, "HTTP/1.1 200 ", 13) == 0 && length_text != NULL
        && length == strlen(expected_body) && memcmp(body, expected_body, length) == 0;
    if (is_right) {
        right++;
        if (time <= end_time) right_in_time++;
    } else {
        wrong++;
        if (first_wrong[0] == 0) snprintf(first_wrong, sizeof first_wrong, "%.60s … %.300s", bytes, body);
    }
    note_latency(time - connection->due);
    if (closes || length_text == NULL) connect_again(connection);
    release(connection);
    return true;
}

static void receive(struct connection *connection) {
    for (;;) {
        ssize_t count = recv(connection->socket, connection->answer + connection->received,
                             answer_room - 1 - connection->received, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0) {
            note_broken(connection);
            return;
        }
        connection->received += (size_t)count;
        if (!connection->is_busy) {
            // Nothing was asked: nginx says farewell to an idle connection.
            note_broken(connection);
            return;
        }
        if (judge(connection)) return;
    }
}

// MARK: The loop

static void print_text(const char *text) {
    putchar('"');
    for (; *text != 0; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') printf("\\%c", byte);
        else if (byte < 0x20) putchar(' ');
        else putchar(byte);
    }
    putchar('"');
}

static void run(void) {
    uint64_t interval = rate > 0 ? (uint64_t)((double)second / rate) : 0;
    start_time = now();
    end_time = start_time + (uint64_t)(seconds * (double)second);
    uint64_t due = start_time;
    uint64_t late = 0;
    bool is_over = false;
    struct epoll_event events[256];
    for (;;) {
        uint64_t time = now();
        if (interrupted) is_over = true;
        if (rate > 0) {
            // What was due before the end is sent, if late; else just the worst would be missing.
            while (!is_over && idle_count > 0 && due <= time && due < end_time && sent_requests < limit) {
                if (!begin(due)) is_over = true;
                due += interval;
            }
            if (due >= end_time || time > end_time + drain_time) is_over = true;
        } else {
            if (time >= end_time) is_over = true;
            while (!is_over && idle_count > 0) {
                if (sent_requests >= limit || !begin(now())) is_over = true;
            }
        }
        if (sent_requests >= limit) is_over = true;
        if (is_over && idle_count == connections) break;
        if (time > end_time + 2 * drain_time) break;

        struct timespec wait = {.tv_sec = 1};
        if (!is_over && rate > 0 && idle_count > 0) {
            uint64_t left = due > time ? due - time : 0;
            wait = (struct timespec){.tv_sec = (time_t)(left / second), .tv_nsec = (long)(left % second)};
        } else if (!is_over && end_time > time && end_time - time < second) {
            wait = (struct timespec){.tv_nsec = (long)(end_time - time)};
        }
        int count = epoll_pwait2(events_descriptor, events, sizeof events / sizeof *events, &wait, NULL);
        if (count < 0 && errno != EINTR) fail("epoll_pwait2");
        for (int index = 0; index < count; index++) {
            struct connection *connection = events[index].data.ptr;
            if (events[index].events & EPOLLOUT) send_rest(connection);
            if (events[index].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(connection);
        }
    }
    unanswered = (uint64_t)(connections - idle_count);
    if (rate > 0 && due < end_time && !interrupted) late = (end_time - due) / interval;
    // A load that had a number instead of a time ends with its last answer.
    uint64_t measured = last_answer < end_time ? last_answer : end_time;
    printf("{\"sent\":%" PRIu64 ",\"right\":%" PRIu64 ",\"right_in_time\":%" PRIu64 ",\"wrong\":%" PRIu64
           ",\"broken\":%" PRIu64 ",\"unanswered\":%" PRIu64 ",\"unsent\":%" PRIu64 ",\"seconds\":%.6f,"
           "\"p50_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f,\"max_us\":%.1f,\"first_wrong\":",
           sent_requests, right, right_in_time, wrong, broken, unanswered, late,
           measured > start_time ? (double)(measured - start_time) / (double)second : 0, percentile(0.5),
           percentile(0.99), percentile(0.999), (double)longest / 1000);
    print_text(first_wrong);
    printf("}\n");
}

int main(int count, char **arguments) {
    static const struct option options[] = {
        {"port", required_argument, NULL, 'p'},        {"path", required_argument, NULL, 'P'},
        {"method", required_argument, NULL, 'm'},      {"connections", required_argument, NULL, 'c'},
        {"seconds", required_argument, NULL, 's'},     {"rate", required_argument, NULL, 'r'},
        {"count", required_argument, NULL, 'n'},       {"body", required_argument, NULL, 'b'},
        {"gzip-pool", required_argument, NULL, 'z'},   {"header", required_argument, NULL, 'H'},
        {"expect", required_argument, NULL, 'e'},      {"users", required_argument, NULL, 'u'},
        {"seed", required_argument, NULL, 'S'},        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(count, arguments, "", options, NULL)) != -1) {
        switch (option) {
        case 'p': port = atoi(optarg); break;
        case 'P': path = optarg; break;
        case 'm': method = optarg; break;
        case 'c': connections = atoi(optarg); break;
        case 's': seconds = atof(optarg); break;
        case 'r': rate = atof(optarg); break;
        case 'n': limit = strtoull(optarg, NULL, 10); break;
        case 'b': template_bytes = read_file(optarg, &template_length); break;
        case 'z': pool = read_file(optarg, &pool_length); break;
        case 'H': {
            size_t used = strlen(headers);
            snprintf(headers + used, sizeof headers - used, "%s\r\n", optarg);
            break;
        }
        case 'e': expected_body = optarg; break;
        case 'u': users = strtoull(optarg, NULL, 10); break;
        case 'S': seed = strtoull(optarg, NULL, 10); break;
        default: return 64;
        }
    }
    if (port < 1 || connections < 1 || seconds <= 0 || users < 1) {
        fprintf(stderr, "usage: load --port N [--path P] [--method M] [--connections N] [--seconds S] [--rate R] "
                        "[--count N] [--body FILE | --gzip-pool FILE] [--header H]… [--expect BODY] [--users N] "
                        "[--seed N]\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    struct sigaction action = {.sa_handler = interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    events_descriptor = epoll_create1(EPOLL_CLOEXEC);
    all = calloc((size_t)connections, sizeof *all);
    idle = calloc((size_t)connections, sizeof(struct connection *));
    if (events_descriptor < 0 || all == NULL || idle == NULL) fail("start");
    size_t largest = 0;
    for (size_t position = 0; pool != NULL && position + 4 <= pool_length;) {
        uint32_t length;
        memcpy(&length, pool + position, 4);
        if (length > largest) largest = length;
        position += 4 + (size_t)length;
    }
    for (int index = 0; index < connections; index++) {
        all[index].socket = -1;
        if (pool != NULL) {
            all[index].request = malloc(8192 + largest);
            if (all[index].request == NULL) fail("malloc");
        } else {
            prepare(&all[index]);
        }
        connect_again(&all[index]);
        release(&all[index]);
    }
    run();
    return 0;
}
