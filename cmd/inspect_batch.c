#include "cmd/inspect_batch.h"

#include "cmd/inspect_report.h"
#include "cmd/line_reader.h"
#include "codec/bearer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Tokens under way at once: enough that no core waits, few enough that the longest lines stay within
 * bounds.
 */
#define SLOTS 128
#define THREADS_MAXIMUM 64
#define PROGRESS_EVERY 1000

enum slot_state { SLOT_EMPTY, SLOT_READ, SLOT_TAKEN, SLOT_JUDGED };

struct slot {
    enum slot_state state;
    struct line line; /* the token */
    struct verdict verdict;
    char *text;  /* the verdict, or why there is none, as one line of JSON */
    bool failed; /* there is no verdict */
};

/*
 * A ring: the main thread reads lines into slots and takes verdicts out in order, the workers judge in
 * between. What needs the network is settled by the main thread alone, with `judging` locked against the
 * workers.
 */
struct batch {
    struct inspector *inspector;
    const struct output *output;
    struct line_reader reader;
    pthread_mutex_t mutex;
    pthread_cond_t work;   /* a slot was read, or there will be no more */
    pthread_cond_t judged; /* a slot was judged */
    pthread_rwlock_t judging;
    struct slot slots[SLOTS];
    size_t next_read, next_taken, next_printed; /* counts; a slot's index is the count modulo SLOTS */
    size_t waiting;                             /* judged, and not yet looked at by the main thread */
    bool end;                                   /* of the input, or of the batch */
    size_t invalid, failed;
};

static void describe(struct slot *slot, bool decode_only)
{
    struct json *object = inspect_report_json(&slot->verdict, decode_only);

    slot->text = json_print(object, false);
    json_free(&object);
}

static void describe_failure(struct slot *slot, const struct error *err)
{
    struct json *object = json_object();

    json_set(object, "error", output_error_object(err));
    slot->text = json_print(object, false);
    slot->failed = true;
    json_free(&object);
}

static const char *token_of(const struct slot *slot, size_t *length)
{
    return bearer_token(slot->line.text ? slot->line.text : "", slot->line.length, length);
}

static void judge(struct batch *batch, struct slot *slot)
{
    size_t length;
    const char *token = token_of(slot, &length);

    if (slot->line.too_long) {
        inspection_add(&slot->verdict.inspection, "format", INSPECTION_FAIL, INSPECTION_MALFORMED,
                       "longer than %zu bytes", JWT_LENGTH_MAXIMUM);
    } else {
        pthread_rwlock_rdlock(&batch->judging);
        inspector_judge(batch->inspector, token, length, &slot->verdict);
        pthread_rwlock_unlock(&batch->judging);
    }
    if (slot->verdict.state == VERDICT_SETTLED)
        describe(slot, batch->inspector->options.decode_only);
}

/* The next slot to judge, or NULL when there will be none. Called with the mutex held. */
static struct slot *take(struct batch *batch)
{
    while (batch->next_taken == batch->next_read && !batch->end)
        pthread_cond_wait(&batch->work, &batch->mutex);
    if (batch->next_taken == batch->next_read)
        return NULL;
    return &batch->slots[batch->next_taken++ % SLOTS];
}

/*
 * The main thread, which takes a core from a worker, is woken when the workers run out of work or when there
 * is much for it to do.
 */
static void report(struct batch *batch, struct slot *slot)
{
    slot->state = SLOT_JUDGED;
    batch->waiting++;
    if (batch->next_taken == batch->next_read || batch->waiting >= SLOTS / 2)
        pthread_cond_signal(&batch->judged);
}

static void *work(void *data)
{
    struct batch *batch = data;
    struct slot *slot;

    pthread_mutex_lock(&batch->mutex);
    while ((slot = take(batch))) {
        slot->state = SLOT_TAKEN;
        pthread_mutex_unlock(&batch->mutex);
        judge(batch, slot);
        pthread_mutex_lock(&batch->mutex);
        report(batch, slot);
    }
    pthread_mutex_unlock(&batch->mutex);
    return NULL;
}

/*
 * Reads ahead until the ring is full or reading would block: then what is under way comes first, or a program
 * that writes a token and waits for its verdict would wait forever.
 */
static bool wants_more(struct batch *batch)
{
    size_t under_way = batch->next_read - batch->next_printed;

    if (batch->end || under_way == SLOTS)
        return false;
    if (line_reader_ready(&batch->reader))
        return true;
    if (under_way == 0)
        fflush(stdout);
    return under_way == 0;
}

static void fill(struct batch *batch)
{
    while (wants_more(batch)) {
        struct slot *slot = &batch->slots[batch->next_read % SLOTS];
        bool more = line_reader_next(&batch->reader, &slot->line);

        pthread_mutex_lock(&batch->mutex);
        if (more) {
            slot->state = SLOT_READ;
            batch->next_read++;
            pthread_cond_signal(&batch->work);
        } else {
            batch->end = true;
            pthread_cond_broadcast(&batch->work);
        }
        pthread_mutex_unlock(&batch->mutex);
    }
}

