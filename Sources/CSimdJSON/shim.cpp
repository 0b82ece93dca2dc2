#include "csimdjson.h"

#include <simdjson.h>

#include <memory>
#include <new>

namespace {

using Implementation = simdjson::internal::dom_parser_implementation;

/// The smallest capacity: most single events fit, so that a thread allocates once.
constexpr size_t minimumCapacity = 16 << 10;

/// A larger index (4 bytes for each byte of input) is given back as soon as an input fits this again, so that one huge
/// body does not pin memory for the life of a thread. 1 MiB is the usual limit of a batch.
constexpr size_t retainedCapacity = 1 << 20;

CSimdJSONPositions failure(CSimdJSONStatus status) noexcept {
    return CSimdJSONPositions{status, nullptr, 0};
}

CSimdJSONStatus statusOf(simdjson::error_code code) noexcept {
    switch (code) {
        case simdjson::SUCCESS: return CSimdJSONStatusDone;
        case simdjson::EMPTY: return CSimdJSONStatusEmpty;
        case simdjson::UTF8_ERROR: return CSimdJSONStatusInvalidUTF8;
        case simdjson::UNESCAPED_CHARS: return CSimdJSONStatusControlCharacter;
        case simdjson::UNCLOSED_STRING: return CSimdJSONStatusUnclosedString;
        case simdjson::CAPACITY: return CSimdJSONStatusTooLarge;
        case simdjson::MEMALLOC: return CSimdJSONStatusOutOfMemory;
        default: return CSimdJSONStatusUnavailable;
    }
}

size_t capacityFor(size_t count) noexcept {
    size_t capacity = minimumCapacity;
    while (capacity < count) {
        capacity *= 2;
    }
    return capacity < simdjson::SIMDJSON_MAXSIZE_BYTES ? capacity : simdjson::SIMDJSON_MAXSIZE_BYTES;
}

}  // namespace

struct csimdjson_index {
    std::unique_ptr<Implementation> implementation;
    /// A copy of an input that has no readable bytes behind it.
    std::unique_ptr<uint8_t[]> padded;
    size_t paddedCapacity = 0;

    /// Makes room for an input of `count` bytes. Everything called here is noexcept and allocates with nothrow.
    simdjson::error_code reserve(size_t count) noexcept {
        if (!implementation) {
            // The depth belongs to simdjson's second stage, which never runs.
            return simdjson::get_active_implementation()->create_dom_parser_implementation(
                capacityFor(count), 1, implementation);
        }
        const bool tooSmall = implementation->capacity() < count;
        const bool tooLarge = implementation->capacity() > retainedCapacity && count <= retainedCapacity;
        return tooSmall || tooLarge ? implementation->set_capacity(capacityFor(count)) : simdjson::SUCCESS;
    }

    /// The input with zeroed padding behind it, or NULL when there is no memory.
    const uint8_t *pad(const uint8_t *bytes, size_t count) noexcept {
        const bool tooSmall = paddedCapacity < count;
        const bool tooLarge = paddedCapacity > retainedCapacity && count <= retainedCapacity;
        if (!padded || tooSmall || tooLarge) {
            const size_t capacity = capacityFor(count);
            padded.reset();
            paddedCapacity = 0;
            padded.reset(new (std::nothrow) uint8_t[capacity + simdjson::SIMDJSON_PADDING]);
            if (!padded) {
                return nullptr;
            }
            paddedCapacity = capacity;
        }
        memcpy(padded.get(), bytes, count);
        memset(padded.get() + count, 0, simdjson::SIMDJSON_PADDING);
        return padded.get();
    }
};

extern "C" csimdjson_index *csimdjson_index_create(void) {
    return new (std::nothrow) csimdjson_index();
}

extern "C" void csimdjson_index_destroy(csimdjson_index *index) {
    delete index;
}

extern "C" CSimdJSONPositions csimdjson_index_build(
    csimdjson_index *index, const uint8_t *bytes, size_t count, size_t readable) {
    if (index == nullptr) {
        return failure(CSimdJSONStatusOutOfMemory);
    }
    if (bytes == nullptr || count == 0) {
        return failure(CSimdJSONStatusEmpty);
    }
    // One less than simdjson's own limit: the closing entry holds the length and must not wrap.
    if (count >= simdjson::SIMDJSON_MAXSIZE_BYTES) {
        return failure(CSimdJSONStatusTooLarge);
    }
    if (const auto code = index->reserve(count); code != simdjson::SUCCESS) {
        return failure(statusOf(code));
    }
    const uint8_t *input = bytes;
    if (readable < count || readable - count < simdjson::SIMDJSON_PADDING) {
        input = index->pad(bytes, count);
        if (input == nullptr) {
            return failure(CSimdJSONStatusOutOfMemory);
        }
    }
    Implementation &implementation = *index->implementation;
    const auto code = implementation.stage1(input, count, simdjson::stage1_mode::regular);
    if (code != simdjson::SUCCESS) {
        return failure(statusOf(code));
    }
    const size_t found = implementation.n_structural_indexes;
    if (found == 0) {
        return failure(CSimdJSONStatusEmpty);
    }
    // There are at most `count` tokens, and simdjson allocates nine entries more than that. It writes the closing entry
    // itself; that is not documented, so it is written again.
    implementation.structural_indexes[found] = static_cast<uint32_t>(count);
    return CSimdJSONPositions{CSimdJSONStatusDone, implementation.structural_indexes.get(), found};
}
