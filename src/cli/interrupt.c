/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t asked;

static void note(int signal)
{
    (void)signal;
    asked = 1;
}

void interrupt_start(void)
{
    static const int signals[] = { SIGINT, SIGTERM, SIGUSR1 };
    struct sigaction action = { .sa_handler = note,
                                .sa_flags = (int)(SA_RESETHAND | SA_RESTART) };

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}

bool interrupt_asked(void)
{
    return asked != 0;
}
