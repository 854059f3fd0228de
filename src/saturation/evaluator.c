/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/evaluator.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/text.h"
#include "data/extent.h"
#include "saturation/asymptotic.h"

/* Factors of parameters and of scores: their powers still are numbers. */
#define LEAST_C 1e-6
#define MOST_C  1e12

/* clang-format off */
#define AT(member) offsetof(struct saturation_config, member)
const struct field saturation_fields[] = {
    { .key = "scales", .type = FIELD_NUMBERS, .offset = AT(scales),
      .standard = "[1, 2, 5, 10, 100, 1000]", .least = LEAST_C, .most = MOST_C,
      .help = "decide by f(x; c theta) for each of these c" },
    { .key = "sharpening", .type = FIELD_NUMBERS, .offset = AT(sharpening),
      .standard = "[]", .least = LEAST_C, .most = MOST_C,
      .help = "decide with attention scores times each of these" },
    { .key = "limit", .type = FIELD_BOOL, .offset = AT(limit),
      .standard = "true", .help = "decide by the limit of c to infinity" },
    { .key = "attention", .type = FIELD_BOOL, .offset = AT(attention),
      .standard = "true", .help = "decide with saturated attention alone" },
    { .key = "encoder", .type = FIELD_BOOL, .offset = AT(encoder),
      .standard = "true",
      .help = "decide by the limit of the encoder and the trained classifier" },
    { .key = "tie", .type = FIELD_NUMBER, .offset = AT(tie),
      .standard = "1e-6", .least = 0, .most = 1,
      .help = "scores tie in `attention` within this times |q| max|k| / "
              "sqrt(d_k)" },
    { .key = "orders", .type = FIELD_COUNT, .offset = AT(orders),
      .standard = "8", .least = 1, .most = ORDERS_MOST,
      .help = "orders of c kept by `limit`" },
    { .key = NULL }
};
#undef AT
/* clang-format on */

/* Strings decided by one thread in one go. */
enum { BLOCK = 64 };

/* Strings whose encodings saturation_measure holds at once. */
enum { MEASURED = 256 };

struct evaluator {
    char *name;
    const struct kind *kind;
    enum objective objective;
    size_t n_outputs;
    struct network *network; /* where the network itself decides */
    struct attention_rule rule;
    struct asymptotic *asymptotic; /* where series do */
    bool borrowed;                 /* from the evaluator before */
    bool lent;                     /* to the evaluator after */
};

/* One way to decide; the name ends in '=' where a number c follows. */
struct kind {
    const char *name;
    void (*create)(struct evaluator *evaluator, const struct network *network,
                   const struct saturation_config *config, double c);
    bool leading; /* the classifier reads the leading coefficient alone */
    struct decision (*judge)(const struct scalar *logit,
                             const struct state *state); /* of series */
};

static void create_trained(struct evaluator *evaluator,
                           const struct network *network,
                           const struct saturation_config *config, double c)
{
    (void)config;
    (void)c;
    evaluator->network = network_scaled(
        network, 1, (enum precision)network_config(network)->precision);
    evaluator->rule = (struct attention_rule){ .sharpness = 1 };
}

static void create_attention(struct evaluator *evaluator,
                             const struct network *network,
                             const struct saturation_config *config, double c)
{
    (void)c;
    evaluator->network = network_scaled(network, 1, PRECISION_DOUBLE);
    evaluator->rule = (struct attention_rule){ .saturated = true,
                                               .sharpness = 1,
                                               .tie = config->tie };
}

static void create_sharpened(struct evaluator *evaluator,
                             const struct network *network,
                             const struct saturation_config *config, double c)
{
    (void)config;
    evaluator->network = network_scaled(network, 1, PRECISION_DOUBLE);
    evaluator->rule = (struct attention_rule){ .sharpness = c };
}

static void create_scaled(struct evaluator *evaluator,
                          const struct network *network,
                          const struct saturation_config *config, double c)
{
    (void)config;
    evaluator->asymptotic = asymptotic_scaled(network, c);
}

