// Records what a process writes to its spool, and when it was told that a sync is done: for the model of a loss of power.
// Preloaded. RECORD_LOG names the log, RECORD_FILES the beginning of the paths that are recorded.
//
// The log is a sequence of records: struct record, then its data. Operations are recorded in the order in which they are
// done; a sync has a record when it begins and one when it has ended.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OP_OPEN = 1, OP_WRITE, OP_TRUNCATE, OP_SYNC_BEGIN, OP_SYNC_END, OP_UNLINK };
enum { FILE_NONE, FILE_DATABASE, FILE_LOG };

struct record {
    uint32_t kind, file;
    uint64_t offset, length;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int record_log = -1;
static const char *prefix;
static unsigned char files[1 << 16];

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("RECORD_LOG");
    prefix = getenv("RECORD_FILES");
    if (path && prefix) record_log = REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void append(uint32_t kind, uint32_t file, uint64_t offset, uint64_t length, const void *data) {
    struct record head = {kind, file, offset, length};
    struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, data ? length : 0}};
    if (record_log >= 0 && writev(record_log, parts, 2) < 0) abort();
}

static int file_of(int descriptor) {
    return record_log >= 0 && descriptor >= 0 && descriptor < (int)sizeof files ? files[descriptor] : FILE_NONE;
}

static int kind_of(const char *path) {
    size_t length = prefix ? strlen(prefix) : 0;
    if (record_log < 0 || strncmp(path, prefix, length) != 0) return FILE_NONE;
    if (path[length] == 0) return FILE_DATABASE;
    return strcmp(path + length, "-wal") == 0 ? FILE_LOG : FILE_NONE;
}

static int opened(const char *path, int descriptor) {
    if (descriptor >= 0 && descriptor < (int)sizeof files) {
        files[descriptor] = kind_of(path);
        if (files[descriptor]) {
            pthread_mutex_lock(&lock);
            append(OP_OPEN, files[descriptor], 0, 0, NULL);
            pthread_mutex_unlock(&lock);
        }
    }
    return descriptor;
}

#define OPEN(name)                                                                  \
    int name(const char *path, int flags, ...) {                                    \
        va_list rest;                                                               \
        va_start(rest, flags);                                                      \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;     \
        va_end(rest);                                                               \
        return opened(path, REAL(name)(path, flags, mode));                         \
    }
OPEN(open)
OPEN(open64)

int close(int descriptor) {
    if (descriptor >= 0 && descriptor < (int)sizeof files) files[descriptor] = FILE_NONE;
    return REAL(close)(descriptor);
}

#define PWRITE(name, offset_type)                                                         \
    ssize_t name(int descriptor, const void *data, size_t length, offset_type offset) {   \
        int file = file_of(descriptor);                                                   \
        if (!file) return REAL(name)(descriptor, data, length, offset);                   \
        pthread_mutex_lock(&lock);                                                        \
        ssize_t written = REAL(name)(descriptor, data, length, offset);                   \
        if (written > 0) append(OP_WRITE, file, offset, written, data);                   \
        pthread_mutex_unlock(&lock);                                                      \
        return written;                                                                   \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define TRUNCATE(name, offset_type)                                 \
    int name(int descriptor, offset_type length) {                  \
        int file = file_of(descriptor);                             \
        if (!file) return REAL(name)(descriptor, length);           \
        pthread_mutex_lock(&lock);                                  \
        int result = REAL(name)(descriptor, length);                \
        if (result == 0) append(OP_TRUNCATE, file, length, 0, NULL);\
        pthread_mutex_unlock(&lock);                                \
        return result;                                              \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

static int synced(int descriptor, int (*sync)(int)) {
    int file = file_of(descriptor);
    if (!file) return sync(descriptor);
    pthread_mutex_lock(&lock);
    // Where it began names it.
    uint64_t began = lseek(record_log, 0, SEEK_END);
    append(OP_SYNC_BEGIN, file, began, 0, NULL);
    pthread_mutex_unlock(&lock);
    int result = sync(descriptor);
    pthread_mutex_lock(&lock);
    if (result == 0) append(OP_SYNC_END, file, began, 0, NULL);
    pthread_mutex_unlock(&lock);
    return result;
}

int fdatasync(int descriptor) { return synced(descriptor, REAL(fdatasync)); }
int fsync(int descriptor) { return synced(descriptor, REAL(fsync)); }

int unlink(const char *path) {
    int file = kind_of(path), result = REAL(unlink)(path);
    if (file && result == 0) {
        pthread_mutex_lock(&lock);
        append(OP_UNLINK, file, 0, 0, NULL);
        pthread_mutex_unlock(&lock);
    }
    return result;
}
