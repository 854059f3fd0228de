/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/parallel.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

/* Seconds that a waiter looks without a pause for others: what falling asleep
 * and being woken costs on an idle machine. */
#define PATIENCE 30e-6

/* Then it looks so often more, letting whoever else wants the CPU have it
 * each time: some hundred microseconds, what sleep costs on a virtual CPU
 * that its host has put aside meanwhile. */
#define YIELDS 1000

/* So many numbers are worth handing to a thread. */
#define RANGE ((size_t)1024)

/* Items of a loop that a thread has before it: the first in the low half,
 * one behind the last in the high half.  Alone on its cache line. */
struct range {
    _Alignas(CACHE_LINE) _Atomic uint64_t span;
};

/* One loop at a time; every worker reports back from every loop. */
static struct {
    pthread_t *workers;
    struct range *ranges; /* of every thread, the caller's first */
    size_t count;         /* workers; the caller is one thread more */
    unsigned looks;       /* 0 where there are more threads than CPUs */
    atomic_uint turn;     /* counts loops; a change starts the workers */
    atomic_size_t working;
    atomic_bool ending;
    pthread_mutex_t lock; /* around sleeping and waking only */
    pthread_cond_t begun, done;

    size_t n;
    void (*body)(void *context, size_t item, size_t thread);
    void *context;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER,
           .begun = PTHREAD_COND_INITIALIZER,
           .done = PTHREAD_COND_INITIALIZER };

static size_t chosen;
static _Thread_local bool inside;

static size_t cpus(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return (size_t)CPU_COUNT(&set);
}

size_t parallel_threads(void)
{
    return chosen > 0 ? chosen : cpus();
}

static inline void pause_briefly(void)
{
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
}

/* How many looks PATIENCE is: processors pause for very different times. */
static unsigned count_looks(void)
{
    enum { PAUSES = 1000, TRIALS = 3 };
    double least = 1;

    for (size_t trial = 0; trial < TRIALS; trial++) {
        double began = clock_seconds(), took;

        for (size_t i = 0; i < PAUSES; i++)
            pause_briefly();
        took = clock_seconds() - began;
        least = took < least ? took : least;
    }
    return 1 + (unsigned)(PATIENCE * PAUSES / (least + 1e-7));
}

static uint32_t first_of(uint64_t span)
{
    return (uint32_t)span;
}

static uint32_t end_of(uint64_t span)
{
    return (uint32_t)(span >> 32);
}

static uint64_t span_from(size_t first, size_t end)
{
    return (uint64_t)end << 32 | first;
}

/* Takes the first item of the thread's own range or the LAST of another's. */
static bool take(struct range *range, bool last, size_t *item)
{
    uint64_t span = atomic_load(&range->span), left;

    do {
        if (first_of(span) == end_of(span))
            return false;
        *item = last ? end_of(span) - 1 : first_of(span);
        left = last ? span_from(first_of(span), *item)
                    : span_from(*item + 1, end_of(span));
    } while (!atomic_compare_exchange_weak(&range->span, &span, left));
    return true;
}

static void run_items(size_t thread)
{
    size_t item;

    inside = true;
    while (take(&pool.ranges[thread], false, &item))
        pool.body(pool.context, item, thread);
    for (size_t i = 1; i <= pool.count; i++)
        while (take(&pool.ranges[(thread + i) % (pool.count + 1)], true, &item))
            pool.body(pool.context, item, thread);
    inside = false;
}

/* Before look I at what is waited for; false when it is time to sleep. */
static bool may_look(unsigned i)
{
    if (pool.looks == 0 || i == pool.looks + YIELDS)
        return false;
    if (i < pool.looks)
        pause_briefly();
    else
        sched_yield();
    return true;
}

/* The turn after LAST, looked for first, slept for then. */
static unsigned await_turn(unsigned last)
{
    for (unsigned i = 0; may_look(i); i++) {
        unsigned turn = atomic_load(&pool.turn);

        if (turn != last)
            return turn;
    }
    pthread_mutex_lock(&pool.lock);
    while (atomic_load(&pool.turn) == last)
        pthread_cond_wait(&pool.begun, &pool.lock);
    pthread_mutex_unlock(&pool.lock);
    return atomic_load(&pool.turn);
}

