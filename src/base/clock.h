/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Time that only goes forward, for rates and time limits; not of the day. */

#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

/* Seconds since some moment of the past. */
double clock_seconds(void);

#endif
