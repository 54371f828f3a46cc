#include "cmd/api_body.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_text(void *data, void *bytes, size_t size, size_t *got, struct error *err)
{
    struct api_body *body = data;
    size_t left = (size_t)body->body.length - body->given;

    (void)err;
    *got = left < size ? left : size;
    memcpy(bytes, body->text + body->given, *got);
    body->given += *got;
    return true;
}

static bool rewind_text(void *data)
{
    struct api_body *body = data;

    body->given = 0;
    return true;
}

static bool read_file(void *data, void *bytes, size_t size, size_t *got, struct error *err)
{
    struct api_body *body = data;
    ssize_t count;

    do
        count = read(body->descriptor, bytes, size);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return error_set_errno(err, ERROR_IO, "cannot read %s", body->name);
    *got = (size_t)count;
    return true;
}

static bool rewind_file(void *data)
{
    struct api_body *body = data;

    return lseek(body->descriptor, body->start, SEEK_SET) >= 0;
}

static void use_text(struct api_body *body, const char *text)
{
    body->text = text;
    body->body = (struct http_body){read_text, rewind_text, (int64_t)strlen(text), body};
}

/* A file of the kernel's has no size before it is read. */
static bool use_descriptor(struct api_body *body, struct error *err)
{
    struct stat status;

    if (fstat(body->descriptor, &status) != 0)
        return error_set_errno(err, ERROR_IO, "cannot read %s", body->name);
    if (S_ISDIR(status.st_mode))
        return error_set(err, ERROR_IO, "cannot read %s: it is a directory", body->name);
    body->body = (struct http_body){read_file, NULL, -1, body};
    body->start = S_ISREG(status.st_mode) ? lseek(body->descriptor, 0, SEEK_CUR) : -1;
    if (body->start < 0)
        return true;
    body->body.rewind = rewind_file;
    if (status.st_size > body->start)
        body->body.length = status.st_size - body->start;
    return true;
}

bool api_body_open(struct api_body *body, const char *data, struct error *err)
{
    if (data[0] != '@') {
        use_text(body, data);
        return true;
    }
    body->name = data + 1;
    if (!*body->name)
        return error_set(err, ERROR_USAGE, "--data @ must be followed by a file name, or - for stdin");
    if (strcmp(body->name, "-") == 0) {
        body->name = "standard input";
        body->descriptor = STDIN_FILENO;
        return use_descriptor(body, err);
    }
    body->descriptor = open(body->name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    body->owned = body->descriptor >= 0;
    if (!body->owned)
        return error_set_errno(err, ERROR_IO, "cannot read %s", body->name);
    return use_descriptor(body, err);
}

void api_body_release(struct api_body *body)
{
    if (body->owned)
        file_close(&body->descriptor);
    *body = (struct api_body)API_BODY_EMPTY;
}