static void *work(void *thread)
{
    unsigned turn = 0;

    for (;;) {
        turn = await_turn(turn);
        if (atomic_load(&pool.ending))
            return NULL;
        run_items((size_t)thread);
        if (atomic_fetch_sub(&pool.working, 1) == 1) {
            pthread_mutex_lock(&pool.lock);
            pthread_cond_signal(&pool.done);
            pthread_mutex_unlock(&pool.lock);
        }
    }
}

static void begin_turn(void)
{
    size_t threads = pool.count + 1;

    for (size_t i = 0; i < threads; i++)
        atomic_store(
            &pool.ranges[i].span,
            span_from(i * pool.n / threads, (i + 1) * pool.n / threads));
    atomic_store(&pool.working, pool.count);
    pthread_mutex_lock(&pool.lock);
    atomic_fetch_add(&pool.turn, 1);
    pthread_cond_broadcast(&pool.begun);
    pthread_mutex_unlock(&pool.lock);
}

static void await_workers(void)
{
    for (unsigned i = 0; may_look(i); i++)
        if (atomic_load(&pool.working) == 0)
            return;
    pthread_mutex_lock(&pool.lock);
    while (atomic_load(&pool.working) > 0)
        pthread_cond_wait(&pool.done, &pool.lock);
    pthread_mutex_unlock(&pool.lock);
}

/* A child has the parent's memory and none of its threads. */
static void forget(void)
{
    free(pool.workers);
    free(pool.ranges);
    pool.workers = NULL;
    pool.ranges = NULL;
    pool.count = 0;
    pthread_mutex_init(&pool.lock, NULL);
    pthread_cond_init(&pool.begun, NULL);
    pthread_cond_init(&pool.done, NULL);
}

static void dismiss(void)
{
    if (pool.count == 0)
        return;
    pool.n = 0;
    atomic_store(&pool.ending, true);
    begin_turn();
    for (size_t i = 0; i < pool.count; i++)
        pthread_join(pool.workers[i], NULL);
    atomic_store(&pool.ending, false);
    forget();
}

/* Fewer workers than COUNT where the system gives no more threads. */
static void hire(size_t count)
{
    static bool prepared;

    if (!prepared) {
        pthread_atfork(NULL, NULL, forget);
        prepared = true;
    }
    dismiss();
    atomic_store(&pool.turn, 0);
    pool.looks = count < cpus() ? count_looks() : 0;
    pool.workers = memory_new(count, sizeof *pool.workers);
    pool.ranges = memory_new_aligned(count + 1, sizeof *pool.ranges);
    while (pool.count < count &&
           pthread_create(&pool.workers[pool.count], NULL, work,
                          (void *)(pool.count + 1)) == 0)
        pool.count++;
}

void parallel_set_threads(size_t threads)
{
    chosen = threads;
    dismiss();
}

void parallel_for(size_t n,
                  void (*body)(void *context, size_t item, size_t thread),
                  void *context)
{
    size_t threads = inside || n < 2 ? 1 : parallel_threads();

    assert(n <= UINT32_MAX);
    if (threads > 1 && pool.workers == NULL)
        hire(threads - 1);
    if (threads == 1 || pool.count == 0) {
        for (size_t i = 0; i < n; i++)
            body(context, i, 0);
        return;
    }
    pool.n = n;
    pool.body = body;
    pool.context = context;
    begin_turn();
    run_items(0);
    await_workers();
}

struct numbers {
    size_t n;
    void (*body)(void *context, size_t first, size_t end);
    void *context;
};

static void run_range(void *context, size_t item, size_t thread)
{
    const struct numbers *numbers = context;
    size_t first = item * RANGE, left = numbers->n - first;

    (void)thread;
    numbers->body(numbers->context, first,
                  first + (left < RANGE ? left : RANGE));
}

void parallel_ranges(size_t n,
                     void (*body)(void *context, size_t first, size_t end),
                     void *context)
{
    struct numbers numbers = { n, body, context };

    parallel_for((n + RANGE - 1) / RANGE, run_range, &numbers);
}
