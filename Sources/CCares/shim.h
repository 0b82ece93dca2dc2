#pragma once
#include <ares.h>
#include <sys/eventfd.h>

/// A descriptor that wakes a thread out of `poll`; Swift does not import <sys/eventfd.h>.
static inline int CCares_eventfd(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}