static void create_limit(struct evaluator *evaluator,
                         const struct network *network,
                         const struct saturation_config *config, double c)
{
    (void)c;
    evaluator->asymptotic = asymptotic_limit(network, config->orders);
}

/* A logit of one order. */
static struct decision judge_plain(const struct scalar *logit,
                                   const struct state *state)
{
    struct decision decision = { .rounding = state->rounding,
                                 .flagged = state->flagged };

    if (logit->known > 0) {
        decision.logit = logit->planes[0].value;
        decision.bound = logit->planes[0].bound * PLANE_SLACK;
    }
    return decision;
}

static bool is_lost(const struct decision *decision)
{
    return !isfinite(decision->logit) || !isfinite(decision->bound);
}

/* The sign is that of the first order beyond its bound; where that is lost to
 * overflow there is none. */
static struct decision judge_limit(const struct scalar *logit,
                                   const struct state *state)
{
    struct decision decision = { .flagged = state->flagged };

    for (size_t k = 0; k < logit->known; k++)
        if (ball_beyond(logit->planes[k])) {
            decision.logit = logit->planes[k].value;
            decision.degree = logit->top - (int)k;
            decision.bound = logit->planes[k].bound * PLANE_SLACK;
            decision.flagged = decision.flagged || is_lost(&decision);
            return decision;
        }
    decision.flagged = decision.flagged || !logit->exact;
    return decision;
}

static struct decision judge_encoder(const struct scalar *logit,
                                     const struct state *state)
{
    struct decision decision = judge_plain(logit, state);

    if (is_lost(&decision) ||
        (!state->output.exact && series_leading(&state->output) < 0))
        decision.flagged = true;
    return decision;
}

int decision_sign(const struct decision *decision)
{
    if (!(fabs(decision->logit) > decision->bound))
        return 0;
    return decision->logit > 0 ? 1 : -1;
}

/* Whether A, of a logit that is not greater than another, is nearer to it. */
static bool is_nearer(const struct decision *a, const struct decision *b)
{
    if (decision_sign(a) == 0 || decision_sign(b) == 0)
        return decision_sign(b) != 0;
    return a->degree != b->degree ? a->degree < b->degree : a->logit > b->logit;
}

/* Given by how much every other output leads number TOP, fills in TOP's. */
static void complete_leads(size_t n, size_t top, struct decision *leads)
{
    size_t second = top == 0 ? 1 : 0;

    for (size_t k = second + 1; k < n; k++)
        if (k != top && is_nearer(&leads[k], &leads[second]))
            second = k;
    leads[top] = leads[second];
    leads[top].logit = -leads[top].logit;
}

/* Turns the logits of plain decisions into leads. */
static void lead_plainly(size_t n, struct decision *decisions)
{
    size_t top = 0;
    double greatest;

    for (size_t k = 1; k < n; k++)
        if (decisions[k].logit > decisions[top].logit)
            top = k;
    greatest = decisions[top].logit;
    for (size_t k = 0; k < n; k++)
        decisions[k].logit -= greatest;
    complete_leads(n, top, decisions);
}

static struct decision judge_difference(const struct kind *kind, size_t orders,
                                        const struct scalar *a,
                                        const struct scalar *b,
                                        const struct state *state)
{
    struct scalar difference;

    scalar_subtract(orders, a, b, &difference);
    return kind->judge(&difference, state);
}

/* The leads of N logits that are series. */
static void lead(const struct kind *kind, size_t orders, size_t n,
                 const struct scalar *logits, const struct state *state,
                 struct decision *leads)
{
    size_t top = 0;

    for (size_t k = 1; k < n; k++) {
        struct decision ahead =
            judge_difference(kind, orders, &logits[k], &logits[top], state);

        if (decision_sign(&ahead) > 0)
            top = k;
    }
    for (size_t k = 0; k < n; k++)
        if (k != top)
            leads[k] =
                judge_difference(kind, orders, &logits[k], &logits[top], state);
    complete_leads(n, top, leads);
}

