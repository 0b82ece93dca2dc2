// Shows the thread sanitizer what Synchronization.Mutex does when it is contended.
//
// The uncontended path is inlined into our code and seen there. The contended one waits on a futex inside the runtime's
// library, which is not instrumented: the lock seems never to have been taken, and everything under it a race. The
// executable's own symbols win over a library's, so these three stand before the library's, call them, and say what
// happened. Linked only where HYDRA_TSAN is set (Package.swift, Tests/run sanitize).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

void __tsan_acquire(void *address);
void __tsan_release(void *address);

// Synchronization._MutexHandle._lockSlow(UInt32), _tryLockSlow() -> Bool, _unlockSlow()
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void mutex_lock_slow(uint32_t thread, SELF mutex) __asm__(LOCK);
SWIFT bool mutex_try_lock_slow(SELF mutex) __asm__(TRY_LOCK);
SWIFT void mutex_unlock_slow(SELF mutex) __asm__(UNLOCK);

SWIFT void mutex_lock_slow(uint32_t thread, SELF mutex) {
    SWIFT void (*original)(uint32_t, SELF) = dlsym(RTLD_NEXT, LOCK);
    original(thread, mutex);
    __tsan_acquire(mutex);
}

SWIFT bool mutex_try_lock_slow(SELF mutex) {
    SWIFT bool (*original)(SELF) = dlsym(RTLD_NEXT, TRY_LOCK);
    bool taken = original(mutex);
    if (taken) __tsan_acquire(mutex);
    return taken;
}

SWIFT void mutex_unlock_slow(SELF mutex) {
    SWIFT void (*original)(SELF) = dlsym(RTLD_NEXT, UNLOCK);
    __tsan_release(mutex);
    original(mutex);
}
