/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

/* Seconds that a waiter looks before it sleeps: what falling asleep and being
 * woken costs. */
#define PATIENCE 30e-6

/* One loop at a time; every worker reports back from every loop. */
static struct {
    pthread_t *workers;
    size_t count;     /* workers; the caller is one thread more */
    unsigned looks;   /* 0 where there are more threads than CPUs */
    atomic_uint turn; /* counts loops; a change starts the workers */
    atomic_size_t next, working;
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

static void run_items(size_t thread)
{
    size_t item;

    inside = true;
    while ((item = atomic_fetch_add(&pool.next, 1)) < pool.n)
        pool.body(pool.context, item, thread);
    inside = false;
}

/* The turn after LAST, looked for first, slept for then. */
static unsigned await_turn(unsigned last)
{
    for (unsigned i = 0; i < pool.looks; i++) {
        unsigned turn = atomic_load(&pool.turn);

        if (turn != last)
            return turn;
        pause_briefly();
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
    atomic_store(&pool.next, 0);
    atomic_store(&pool.working, pool.count);
    pthread_mutex_lock(&pool.lock);
    atomic_fetch_add(&pool.turn, 1);
    pthread_cond_broadcast(&pool.begun);
    pthread_mutex_unlock(&pool.lock);
}

static void await_workers(void)
{
    for (unsigned i = 0; i < pool.looks; i++) {
        if (atomic_load(&pool.working) == 0)
            return;
        pause_briefly();
    }
    pthread_mutex_lock(&pool.lock);
    while (atomic_load(&pool.working) > 0)
        pthread_cond_wait(&pool.done, &pool.lock);
    pthread_mutex_unlock(&pool.lock);
}

/* A child has the parent's memory and none of its threads. */
static void forget(void)
{
    free(pool.workers);
    pool.workers = NULL;
    pool.count = 0;
    pthread_mutex_init(&pool.lock, NULL);
    pthread_cond_init(&pool.begun, NULL);
    pthread_cond_init(&pool.done, NULL);
}

static void dismiss(void)
{
    if (pool.count == 0)
        return;
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