/* clang-format off */
static const struct kind kinds[] = {
    { "trained",    create_trained,   false, NULL },
    { "scaled=",    create_scaled,    false, judge_plain },
    { "limit",      create_limit,     false, judge_limit },
    { "encoder",    create_limit,     true,  judge_encoder },
    { "attention",  create_attention, false, NULL },
    { "sharpened=", create_sharpened, false, NULL },
};
/* clang-format on */

/* The kind that NAME is one of, and its number. */
static const struct kind *find_kind(const char *name, double *c)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        size_t length = strlen(kinds[i].name);

        *c = 1;
        if (kinds[i].name[length - 1] != '=') {
            if (strcmp(kinds[i].name, name) == 0)
                return &kinds[i];
        } else if (strncmp(kinds[i].name, name, length) == 0 &&
                   text_read_number(name + length, c) && *c >= LEAST_C &&
                   *c <= MOST_C) {
            return &kinds[i];
        }
    }
    return NULL;
}

/* A limit of what is not finite is none. */
static bool check_finite(const struct kind *kind, const struct network *network,
                         struct error *error)
{
    const double *weights = network_weights(network);
    const struct layout *layout = network_layout(network);

    for (size_t i = 0; kind->create == create_limit && i < layout->n_tensors;
         i++) {
        const struct tensor *tensor = &layout->tensors[i];

        for (size_t e = 0; e < tensor->count; e++)
            if (!isfinite(weights[tensor->offset + e]))
                return error_set(error, ERROR_CONFIG,
                                 "%s of this network has no limit: it is not "
                                 "finite",
                                 tensor->name);
    }
    return true;
}

static struct evaluator *create(const char *name, const struct kind *kind,
                                const struct network *network,
                                const struct saturation_config *config,
                                double c)
{
    struct evaluator *evaluator = memory_new(1, sizeof(*evaluator));

    evaluator->name = memory_copy_text(name);
    evaluator->kind = kind;
    evaluator->objective = network_objective(network);
    evaluator->n_outputs = network_layout(network)->n_outputs;
    kind->create(evaluator, network, config, c);
    return evaluator;
}

bool evaluator_new(struct evaluator **out, const char *name,
                   const struct network *network,
                   const struct saturation_config *config, struct error *error)
{
    double c;
    const struct kind *kind = find_kind(name, &c);

    if (kind == NULL)
        return error_set(error, ERROR_CONFIG,
                         "no evaluator is called '%s'; accepted: trained, "
                         "scaled=C, limit, encoder, attention, sharpened=C, "
                         "with C in 1e-6..1e12",
                         name);
    if (!check_finite(kind, network, error))
        return false;
    *out = create(name, kind, network, config, c);
    return true;
}

void evaluator_free(struct evaluator *evaluator)
{
    if (evaluator == NULL)
        return;
    if (!evaluator->borrowed)
        asymptotic_free(evaluator->asymptotic);
    network_free(evaluator->network);
    free(evaluator->name);
    free(evaluator);
}

const char *evaluator_name(const struct evaluator *evaluator)
{
    return evaluator->name;
}

/* What the threads of a loop over strings share. */
struct task {
    const struct evaluator *evaluator;
    struct asymptotic *asymptotic;
    const struct strings *strings;
    size_t n_outputs;
    struct decision *decisions;
    /* of saturation_measure */
    size_t first, d, n_layers;
    size_t n_tokens;       /* of the block */
    const double *outputs; /* [n_layers][n_tokens][d] */
    double *cosines;       /* [string][n_layers], sums over its tokens */
};

/* Decides by the logits of one final state. */
static void decide_state(const struct task *task, size_t thread,
                         const struct state *state, struct scalar *logits,
                         struct decision *decisions)
{
    const struct kind *kind = task->evaluator->kind;

    asymptotic_classify(task->asymptotic, thread, state, kind->leading, logits);
    if (task->evaluator->objective == OBJECTIVE_NEXT_TOKEN)
        lead(kind, ORDERS_MOST, task->n_outputs, logits, state, decisions);
    else
        for (size_t k = 0; k < task->n_outputs; k++)
            decisions[k] = kind->judge(&logits[k], state);
}

