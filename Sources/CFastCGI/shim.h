// libfcgi, and the few Linux calls that Swift cannot import: GNU extensions, packed structures, flag enumerations.
// Every function answers as its system call does: -1 and errno on failure.
#pragma once

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

// The C library declares these only under _GNU_SOURCE. A module that defines it would see other structures than Swift's
// Glibc module does.
int accept4(int, struct sockaddr *, socklen_t *, int);
int pthread_setname_np(pthread_t, const char *);

// MARK: epoll

// What a registration waits for.
enum {
    // Readable or half closed, told once, to one thread, until armed again.
    CFCGI_READ_ONCE = (int)(EPOLLIN | EPOLLRDHUP | EPOLLONESHOT),
    // Writable, told once.
    CFCGI_WRITE_ONCE = (int)(EPOLLOUT | EPOLLONESHOT),
    // Readable, told to one of the processes that wait. Cannot be modified, only removed and added.
    CFCGI_READ_EXCLUSIVE = (int)(EPOLLIN | EPOLLEXCLUSIVE),
    // Readable, told to every thread as long as it lasts.
    CFCGI_READ_LEVEL = (int)EPOLLIN,
};

static inline int cfcgi_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int cfcgi_epoll_add(int set, int descriptor, int interest, uint64_t token) {
    struct epoll_event event = {.events = (uint32_t)interest, .data = {.u64 = token}};
    return epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event);
}

static inline int cfcgi_epoll_modify(int set, int descriptor, int interest, uint64_t token) {
    struct epoll_event event = {.events = (uint32_t)interest, .data = {.u64 = token}};
    return epoll_ctl(set, EPOLL_CTL_MOD, descriptor, &event);
}

static inline int cfcgi_epoll_remove(int set, int descriptor) {
    struct epoll_event event = {0};
    return epoll_ctl(set, EPOLL_CTL_DEL, descriptor, &event);
}

// Waits for at most `capacity` (up to 64) events and writes their tokens. `timeout` in milliseconds, -1 for ever.
static inline int cfcgi_epoll_wait(int set, uint64_t *tokens, int capacity, int timeout) {
    struct epoll_event events[64];
    int count = epoll_wait(set, events, capacity < 64 ? capacity : 64, timeout);
    for (int index = 0; index < count; index++) tokens[index] = events[index].data.u64;
    return count;
}

static inline int cfcgi_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

// MARK: Sockets

static inline int cfcgi_socket(int family) { return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

static inline int cfcgi_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC); }

// Bytes that wait, left in place. Never blocks.
static inline ssize_t cfcgi_peek(int descriptor, void *bytes, size_t count) {
    return recv(descriptor, bytes, count, MSG_PEEK | MSG_DONTWAIT);
}

// Bytes that wait, taken. Never blocks.
static inline ssize_t cfcgi_receive(int descriptor, void *bytes, size_t count) {
    return recv(descriptor, bytes, count, MSG_DONTWAIT);
}

// Never blocks, never raises SIGPIPE.
static inline ssize_t cfcgi_send(int descriptor, const void *bytes, size_t count) {
    return send(descriptor, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// Bytes that the peer has not taken yet.
static inline int cfcgi_unsent(int descriptor) {
    int count = 0;
    return ioctl(descriptor, SIOCOUTQ, &count) < 0 ? -1 : count;
}

// The user that called connect(2) on a Unix socket.
static inline int cfcgi_peer_user(int descriptor, uint32_t *user) {
    struct { // struct ucred
        pid_t process;
        uid_t user;
        gid_t group;
    } credentials;
    socklen_t length = sizeof credentials;
    int result = getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length);
    if (result == 0) *user = (uint32_t)credentials.user;
    return result;
}

// Limits how long one blocking read or write may take.
static inline int cfcgi_set_timeouts(int descriptor, int64_t read_us, int64_t write_us) {
    struct timeval reading = {.tv_sec = read_us / 1000000, .tv_usec = read_us % 1000000};
    struct timeval writing = {.tv_sec = write_us / 1000000, .tv_usec = write_us % 1000000};
    if (setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &reading, sizeof reading) != 0) return -1;
    return setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &writing, sizeof writing);
}

