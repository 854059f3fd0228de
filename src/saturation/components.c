/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The components of Table 1 and the bounds of lemmas 6 to 8. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "saturation/homogeneity.h"
#include "saturation/parameters.h"
#include "saturation/series.h"

/* ------------------------------------------------------------- Table 1 */

enum { WIDTH = 16 };
static const double factor = 10;

/* Parameters times c, and two inputs times powers of it, in ordinary
 * arithmetic. */
struct bench {
    struct arithmetic arithmetic;
    struct parameters *parameters;
    struct series x, y, spare, out;
};

/* out = component of x (and y). */
typedef void component(struct bench *b);

static void apply_linear(struct bench *b)
{
    struct linear map = b->parameters->layers[0].up;

    map.bias = NULL;
    series_linear(&b->arithmetic, &map, &b->x, &b->out);
}

static void apply_bias(struct bench *b)
{
    series_copy(&b->x, &b->out);
    series_add_term(1, 0, b->parameters->layers[0].up.bias, 0, &b->out);
}

static void apply_affine(struct bench *b)
{
    series_linear(&b->arithmetic, &b->parameters->layers[0].up, &b->x, &b->out);
}

static void apply_norm(struct bench *b)
{
    static const struct affine none = { .zero = false };

    series_normalise(&b->arithmetic, &none, &b->x, &b->spare, &b->out);
}

static void apply_affine_norm(struct bench *b)
{
    series_normalise(&b->arithmetic, &b->parameters->layers[0].attention_norm,
                     &b->x, &b->spare, &b->out);
}

static void apply_relu(struct bench *b)
{
    series_copy(&b->x, &b->out);
    series_rectify(&b->out);
}

static void apply_sum(struct bench *b)
{
    series_copy(&b->x, &b->out);
    series_add(1, &b->y, &b->out);
}

static void apply_product(struct bench *b)
{
    _Alignas(64) double term[WIDTH] = { 0 };
    struct ball dot;

    series_dot(&b->x, &b->y, 0, &dot);
    term[0] = dot.value;
    series_zero(&b->out);
    series_add_term(1, 0, term, 0, &b->out);
}

/* Inputs of degrees x and y; the degree that Table 1 gives. */
static const struct {
    const char *name;
    component *apply;
    double x, y, degree;
    bool two;
} components[] = {
    { "linear", apply_linear, 0, 0, 1, false },
    { "linear", apply_linear, 2, 0, 3, false },
    { "bias", apply_bias, 1, 0, 1, false },
    { "affine", apply_affine, 0, 0, 1, false },
    { "layer norm", apply_norm, 1, 0, 0, false },
    { "layer norm", apply_norm, 3, 0, 0, false },
    { "layer norm, affine", apply_affine_norm, 1, 0, 1, false },
    { "layer norm, affine", apply_affine_norm, 3, 0, 1, false },
    { "ReLU", apply_relu, 2, 0, 2, false },
    { "sum", apply_sum, 2, 2, 2, true },
    { "product", apply_product, 1, 2, 3, true },
};

static void set_input(double degree, double c, uint64_t seed,
                      const char *purpose, struct series *x)
{
    _Alignas(64) double term[WIDTH];
    struct stream stream;

    stream_init(&stream, seed, purpose, 0);
    for (size_t i = 0; i < WIDTH; i++)
        term[i] = pow(c, degree) * stream_normal(&stream);
    series_zero(x);
    series_add_term(1, 0, term, 0, x);
}

static void apply_at(size_t index, double c, const struct network *network,
                     uint64_t seed, double out[WIDTH])
{
    struct bench b = { .arithmetic = { .orders = 1 } };
    struct series *room[] = { &b.x, &b.y, &b.spare, &b.out };
    const double *plane;

    arithmetic_init(&b.arithmetic, WIDTH);
    for (size_t i = 0; i < 4; i++)
        series_init(room[i], WIDTH, 1);
    b.parameters = parameters_new(network, c);
    set_input(components[index].x, c, seed, "homogeneity.x", &b.x);
    set_input(components[index].y, c, seed, "homogeneity.y", &b.y);
    components[index].apply(&b);
    plane = series_plane(&b.out, 0);
    for (size_t i = 0; i < WIDTH; i++)
        out[i] = plane == NULL ? 0 : plane[i];
    parameters_free(b.parameters);
    for (size_t i = 0; i < 4; i++)
        series_clear(room[i]);
    arithmetic_clear(&b.arithmetic);
}

/* One layer whose every parameter is a normal draw, gains and shifts too. */
static struct network *draw_parameters(uint64_t seed)
{
    struct model_config config = { .n_layers = 1,
                                   .d_model = WIDTH,
                                   .n_heads = 1,
                                   .d_ff = WIDTH,
                                   .norm = NORM_OUTPUT,
                                   .bias = true,
                                   .precision = PRECISION_DOUBLE };
    struct network *network = network_new(&config, 1);
    double *theta = network_parameters(network);
    struct stream stream;

    stream_init(&stream, seed, "homogeneity.parameters", 0);
    for (size_t i = 0; i < network_layout(network)->n_parameters; i++)
        theta[i] = stream_normal(&stream);
    network_update(network);
    return network;
}