static void decide_string(const struct task *task, size_t thread, size_t i,
                          struct scalar *logits)
{
    const uint16_t *symbols = strings_at(task->strings, i);
    size_t n = strings_length(task->strings, i) + 1;
    struct decision *decisions = task->decisions;
    const struct state **states;

    if (!objective_is_sequence(task->evaluator->objective)) {
        decide_state(task, thread,
                     asymptotic_read(task->asymptotic, thread, symbols, n - 1),
                     logits, decisions + i);
        return;
    }
    states = memory_new(n, sizeof(struct state *));
    asymptotic_read_all(task->asymptotic, thread, symbols, n - 1, states);
    decisions += tokens_before(task->strings, i) * task->n_outputs;
    for (size_t t = 0; t < n; t++)
        decide_state(task, thread, states[t], logits,
                     decisions + t * task->n_outputs);
    free(states);
}

static size_t count_blocks(size_t strings)
{
    return (strings + BLOCK - 1) / BLOCK;
}

static void decide_block(void *context, size_t item, size_t thread)
{
    const struct task *task = context;
    struct scalar *logits = memory_new(task->n_outputs, sizeof(*logits));
    size_t end = (item + 1) * BLOCK;

    if (end > task->strings->count)
        end = task->strings->count;
    for (size_t i = item * BLOCK; i < end; i++)
        decide_string(task, thread, i, logits);
    free(logits);
}

static void decide_plainly(const struct evaluator *evaluator,
                           const struct strings *strings,
                           struct decision *decisions)
{
    struct batch batch = { strings, NULL, strings->count };
    size_t outputs = network_layout(evaluator->network)->n_outputs;
    size_t rows = strings->count, n;
    double *logits;

    if (objective_is_sequence(evaluator->objective) && rows > 0)
        rows = tokens_before(strings, rows);
    n = rows * outputs;
    logits = memory_new(n + 1, sizeof(*logits));
    network_logits(evaluator->network, &batch, &evaluator->rule, logits);
    for (size_t i = 0; i < n; i++)
        decisions[i] = (struct decision){ .logit = logits[i] };
    for (size_t r = 0; evaluator->objective == OBJECTIVE_NEXT_TOKEN && r < rows;
         r++)
        lead_plainly(outputs, decisions + r * outputs);
    free(logits);
}

void evaluator_decide(struct evaluator *evaluator,
                      const struct strings *strings, struct decision *decisions)
{
    struct task task = { .evaluator = evaluator,
                         .asymptotic = evaluator->asymptotic,
                         .strings = strings,
                         .n_outputs = evaluator->n_outputs,
                         .decisions = decisions };

    if (evaluator->kind->judge == NULL) {
        decide_plainly(evaluator, strings, decisions);
        return;
    }
    asymptotic_prepare(evaluator->asymptotic);
    parallel_for(count_blocks(strings->count), decide_block, &task);
    if (!evaluator->lent)
        asymptotic_forget(evaluator->asymptotic);
}

/* The evaluators that CONFIG asks for, in order. */
static void visit_each(const char *name, const struct numbers *numbers,
                       void (*visit)(void *self, const char *name), void *self)
{
    for (size_t i = 0; i < numbers->count; i++) {
        struct text text = { 0 };

        text_add(&text, name);
        text_add_number(&text, numbers->items[i]);
        visit(self, text.data);
        text_clear(&text);
    }
}

static void visit_all(const struct saturation_config *config,
                      void (*visit)(void *self, const char *name), void *self)
{
    visit(self, "trained");
    visit_each("scaled=", &config->scales, visit, self);
    if (config->limit)
        visit(self, "limit");
    if (config->encoder)
        visit(self, "encoder");
    if (config->attention)
        visit(self, "attention");
    visit_each("sharpened=", &config->sharpening, visit, self);
}