// No delay for the last segment of an answer; probes find a peer that vanished.
static inline int cfcgi_set_tcp_options(int descriptor) {
    int on = 1;
    if (setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) return -1;
    return setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

static inline int cfcgi_set_reuse_address(int descriptor) {
    int on = 1;
    return setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
}

// 1 if the descriptor is a listening stream socket, 0 if it is anything else.
static inline int cfcgi_is_listening(int descriptor) {
    int value = 0;
    socklen_t length = sizeof value;
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &value, &length) != 0 || value != SOCK_STREAM) return 0;
    value = 0;
    length = sizeof value;
    return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &length) == 0 && value != 0;
}

// Longest path of a Unix socket, without the closing NUL.
static inline int cfcgi_longest_socket_path(void) { return (int)sizeof(((struct sockaddr_un *)0)->sun_path) - 1; }

static inline int cfcgi_unix_address(const char *path, struct sockaddr_un *address) {
    size_t length = strlen(path);
    if (length >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, length);
    return 0;
}

// The socket's inode is emptied of permissions first: the file that bind(2) makes is then nobody's until chmod(2).
static inline int cfcgi_bind_unix(int descriptor, const char *path) {
    struct sockaddr_un address;
    if (cfcgi_unix_address(path, &address) != 0) return -1;
    if (fchmod(descriptor, 0) != 0) return -1;
    return bind(descriptor, (struct sockaddr *)&address, sizeof address);
}

static inline int cfcgi_connect_unix(int descriptor, const char *path) {
    struct sockaddr_un address;
    if (cfcgi_unix_address(path, &address) != 0) return -1;
    return connect(descriptor, (struct sockaddr *)&address, sizeof address);
}

// Family of a socket's own (`remote` 0) or the peer's (`remote` 1) address. For IP families `bytes` (16) receives the
// address, IPv4 in its first 4; `port` the port. For AF_UNIX `path` receives the path, empty if there is none.
static inline int cfcgi_address(int descriptor, int remote, uint8_t *bytes, uint16_t *port, char *path, size_t capacity) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    memset(&storage, 0, sizeof storage);
    int result = remote ? getpeername(descriptor, (struct sockaddr *)&storage, &length)
                        : getsockname(descriptor, (struct sockaddr *)&storage, &length);
    if (result != 0) return -1;
    if (storage.ss_family == AF_INET) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)&storage;
        memcpy(bytes, &v4->sin_addr, 4);
        *port = ntohs(v4->sin_port);
    } else if (storage.ss_family == AF_INET6) {
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&storage;
        memcpy(bytes, &v6->sin6_addr, 16);
        *port = ntohs(v6->sin6_port);
    } else if (storage.ss_family == AF_UNIX && capacity > 0) {
        struct sockaddr_un *local = (struct sockaddr_un *)&storage;
        size_t count = strnlen(local->sun_path, sizeof local->sun_path);
        if (count >= capacity) count = capacity - 1;
        memcpy(path, local->sun_path, count);
        path[count] = 0;
    }
    return storage.ss_family;
}

// MARK: Files and signals

// A file in memory, for bytes that libfcgi is to read from a descriptor.
static inline int cfcgi_memory_file(void) { return (int)syscall(SYS_memfd_create, "fastcgi-head", 1U /* MFD_CLOEXEC */); }

static inline int cfcgi_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL, 0);
    return flags < 0 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

static inline int cfcgi_set_close_on_exec(int descriptor) { return fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

// FCGX_Init puts handlers on SIGTERM, SIGUSR1 and SIGPIPE that would steal them from the program: the first two are
// given back as they were, the last is ignored, so that a write to a closed connection is an error and not the end.
static inline int cfcgi_initialise(void) {
    struct sigaction terminate, user1, ignore;
    sigaction(SIGTERM, NULL, &terminate);
    sigaction(SIGUSR1, NULL, &user1);
    int result = FCGX_Init();
    sigaction(SIGTERM, &terminate, NULL);
    sigaction(SIGUSR1, &user1, NULL);
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, NULL);
    return result;
}

// Starts a thread that no signal interrupts: libfcgi takes EINTR for a broken connection.
static inline int cfcgi_start_thread(pthread_t *thread, void *(*body)(void *), void *argument) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = pthread_create(thread, NULL, body, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}
