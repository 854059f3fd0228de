/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/homogeneity.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "saturation/asymptotic.h"
#include "saturation/attention.h"
#include "saturation/series.h"

/* Strings that networks are measured on, of up to so many symbols. */
enum { STRINGS = 8, LONGEST = 12 };

/* Below this gap between scores a softmax has not closed at c = 100. */
static const double clear_gap = 1e-3;

/* Below this a relative error is that of rounding, and says nothing more. */
static const double rounding = 1e-12;

void homogeneity_clear(struct homogeneity *table)
{
    free(table->rows);
    *table = (struct homogeneity){ 0 };
}

void homogeneity_add(struct homogeneity *table,
                     const struct homogeneity_row *row)
{
    table->rows =
        memory_resize(table->rows, table->count + 1, sizeof *table->rows);
    table->rows[table->count++] = *row;
}

void homogeneity_compare(const double *f, const double *later, size_t n,
                         double factor, double k, struct homogeneity_row *row)
{
    double power = pow(factor, k), before = 0, after = 0, gap = 0;

    for (size_t i = 0; i < n; i++) {
        before = hypot(before, f[i]);
        after = hypot(after, later[i]);
        gap = hypot(gap, later[i] - power * f[i]);
    }
    row->measured = log(after / before) / log(factor);
    row->error = gap / (power * before);
}

/* --------------------------------------------------------------- theory */

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* The degree of the stream after a branch of degree F was added to X. */
static double add_branch(const struct model_config *config, double x, double f,
                         double norm)
{
    if (config->norm == NORM_OUTPUT)
        f = norm;
    x = larger(x, f);
    return config->norm == NORM_POST ? norm : x;
}

struct homogeneity_degrees homogeneity_theory(const struct model_config *config)
{
    double norm = config->affine == AFFINE_NONE ? 0 : 1, x = 1, read;
    bool tanh = config->activation == ACTIVATION_TANH;
    struct homogeneity_degrees d = { 0 };

    for (size_t l = 0; l < config->n_layers; l++) {
        read = config->norm == NORM_PRE ? norm : x;
        d.head = l == 0 ? read + 1 : d.head;
        x = add_branch(config, x, read + 2, norm);
        d.attention = l == 0 ? x : d.attention;
        read = config->norm == NORM_PRE ? norm : x;
        x = add_branch(config, x, tanh ? 1 : read + 2, norm);
        d.feedforward = l == 0 ? x : d.feedforward;
    }
    d.encoder = model_has_final_norm(config) ? norm : x;
    d.logit = d.encoder + 1;
    return d;
}

/* --------------------------------------------------------------- scenes */

/* A network without epsilon, in double, and what it is measured on. */
struct scene {
    struct network *network;
    struct strings strings;
    size_t tokens; /* of all strings, begin marks included */
    struct homogeneity *table;
    const char *biases;
    struct homogeneity_degrees degrees;
};

static const char *const norms[] = { [NORM_PRE] = "pre",
                                     [NORM_POST] = "post",
                                     [NORM_OUTPUT] = "output",
                                     [NORM_NONE] = "none" };

static void draw_strings(struct scene *scene, size_t n_symbols, uint64_t seed)
{
    const struct model_config *config = network_config(scene->network);
    size_t longest = LONGEST;

    if (config->positions == POSITIONS_LEARNED && config->max_length < longest)
        longest = config->max_length;
    for (size_t i = 0; i < STRINGS; i++) {
        uint16_t symbols[LONGEST];
        size_t n = longest * (i + 1) / STRINGS;
        struct stream stream;

        stream_init(&stream, seed, "homogeneity.strings", i);
        for (size_t j = 0; j < n; j++)
            symbols[j] = (uint16_t)stream_below(&stream, n_symbols);
        strings_add(&scene->strings, symbols, n);
        scene->tokens += n + 1;
    }
}

static struct network *without_epsilon(const struct network *network)
{
    struct model_config config = *network_config(network);
    struct network *copy;

