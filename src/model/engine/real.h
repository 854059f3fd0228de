/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The files of this folder are compiled once per precision and instruction
 * set: `real` is the number they compute with, X(name) the name they give to
 * the world, such as f32_avx512_engine.
 */

#ifndef MODEL_ENGINE_REAL_H
#define MODEL_ENGINE_REAL_H

#define REAL_PASTE(a, b, c) a##_##b##_##c
#define REAL_NAME(a, b, c)  REAL_PASTE(a, b, c)

#ifdef REAL_IS_FLOAT
typedef float real;
#define X(name) REAL_NAME(f32, ISA, name)
#else
typedef double real;
#define X(name) REAL_NAME(f64, ISA, name)
#endif

#endif
