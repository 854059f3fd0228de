/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Signals that ask a run to stop at the next step, resumably. */

#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdbool.h>

/*
 * SIGINT, SIGTERM and SIGUSR1 set a flag; a second one ends the process at
 * once, as it would have without us.
 */
void interrupt_start(void);
bool interrupt_asked(void);

#endif