    config.epsilon = 0;
    config.precision = PRECISION_DOUBLE;
    copy = network_new(&config, network_layout(network)->n_tokens - 1);
    network_set(copy, network_weights(network));
    return copy;
}

static struct homogeneity_row new_row(const struct scene *scene,
                                      const char *group, const char *part,
                                      double c)
{
    struct homogeneity_row row = { .group = group,
                                   .paper = NAN,
                                   .theory = NAN,
                                   .measured = NAN,
                                   .error = NAN,
                                   .verdict = "" };

    snprintf(row.setting, sizeof row.setting, "%s, %s",
             norms[network_config(scene->network)->norm], scene->biases);
    if (c > 0)
        snprintf(row.setting + strlen(row.setting),
                 sizeof row.setting - strlen(row.setting), ", c = %g", c);
    snprintf(row.part, sizeof row.part, "%s", part);
    return row;
}

/* -------------------------------------------------------------- degrees */

/* The stream of layer 0 with one of its branches taken out. */
static struct network *take_out(const struct network *network, bool attention)
{
    struct network *copy = without_epsilon(network);
    const struct layout *layout = network_layout(copy);
    const struct layer_tensors *layer = &layout->layers[0];
    const struct linear_tensors map = attention ? layer->output : layer->down;
    const size_t tensors[] = { map.weight, map.bias };

    for (size_t i = 0; i < 2; i++)
        if (tensors[i] != SIZE_MAX)
            memset(network_parameters(copy) +
                       layout->tensors[tensors[i]].offset,
                   0, layout->tensors[tensors[i]].count * sizeof(double));
    network_update(copy);
    return copy;
}

/* The one plane of ordinary arithmetic. */
static void unpack(const struct series *x, double *out)
{
    const double *plane = x->known == 0 ? NULL : series_plane(x, 0);

    for (size_t i = 0; i < x->width; i++)
        out[i] = plane == NULL ? 0 : plane[i];
}

/* Head 0 of layer 0 at the last token of STATES [n]: the mixture of values. */
static void mix_head(const struct state *const *states, size_t n, size_t d_head,
                     bool plain, double *out)
{
    struct arithmetic arithmetic = { .orders = 1 };
    const struct series **keys = memory_new(n, sizeof *keys);
    const struct series **values = memory_new(n, sizeof *values);
    struct scalar *weights = memory_new(n, sizeof *weights);
    size_t *counts = memory_new(n, sizeof *counts), origin;
    struct view view = { &states[n - 1]->queries[0], n, keys, counts,
                         plain ? 1 : 1 / sqrt((double)d_head) };
    struct series mixture;

    arithmetic_init(&arithmetic, d_head);
    series_init(&mixture, d_head, 1);
    for (size_t i = 0; i < n; i++) {
        keys[i] = &states[i]->keys[0];
        values[i] = &states[i]->values[0];
        counts[i] = 1;
    }
    attention_weigh(&arithmetic, &view, weights, &origin);
    series_mix(&arithmetic, n, values, weights, origin, &mixture);
    unpack(&mixture, out);
    series_clear(&mixture);
    arithmetic_clear(&arithmetic);
    free(keys);
    free(values);
    free(weights);
    free(counts);
}

/* What is measured at c theta; OUT has room for tokens * d_model numbers, and
 * the count of those set is returned. */
typedef size_t probe(const struct scene *scene, const struct network *network,
                     double c, double *out);