void homogeneity_add_components(struct homogeneity *table, uint64_t seed)
{
    struct network *network = draw_parameters(seed);

    for (size_t i = 0; i < sizeof components / sizeof *components; i++) {
        double one[WIDTH], ten[WIDTH], k = components[i].degree;
        struct homogeneity_row row = {
            .group = "table 1", .paper = k, .theory = k, .verdict = "exact"
        };

        apply_at(i, 1, network, seed, one);
        apply_at(i, factor, network, seed, ten);
        homogeneity_compare(one, ten, WIDTH, factor, k, &row);
        snprintf(row.part, sizeof row.part, "%s", components[i].name);
        if (components[i].two)
            snprintf(row.input, sizeof row.input, "%g, %g", components[i].x,
                     components[i].y);
        else
            snprintf(row.input, sizeof row.input, "%g", components[i].x);
        if (!(row.error <= 1e-9))
            row.verdict = "not homogeneous";
        homogeneity_add(table, &row);
    }
    network_free(network);
}

/* -------------------------------------------------------------- lemmas */

/* An activation moves as its argument is scaled by c: by how much, and the
 * bound of it.  Both are computed from what is left to the asymptote, which
 * keeps its digits. */
struct motion {
    double moved, bound;
    double size, gap; /* of the softmax's argument: |x|, and its top gap */
    double n;
};

/* Lemma 6: |sigma(cx) - sigma(x)| <= 1 / (1 + e^|x|). */
static struct motion move_sigma(double c, struct stream *stream)
{
    double x = fabs(5 * stream_normal(stream));
    double rest = exp(-x) / (1 + exp(-x));

    return (struct motion){ rest - exp(-c * x) / (1 + exp(-c * x)), rest, x, x,
                            2 };
}

/* Lemma 8: |tanh(cx) - tanh(x)| <= 2 / (e^2|x| + 1). */
static struct motion move_tanh(double c, struct stream *stream)
{
    double x = fabs(5 * stream_normal(stream));
    double rest = 2 / (exp(2 * x) + 1);

    return (struct motion){ rest - 2 / (exp(2 * c * x) + 1), rest, x, x, 2 };
}

/* The weights of SCORES[0..n) c, and of what is not the top one. */
static double softmax(const double *scores, size_t n, double c, double *weights)
{
    double total = 1, rest = 0;

    for (size_t i = 1; i < n; i++)
        total += weights[i] = exp(c * (scores[i] - scores[0]));
    for (size_t i = 1; i < n; i++)
        rest += weights[i] /= total;
    return rest;
}

/*
 * Lemma 7, in the form that can hold: no weight moves by more than (n - 1)
 * e^-g for the gap g between the two largest scores.  The paper's form has
 * |x| in its place.
 */
static struct motion move_softmax(double c, struct stream *stream)
{
    double scores[8], before[8], after[8], moved;
    size_t n = 2 + stream_below(stream, 7);
    struct motion motion = { .gap = INFINITY, .n = (double)n };

    for (size_t i = 0; i < n; i++) {
        scores[i] = 5 * stream_normal(stream);
        motion.size = hypot(motion.size, scores[i]);
        if (scores[i] > scores[0]) {
            double top = scores[i];

            scores[i] = scores[0];
            scores[0] = top;
        }
    }
    for (size_t i = 1; i < n; i++)
        motion.gap = fmin(motion.gap, scores[0] - scores[i]);
    moved = softmax(scores, n, 1, before) - softmax(scores, n, c, after);
    motion.moved = fabs(moved);
    for (size_t i = 1; i < n; i++)
        motion.moved = fmax(motion.moved, fabs(after[i] - before[i]));
    motion.bound = (double)(n - 1) * exp(-motion.gap);
    return motion;
}

static const struct {
    const char *name;
    struct motion (*move)(double c, struct stream *stream);
} lemmas[] = { { "6: sigma, 1/(1 + e^|x|)", move_sigma },
               { "7: softmax, (n - 1) e^-gap", move_softmax },
               { "8: tanh, 2/(e^2|x| + 1)", move_tanh } };

/* The largest share of the bound that was reached, in row->measured; and the
 * least rate d of a bound e^(-d |x|), which must stay away from zero. */
static double measure_lemma(size_t index, size_t draws, uint64_t seed,
                            struct homogeneity_row *row)
{
    double rate = INFINITY;

    row->measured = 0;
    for (size_t i = 0; i < draws; i++) {
        struct stream stream;
        struct motion motion;

        stream_init(&stream, seed, lemmas[index].name, i);
        motion =
            lemmas[index].move(pow(10, 3 * stream_uniform(&stream)), &stream);
        row->measured = fmax(row->measured, motion.moved / motion.bound);
        if (motion.moved > 0 && motion.size > 10)
            rate = fmin(rate, -log(motion.moved) / motion.size);
    }
    return rate;
}

void homogeneity_add_lemmas(struct homogeneity *table, size_t draws,
                            uint64_t seed)
{
    for (size_t i = 0; i < sizeof lemmas / sizeof *lemmas; i++) {
        struct homogeneity_row row = {
            .group = "lemma", .paper = NAN, .theory = 1, .error = NAN
        };
        double rate = measure_lemma(i, draws, seed, &row);

        snprintf(row.setting, sizeof row.setting, "most of the bound");
        snprintf(row.part, sizeof row.part, "%s", lemmas[i].name);
        row.verdict = row.measured <= 1 ? "never above" : "above the bound";
        homogeneity_add(table, &row);
        snprintf(row.setting, sizeof row.setting, "least d, |x| > 10");
        snprintf(row.part, sizeof row.part, "%.1s: e^(-d |x|)", lemmas[i].name);
        row.paper = row.theory = NAN;
        row.measured = rate;
        row.verdict = rate > 0.5 ? "a rate" : "no rate: needs the gap";
        homogeneity_add(table, &row);
    }
}
