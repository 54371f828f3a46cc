#include "cmd/line_reader.h"

#include "base/memory.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

bool line_reader_ready(const struct line_reader *reader)
{
    struct pollfd wait = {.fd = reader->descriptor, .events = POLLIN};

    return reader->position < reader->end || reader->at_end || poll(&wait, 1, 0) > 0;
}

static bool refill(struct line_reader *reader)
{
    ssize_t got;

    do
        got = read(reader->descriptor, reader->chunk, sizeof(reader->chunk));
    while (got < 0 && errno == EINTR);
    reader->error = got < 0 ? errno : 0;
    reader->position = 0;
    reader->end = got > 0 ? (size_t)got : 0;
    reader->at_end = got <= 0;
    return got > 0;
}

static void append_bounded(struct line_reader *reader, struct line *line, const char *text, size_t length)
{
    size_t free_space = reader->longest - line->length;
    size_t kept = length < free_space ? length : free_space;

    line->too_long |= kept < length;
    if (line->length + kept > line->capacity) {
        line->capacity = 2 * (line->length + kept);
        line->text = memory_resize(line->text, line->capacity, 1);
    }
    if (kept)
        memcpy(line->text + line->length, text, kept);
    line->length += kept;
}

bool line_reader_next(struct line_reader *reader, struct line *line)
{
    bool any = false;

    line->length = 0;
    line->too_long = false;
    while (!reader->at_end && (reader->position < reader->end || refill(reader))) {
        char *start = reader->chunk + reader->position;
        char *newline = memchr(start, '\n', reader->end - reader->position);
        size_t length = newline ? (size_t)(newline - start) : reader->end - reader->position;

        any = true;
        append_bounded(reader, line, start, length);
        reader->position += length + (newline != NULL);
        if (newline)
            break;
    }
    return any && !reader->error;
}

bool line_reader_check(const struct line_reader *reader, struct error *err)
{
    if (!reader->error)
        return true;
    errno = reader->error;
    return error_set_errno(err, ERROR_IO, "cannot read the tokens");
}

void line_release(struct line *line)
{
    memory_wipe_free(line->text);
    *line = (struct line){.text = NULL};
}