/* Streams of level 1 or heads of level 0, by the arithmetic of `scaled`. */
static size_t trace(const struct scene *scene, const struct network *network,
                    double c, bool head, double *out)
{
    const struct model_config *config = network_config(network);
    struct asymptotic *scaled = asymptotic_scaled(network, c);
    size_t d = config->d_model, d_head = d / config->n_heads, count = 0;

    asymptotic_prepare(scaled);
    for (size_t s = 0; s < scene->strings.count; s++) {
        size_t n = strings_length(&scene->strings, s) + 1;
        const struct state **states =
            memory_new((config->n_layers + 1) * n, sizeof *states);

        asymptotic_trace(scaled, 0, strings_at(&scene->strings, s), n - 1,
                         states);
        for (size_t i = 0; !head && i < n; i++, count += d)
            unpack(config->n_layers > 1 ? &states[n + i]->stream
                                        : &states[n + i]->output,
                   out + count);
        if (head) {
            mix_head(states, n, d_head, config->scores == SCORES_PLAIN,
                     out + count);
            count += d_head;
        }
        free(states);
    }
    asymptotic_free(scaled);
    return count;
}

static size_t probe_head(const struct scene *scene,
                         const struct network *network, double c, double *out)
{
    return trace(scene, network, c, true, out);
}

static size_t probe_attention(const struct scene *scene,
                              const struct network *network, double c,
                              double *out)
{
    struct network *part = take_out(network, false);
    size_t count = trace(scene, part, c, false, out);

    network_free(part);
    return count;
}

static size_t probe_feedforward(const struct scene *scene,
                                const struct network *network, double c,
                                double *out)
{
    return trace(scene, network, c, false, out);
}

static size_t probe_encoder(const struct scene *scene,
                            const struct network *network, double c,
                            double *out)
{
    struct network *scaled = network_scaled(network, c, PRECISION_DOUBLE);
    struct batch batch = { &scene->strings, NULL, scene->strings.count };

    network_encode(scaled, &batch, NULL, out);
    network_free(scaled);
    return scene->tokens * network_config(network)->d_model;
}

static size_t probe_logit(const struct scene *scene,
                          const struct network *network, double c, double *out)
{
    struct network *scaled = network_scaled(network, c, PRECISION_DOUBLE);
    struct batch batch = { &scene->strings, NULL, scene->strings.count };

    network_logits(scaled, &batch, NULL, out);
    network_free(scaled);
    return scene->strings.count;
}

/* The degrees that Propositions 4 to 6 give for the paper's own placement. */
static const struct {
    const char *name;
    probe *measure;
    size_t theory;
    double paper;
} parts[] = { { "head A V", probe_head,
                offsetof(struct homogeneity_degrees, head), 1 },
              { "attention sublayer", probe_attention,
                offsetof(struct homogeneity_degrees, attention), 1 },
              { "feedforward sublayer", probe_feedforward,
                offsetof(struct homogeneity_degrees, feedforward), 1 },
              { "encoder", probe_encoder,
                offsetof(struct homogeneity_degrees, encoder), 1 },
              { "encoder, classifier", probe_logit,
                offsetof(struct homogeneity_degrees, logit), 2 } };

static double degree_of(const struct scene *scene, size_t part)
{
    double degree;

    memcpy(&degree, (const char *)&scene->degrees + parts[part].theory,
           sizeof degree);
    return degree;
}

static const char *judge_degree(const struct homogeneity_row *row)
{
    if (!(fabs(row->measured - row->theory) <= 0.01))
        return "not of that degree";
    if (row->paper != row->theory && !isnan(row->paper))
        return "the paper's slip";
    return row->error <= 1e-6 ? "homogeneous" : "approximately";
}

/* Whether a sublayer's stream is seen before any final norm. */
static bool is_seen(const struct model_config *config, probe *measure)
{
    return config->n_layers > 1 || !model_has_final_norm(config) ||
           (measure != probe_attention && measure != probe_feedforward);
}

static void add_degrees(const struct scene *scene)
{
    static const double scales[] = { 1, 10, 100 };
    const struct model_config *config = network_config(scene->network);
    size_t room = scene->tokens * config->d_model;
    double *one = memory_new(room, sizeof *one);
    double *ten = memory_new(room, sizeof *ten);

    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
        for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
            double c = scales[s];
            struct homogeneity_row row =
                new_row(scene, "degree", parts[p].name, c);
            size_t n;

            if (!is_seen(config, parts[p].measure))
                continue;
            n = parts[p].measure(scene, scene->network, c, one);
            parts[p].measure(scene, scene->network, 10 * c, ten);
            row.theory = degree_of(scene, p);
            if (config->norm == NORM_OUTPUT && !config->bias)
                row.paper = parts[p].paper;
            homogeneity_compare(one, ten, n, 10, row.theory, &row);
            snprintf(row.input, sizeof row.input, "1");
            row.verdict = judge_degree(&row);
            homogeneity_add(scene->table, &row);
        }
    free(one);
    free(ten);
}