/* `encoder` right after `limit` reads the states that limit has computed. */
static bool reads_limit(const char *name,
                        const struct saturation_config *config)
{
    return config->limit && strcmp(name, "encoder") == 0;
}

/* A NULL-terminated list under construction. */
struct list {
    struct evaluator **items;
    size_t count;
    const struct network *network;
    const struct saturation_config *config;
    struct error *error;
    bool failed;
};

static void share_limit(struct list *list)
{
    struct evaluator *before = list->items[list->count - 2];
    struct evaluator *last = list->items[list->count - 1];

    asymptotic_free(last->asymptotic);
    last->asymptotic = before->asymptotic;
    before->lent = true;
    last->borrowed = true;
}

static void list_add(void *self, const char *name)
{
    struct list *list = self;
    struct evaluator *next = NULL;

    list->failed = list->failed || !evaluator_new(&next, name, list->network,
                                                  list->config, list->error);
    list->items =
        memory_resize(list->items, list->count + 2, sizeof(struct evaluator *));
    list->items[list->count] = next;
    list->count += next != NULL;
    list->items[list->count] = NULL;
    if (!list->failed && reads_limit(name, list->config))
        share_limit(list);
}

bool evaluators_new(struct evaluator ***out, const struct network *network,
                    const struct saturation_config *config, struct error *error)
{
    struct list list = { .network = network, .config = config, .error = error };

    visit_all(config, list_add, &list);
    if (list.failed) {
        evaluators_free(list.items);
        return false;
    }
    *out = list.items;
    return true;
}

void evaluators_free(struct evaluator **evaluators)
{
    if (evaluators == NULL)
        return;
    for (size_t i = 0; evaluators[i] != NULL; i++)
        evaluator_free(evaluators[i]);
    free(evaluators);
}

/* The network's own logits, and what chunks they are computed in. */
static struct cost plain_cost(const struct kind *kind,
                              const struct network *network,
                              struct extent extent)
{
    enum objective objective = network_objective(network);
    struct model_config config = *network_config(network);
    struct network *copy;
    struct cost cost;
    size_t rows = objective_is_sequence(objective) ? extent_tokens(extent)
                                                   : extent.strings;

    if (kind->create != create_trained)
        config.precision = PRECISION_DOUBLE;
    copy = network_sketch(objective, &config,
                          network_layout(network)->n_tokens - 1);
    cost.held = network_bytes(copy, (struct extent){ 0 }, extent.longest);
    cost.passing = rows * network_layout(network)->n_outputs * sizeof(double) +
                   network_passing(copy, extent);
    network_free(copy);
    return cost;
}

struct cost evaluator_cost(const char *name, const struct network *network,
                           const struct saturation_config *config,
                           struct extent extent)
{
    double c;
    const struct kind *kind = find_kind(name, &c);

    assert(kind != NULL);
    if (kind->judge == NULL)
        return plain_cost(kind, network, extent);
    return asymptotic_cost(network,
                           kind->create == create_limit ? config->orders : 0,
                           extent, count_blocks(extent.strings),
                           objective_is_sequence(network_objective(network)));
}

/* The cost of a list. */
struct bill {
    struct cost cost;
    const struct network *network;
    const struct saturation_config *config;
    struct extent extent;
};

static void bill_add(void *self, const char *name)
{
    struct bill *bill = self;
    struct cost cost;

    if (reads_limit(name, bill->config))
        return;
    cost = evaluator_cost(name, bill->network, bill->config, bill->extent);
    bill->cost.held += cost.held;
    if (cost.passing > bill->cost.passing)
        bill->cost.passing = cost.passing;
}

struct cost evaluators_cost(const struct network *network,
                            const struct saturation_config *config,
                            struct extent extent)
{
    struct bill bill = { .network = network,
                         .config = config,
                         .extent = extent };

    visit_all(config, bill_add, &bill);
    return bill.cost;
}

/* The cosine of OUTPUT and the leading coefficient of X; 0 if there is none.
 */
