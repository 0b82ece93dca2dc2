/// A C face over the first stage of simdjson: the SIMD pass that validates UTF-8, finds where strings begin and end,
/// and lists the position of every token. simdjson is C++; nothing of C++ is visible here, so that no Swift target
/// needs C++ interop.
///
/// Why only the first stage: simdjson's own tree builder refuses valid JSON (integers beyond 64 bits, 1e400, nesting
/// beyond a fixed depth) and keeps no source offsets, and its on-demand reader validates only what is visited. The
/// grammar is therefore checked in Swift, over the positions found here.
#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a pass over the bytes found.
typedef enum __attribute__((enum_extensibility(closed))) CSimdJSONStatus {
    /// The positions are valid.
    CSimdJSONStatusDone,
    /// No bytes, or white space only.
    CSimdJSONStatusEmpty,
    /// Not valid UTF-8.
    CSimdJSONStatusInvalidUTF8,
    /// A character below U+0020 inside a string.
    CSimdJSONStatusControlCharacter,
    /// The input ends inside a string.
    CSimdJSONStatusUnclosedString,
    /// More bytes than the index can address (4 GiB).
    CSimdJSONStatusTooLarge,
    /// No memory for the index.
    CSimdJSONStatusOutOfMemory,
    /// simdjson does not run on this processor, or reported something this face does not know.
    CSimdJSONStatusUnavailable,
} CSimdJSONStatus;

/// The outcome of one pass.
typedef struct CSimdJSONPositions {
    CSimdJSONStatus status;
    /// Byte offsets of all tokens in rising order, followed by one more entry that holds the input's length. NULL
    /// unless `status` is done. Belongs to the index: valid until its next pass or its end.
    const uint32_t *positions;
    /// Tokens, the closing entry not counted.
    size_t count;
} CSimdJSONPositions;

/// The buffers of one indexing thread. Used by one thread at a time.
typedef struct csimdjson_index csimdjson_index;

/// A new index without buffers, or NULL when there is no memory.
csimdjson_index *csimdjson_index_create(void);

/// Frees an index and its positions. NULL is ignored.
void csimdjson_index_destroy(csimdjson_index *index);

/// Indexes `count` bytes. `readable` (>= count) says how many bytes may be read from `bytes` on: simdjson wants 64
/// behind the input, so with less than that the input is copied first. The result never depends on what they hold.
CSimdJSONPositions csimdjson_index_build(
    csimdjson_index *index, const uint8_t *bytes, size_t count, size_t readable);

/// The offset of the first `byte` in `bytes`, or `count` when there is none.
static inline size_t csimdjson_find(const uint8_t *bytes, size_t count, uint8_t byte) {
    if (count == 0) {
        return 0;
    }
    const void *found = memchr(bytes, byte, count);
    return found == NULL ? count : (size_t)((const uint8_t *)found - bytes);
}

/// Whether two runs of `count` bytes are the same.
static inline bool csimdjson_equal(const uint8_t *left, const uint8_t *right, size_t count) {
    return count == 0 || memcmp(left, right, count) == 0;
}

#ifdef __cplusplus
}
#endif

#endif