/* ---------------------------------------------------------------- limit */

/*
 * The smallest distance, at the leading degree, of a score that is not in the
 * argmax set from the best; 0 where several positions tie: weights of 1/n are
 * rounded, and what that leaves of the derivative by a score is multiplied by
 * scores of c^4.  A query of zero ties at every c, and has no derivative.
 */
static double row_gap(const struct view *view, struct ball *room,
                      size_t *chosen)
{
    size_t n = attention_argmax(view, room, chosen), next = 0;
    double gap = n > 1 ? 0 : INFINITY;
    int degree = view->query->top;
    struct ball best, other;

    if (view->query->known == 0)
        return INFINITY;
    degree += view->keys[chosen[0]]->top;
    series_dot(view->query, view->keys[chosen[0]], degree, &best);
    for (size_t i = 0; i < view->n; i++) {
        if (next < n && chosen[next] == i) {
            next++;
            continue;
        }
        series_dot(view->query, view->keys[i], degree, &other);
        gap = fmin(gap, view->scale * (best.value - other.value));
    }
    return gap;
}

/* The smallest gap of any row that a token of string S has. */
static double string_gap(const struct scene *scene, struct asymptotic *limit,
                         size_t s)
{
    const struct model_config *config = network_config(scene->network);
    size_t n = strings_length(&scene->strings, s) + 1, head;
    const struct state **states =
        memory_new((config->n_layers + 1) * n, sizeof *states);
    const struct series **keys = memory_new(n, sizeof *keys);
    struct ball *room = memory_new(n, sizeof *room);
    size_t *chosen = memory_new(n, sizeof *chosen);
    double gap = INFINITY;

    head = config->d_model / config->n_heads;
    asymptotic_trace(limit, 0, strings_at(&scene->strings, s), n - 1, states);
    for (size_t l = 0; l < config->n_layers; l++)
        for (size_t h = 0; h < config->n_heads; h++)
            for (size_t i = 0; i < n; i++) {
                const struct state *const *level = states + l * n;
                struct view view = { .query = &level[i]->queries[h],
                                     .keys = keys,
                                     .scale = 1 / sqrt((double)head) };

                view.n = config->mask == MASK_FULL     ? n
                         : config->mask == MASK_STRICT ? i
                                                       : i + 1;
                if (view.n == 0)
                    continue;
                for (size_t j = 0; j < view.n; j++)
                    keys[j] = &level[j]->keys[h];
                gap = fmin(gap, row_gap(&view, room, chosen));
            }
    free(states);
    free(keys);
    free(room);
    free(chosen);
    return gap;
}

/* The leading coefficients of the encoder's outputs, token by token. */
static void lead(const struct scene *scene, struct asymptotic *limit,
                 double *out)
{
    size_t d = network_config(scene->network)->d_model;

    for (size_t s = 0; s < scene->strings.count; s++) {
        size_t n = strings_length(&scene->strings, s) + 1;
        const struct state **states = memory_new(n, sizeof *states);

        asymptotic_read_all(limit, 0, strings_at(&scene->strings, s), n - 1,
                            states);
        for (size_t i = 0; i < n; i++, out += d) {
            int first = series_leading(&states[i]->output);

            memset(out, 0, d * sizeof *out);
            if (first >= 0)
                memcpy(out, series_plane(&states[i]->output, (size_t)first),
                       d * sizeof *out);
        }
        free(states);
    }
}