static void settle(struct batch *batch, struct slot *slot)
{
    size_t length;
    const char *token = token_of(slot, &length);
    struct error err;
    bool ok;

    if (slot->verdict.state == VERDICT_SETTLED)
        return;
    pthread_rwlock_wrlock(&batch->judging);
    ok = inspector_settle(batch->inspector, token, length, &slot->verdict, &err);
    pthread_rwlock_unlock(&batch->judging);
    if (ok)
        describe(slot, batch->inspector->options.decode_only);
    else
        describe_failure(slot, &err);
}

static void show_progress(const struct batch *batch, bool last)
{
    if (!batch->output->err.live || batch->output->quiet || (!last && batch->next_printed % PROGRESS_EVERY))
        return;
    fprintf(stderr, "\r\033[K");
    if (!last)
        fprintf(stderr, "%zu tokens, %zu not valid", batch->next_printed, batch->invalid);
}

static void clear(struct slot *slot)
{
    verdict_release(&slot->verdict);
    slot->verdict = (struct verdict){.state = VERDICT_SETTLED};
    memory_wipe_free(slot->text);
    slot->text = NULL;
    slot->failed = false;
    slot->state = SLOT_EMPTY;
}

static void count(struct batch *batch, const struct slot *slot)
{
    if (slot->failed)
        batch->failed++;
    else if (slot->verdict.inspection.reason != INSPECTION_VALID)
        batch->invalid++;
}

/* Waits for the oldest slot and prints its verdict. */
static bool print_next(struct batch *batch, struct error *err)
{
    struct slot *slot = &batch->slots[batch->next_printed % SLOTS];

    pthread_mutex_lock(&batch->mutex);
    while (slot->state != SLOT_JUDGED)
        pthread_cond_wait(&batch->judged, &batch->mutex);
    batch->waiting--;
    pthread_mutex_unlock(&batch->mutex);
    settle(batch, slot);
    if (puts(slot->text) < 0)
        return error_set_errno(err, ERROR_IO, "cannot write to standard output");
    count(batch, slot);
    clear(slot);
    batch->next_printed++;
    show_progress(batch, false);
    return true;
}

static bool run(struct batch *batch, struct error *err)
{
    while (true) {
        fill(batch);
        if (batch->next_printed == batch->next_read)
            return true;
        if (!print_next(batch, err))
            return false;
    }
}

static size_t start_workers(struct batch *batch, pthread_t *threads)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = cores < 1 ? 1 : cores > THREADS_MAXIMUM ? THREADS_MAXIMUM : (size_t)cores;
    size_t count = 0;

    while (count < wanted && pthread_create(&threads[count], NULL, work, batch) == 0)
        count++;
    return count;
}

static void stop_workers(struct batch *batch, pthread_t *threads, size_t count)
{
    pthread_mutex_lock(&batch->mutex);
    batch->end = true;
    batch->next_taken = batch->next_read; /* after a failure the rest is not looked at */
    pthread_cond_broadcast(&batch->work);
    pthread_mutex_unlock(&batch->mutex);
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

static void release(struct batch *batch)
{
    for (size_t i = 0; i < SLOTS; i++) {
        clear(&batch->slots[i]);
        line_release(&batch->slots[i].line);
    }
    pthread_rwlock_destroy(&batch->judging);
    pthread_cond_destroy(&batch->judged);
    pthread_cond_destroy(&batch->work);
    pthread_mutex_destroy(&batch->mutex);
    free(batch);
}

static void summarize(const struct batch *batch)
{
    size_t count = batch->next_printed, good = count - batch->invalid - batch->failed;
    bool decode_only = batch->inspector->options.decode_only;
    char unjudged[64] = "";

    if (batch->failed)
        snprintf(unjudged, sizeof(unjudged), ", %zu could not be checked", batch->failed);
    show_progress(batch, true);
    output_note(batch->output, "%zu token%s, %zu %s, %zu %s%s", count, count == 1 ? "" : "s", good,
                decode_only ? "decoded" : "valid", batch->invalid,
                decode_only ? "not; nothing was verified" : "not valid", unjudged);
}

static bool conclude(const struct batch *batch, struct error *err)
{
    summarize(batch);
    if (!line_reader_check(&batch->reader, err))
        return false;
    if (batch->failed)
        return error_set_reported(err, ERROR_NETWORK);
    return batch->invalid == 0 || error_set_reported(err, ERROR_TOKEN_INVALID);
}

bool inspect_batch(struct inspector *inspector, const struct output *output, int input, struct error *err)
{
    struct batch *batch = memory_allocate(1, sizeof(*batch));
    pthread_t threads[THREADS_MAXIMUM];
    size_t count;
    bool ok;

    batch->inspector = inspector;
    batch->output = output;
    batch->reader = (struct line_reader){.descriptor = input, .longest = INSPECT_TEXT_MAXIMUM};
    pthread_mutex_init(&batch->mutex, NULL);
    pthread_cond_init(&batch->work, NULL);
    pthread_cond_init(&batch->judged, NULL);
    pthread_rwlock_init(&batch->judging, NULL);
    count = start_workers(batch, threads);
    ok = count > 0 ? run(batch, err) : error_set(err, ERROR_INTERNAL, "cannot start a thread");
    stop_workers(batch, threads, count);
    ok = ok && conclude(batch, err);
    release(batch);
    return ok;
}
