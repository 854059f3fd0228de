/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Asymptotic arithmetic: vectors of truncated Laurent series in c.
 *
 * A vector x(c) = sum over k < orders of c^(top - k) plane[k], each
 * coefficient known within its bound; what stands below the last plane is
 * unknown unless `exact`, when it is zero.  A coefficient that is not larger
 * than its bound counts as zero.  With one order and parameters of degree 0
 * this is ordinary arithmetic with a running rounding-error bound.
 */

#ifndef SATURATION_SERIES_H
#define SATURATION_SERIES_H

/* Written by the room itself; see series.c's tests for the laws. */

#endif