/* The largest distance between directions of tokens of A and B. */
static double direction_error(size_t tokens, size_t d, const double *a,
                              const double *b)
{
    double most = 0;

    for (size_t t = 0; t < tokens; t++, a += d, b += d) {
        double size_a = 0, size_b = 0, gap = 0;

        for (size_t i = 0; i < d; i++) {
            size_a = hypot(size_a, a[i]);
            size_b = hypot(size_b, b[i]);
        }
        for (size_t i = 0; i < d; i++)
            gap = hypot(gap, a[i] / size_a - b[i] / size_b);
        most = fmax(most, gap);
    }
    return most;
}

/* Of directions, which have length 1; LAST is the error at the scale before,
 * INFINITY where there is none. */
static const char *judge_direction(double error, double last)
{
    return error < rounding ? "at rounding"
           : isinf(last)    ? "begins"
           : error <= last  ? "falls"
                            : "rises";
}

static void add_limit(const struct scene *scene, struct asymptotic *limit)
{
    static const double scales[] = { 1, 10, 100, 1e4, 1e6 };
    size_t d = network_config(scene->network)->d_model;
    double *a = memory_new(scene->tokens * d, sizeof *a);
    double *b = memory_new(scene->tokens * d, sizeof *b);
    double last = INFINITY;

    lead(scene, limit, a);
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        struct homogeneity_row row =
            new_row(scene, "limit", "direction of the encoder", scales[i]);

        probe_encoder(scene, scene->network, scales[i], b);
        row.error = direction_error(scene->tokens, d, a, b);
        row.verdict = judge_direction(row.error, last);
        last = row.error;
        homogeneity_add(scene->table, &row);
    }
    free(a);
    free(b);
}

/* ---------------------------------------------------------------- Euler */

/* theta . grad f for the logit of string S, over all parameters (WHOLE) or
 * all but the classifier's; *LOGIT is f.  The gradient is that of the loss of
 * the wrong label, divided by the loss's own slope. */
static double along_theta(struct network *network,
                          const struct strings *strings, size_t s, bool whole,
                          double *logit)
{
    const struct layout *layout = network_layout(network);
    double *gradient = memory_new(layout->n_parameters, sizeof *gradient);
    const double *theta = network_weights(network);
    uint8_t *targets = memory_new(strings->count, sizeof *targets);
    struct batch batch = { strings, &s, 1 };
    struct pass pass;
    double sum = 0, slope;

    network_logits(network, &batch, NULL, logit);
    targets[s] = *logit <= 0;
    network_gradient(network, &batch, targets, gradient, &pass);
    slope = 1 / (1 + exp(-fabs(*logit)));
    slope = targets[s] ? -slope : slope;
    for (size_t t = 0; t < layout->n_tensors; t++) {
        const struct tensor *tensor = &layout->tensors[t];

        if (!whole && strncmp(tensor->name, "classifier.", 11) == 0)
            continue;
        for (size_t i = 0; i < tensor->count; i++)
            sum += theta[tensor->offset + i] * gradient[tensor->offset + i];
    }
    free(gradient);
    free(targets);
    return sum / slope;
}

/* A row for the strings whose scores are far apart, and one for the others:
 * the ratio theta . grad f / f that is farthest from k. */
static void add_euler(const struct scene *scene, const double *gaps, double c,
                      bool whole)
{
    struct network *scaled =
        network_scaled(scene->network, c, PRECISION_DOUBLE);
    double k = whole ? scene->degrees.logit : scene->degrees.encoder;

    for (int clear = 1; clear >= 0; clear--) {
        struct homogeneity_row row = new_row(
            scene, "euler", whole ? "logit" : "encoder, fixed classifier", c);
        size_t count = 0;

        row.theory = k;
        row.error = -1;
        for (size_t s = 0; s < scene->strings.count; s++) {
            double f, along, error;

            if ((gaps[s] > clear_gap) != clear)
                continue;
            along = along_theta(scaled, &scene->strings, s, whole, &f);
            error = fabs(along / f - k) / k;
            count++;
            if (!(error <= row.error)) {
                row.error = error;
                row.measured = along / f;
            }
        }
        snprintf(row.input, sizeof row.input, "%s", clear ? "gaps" : "ties");
        row.verdict = row.error <= 1e-9 ? "to 1e-9" : "reported";
        if (count > 0)
            homogeneity_add(scene->table, &row);
    }
    network_free(scaled);
}

