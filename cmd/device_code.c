#include "cmd/device_code.h"

#include "base/log.h"
#include "cmd/qr_code.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What stands above and below the QR code. */
#define LINES_AROUND 4

static void print_user_code(const struct output *output, const char *code)
{
    fputs("\n  ", stderr);
    output_styled(output, stderr, OUTPUT_BOLD, code);
    fputs("\n\n", stderr);
}

/* A code of one color would be readable on a light terminal or on a dark one, not on both. */
static void print_qr_code(const struct output *output, const char *text)
{
    _cleanup_buffer_ struct buffer code = BUFFER(QR_CODE_MAXIMUM);
    struct winsize size;
    struct error why;

    if (!output->err.live || !output->err.color || output->quiet ||
        ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0)
        return;
    if (qr_code_render(text, size.ws_col, size.ws_row - LINES_AROUND, &code, &why))
        fputs(buffer_text(&code), stderr);
    else
        log_decision("no QR code: %s", why.message);
}

void device_code_print(const struct output *output, const struct device_authorization *authorization)
{
    output_note(output, "On any device, open this URL:");
    output_url(output, authorization->verification_uri);
    output_note(output, "and enter the code:");
    print_user_code(output, authorization->user_code);
    if (authorization->complete_uri)
        print_qr_code(output, authorization->complete_uri);
    output_note(output, "Waiting. Press Ctrl-C to stop.");
}