static double cosine(const double *output, const struct series *x)
{
    double both = 0, squares = 0, leading = 0;
    int first = series_leading(x);
    const double *plane;

    if (first < 0)
        return 0;
    plane = series_plane(x, (size_t)first);
    for (size_t i = 0; i < x->width; i++) {
        both += output[i] * plane[i];
        squares += output[i] * output[i];
        leading += plane[i] * plane[i];
    }
    return squares > 0 ? both / (sqrt(squares) * sqrt(leading)) : 0;
}

static void measure_string(void *context, size_t item, size_t thread)
{
    const struct task *task = context;
    const struct strings *strings = task->strings;
    size_t i = task->first + item, n = strings_length(strings, i) + 1;
    size_t token = strings->offsets[i] - strings->offsets[task->first] + item;
    const struct state **states =
        memory_new((task->n_layers + 1) * n, sizeof(struct state *));

    asymptotic_trace(task->asymptotic, thread, strings_at(strings, i), n - 1,
                     states);
    for (size_t l = 0; l < task->n_layers; l++) {
        const double *outputs =
            task->outputs + (l * task->n_tokens + token) * task->d;
        double sum = 0;

        for (size_t t = 0; t < n; t++) {
            const struct state *state = states[(l + 1) * n + t];

            sum += cosine(outputs + t * task->d, l + 1 < task->n_layers
                                                     ? &state->stream
                                                     : &state->output);
        }
        task->cosines[i * task->n_layers + l] = sum;
    }
    free(states);
}

/* Fills the cosines of COUNT strings from task->first on. */
static void measure_block(struct task *task, const struct network *network,
                          size_t count)
{
    const struct strings *strings = task->strings;
    size_t tokens = strings->offsets[task->first + count] -
                    strings->offsets[task->first] + count;
    size_t *index = memory_new(count, sizeof(*index));
    struct batch batch = { strings, index, count };
    double *outputs =
        memory_new(task->n_layers * tokens * task->d, sizeof(*outputs));

    for (size_t i = 0; i < count; i++)
        index[i] = task->first + i;
    network_trace(network, &batch, NULL, outputs);
    task->outputs = outputs;
    task->n_tokens = tokens;
    parallel_for(count, measure_string, task);
    free(outputs);
    free(index);
}

/* The mean over all tokens of what LAYER has. */
static double mean_cosine(const struct task *task, size_t layer)
{
    const struct strings *strings = task->strings;
    double sum = 0;

    for (size_t i = 0; i < strings->count; i++)
        sum += task->cosines[i * task->n_layers + layer];
    return sum / (double)tokens_before(strings, strings->count);
}

double saturation_measure(const struct network *network,
                          const struct saturation_config *config,
                          const struct strings *strings, double *layers)
{
    struct task task = { .strings = strings,
                         .d = network_config(network)->d_model,
                         .n_layers = network_config(network)->n_layers };
    double last = 0;
    size_t count;

    task.asymptotic = asymptotic_limit(network, config->orders);
    task.cosines =
        memory_new(strings->count * task.n_layers + 1, sizeof(*task.cosines));
    asymptotic_prepare(task.asymptotic);
    for (; task.first < strings->count; task.first += count) {
        count = strings->count - task.first;
        if (count > MEASURED)
            count = MEASURED;
        measure_block(&task, network, count);
    }
    for (size_t l = 0; l < task.n_layers; l++) {
        last = strings->count > 0 ? mean_cosine(&task, l) : 0;
        if (layers != NULL)
            layers[l] = last;
    }
    free(task.cosines);
    asymptotic_free(task.asymptotic);
    return last;
}

size_t saturation_measure_bytes(const struct network *network,
                                const struct saturation_config *config,
                                struct extent extent)
{
    const struct model_config *model = network_config(network);
    struct cost cost =
        asymptotic_cost(network, config->orders, extent, extent.strings, true);

    return cost.held + cost.passing +
           extent_tokens(extent_part(extent, MEASURED)) * model->n_layers *
               model->d_model * sizeof(double);
}