/* Whether f at c and at 2 c differ by 2^k alone, to 1e-6 in every string. */
static bool is_homogeneous(const struct scene *scene, double c, double *f,
                           double *later)
{
    double power = pow(2, scene->degrees.logit);

    probe_logit(scene, scene->network, c, f);
    probe_logit(scene, scene->network, 2 * c, later);
    for (size_t s = 0; s < scene->strings.count; s++)
        if (!(fabs(later[s] - power * f[s]) <= 1e-6 * fabs(later[s])))
            return false;
    return true;
}

/* -theta . grad L of the mean loss against k times the mean of sigma(-m) m,
 * every second string being labelled a member. */
static void add_loss(const struct scene *scene, double c, const double *f)
{
    struct network *scaled =
        network_scaled(scene->network, c, PRECISION_DOUBLE);
    size_t n = network_layout(scaled)->n_parameters, count = STRINGS;
    double *gradient = memory_new(n, sizeof *gradient), left = 0, right = 0;
    struct batch batch = { &scene->strings, NULL, count };
    struct homogeneity_row row = new_row(scene, "euler", "mean loss", c);
    uint8_t targets[STRINGS];
    struct pass pass;

    for (size_t s = 0; s < count; s++) {
        double margin = s % 2 == 0 ? f[s] : -f[s];
        double e = exp(-fabs(margin));

        targets[s] = s % 2 == 0;
        right += margin * (margin >= 0 ? e : 1) / (1 + e) / (double)count;
    }
    network_gradient(scaled, &batch, targets, gradient, &pass);
    for (size_t i = 0; i < n; i++)
        left -= network_weights(scaled)[i] * gradient[i];
    row.theory = scene->degrees.logit;
    row.measured = left / right;
    row.error = fabs(row.measured - row.theory) / row.theory;
    row.verdict = row.error <= 1e-5 ? "k mean sigma(-m) m" : "reported";
    homogeneity_add(scene->table, &row);
    free(gradient);
    network_free(scaled);
}

static void add_losses(const struct scene *scene)
{
    static const double scales[] = { 1, 2, 3, 5, 10, 20, 50, 100 };
    double f[STRINGS], later[STRINGS];

    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
        if (is_homogeneous(scene, scales[i], f, later)) {
            add_loss(scene, scales[i], f);
            return;
        }
}

/* ---------------------------------------------------------------- whole */

void homogeneity_add_network(struct homogeneity *table,
                             const struct network *network, uint64_t seed)
{
    static const double scales[] = { 1, 10, 100 };
    const struct model_config *config = network_config(network);
    struct scene scene = { .network = without_epsilon(network),
                           .table = table,
                           .biases = config->bias || config->classifier_bias
                                         ? "biases"
                                         : "no biases",
                           .degrees = homogeneity_theory(config) };
    struct asymptotic *limit = asymptotic_limit(scene.network, 8);
    double gaps[STRINGS];

    assert(network_objective(network) == OBJECTIVE_MEMBERSHIP);
    draw_strings(&scene, network_layout(network)->n_tokens - 1, seed);
    asymptotic_prepare(limit);
    add_degrees(&scene);
    add_limit(&scene, limit);
    for (size_t s = 0; s < STRINGS; s++)
        gaps[s] = string_gap(&scene, limit, s);
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        add_euler(&scene, gaps, scales[i], false);
        add_euler(&scene, gaps, scales[i], true);
    }
    add_losses(&scene);
    asymptotic_free(limit);
    strings_clear(&scene.strings);
    network_free(scene.network);
}
