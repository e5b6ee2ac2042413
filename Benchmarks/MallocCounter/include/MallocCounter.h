#ifndef MALLOC_COUNTER_H
#define MALLOC_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/// Whether allocations are counted on this platform. The process must be linked against glibc.
bool malloc_counter_works(void);

/// Allocations of the whole process so far: every malloc, calloc, realloc and aligned allocation.
uint64_t malloc_counter_total(void);

#endif
