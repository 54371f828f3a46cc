/* A QR code on a terminal, for the phone in the user's other hand. */
#pragma once

#include "base/buffer.h"

#include <stdbool.h>

/* What a code may take on the terminal. */
#define QR_CODE_MAXIMUM ((size_t)64 * 1024)

/*
 * Appends `text` as lines of half blocks, black on white whatever the terminal's colors are, within the quiet
 * zone of four modules that ISO 18004 asks for. Fails when it needs more than `columns` or `rows`, or without
 * libqrencode: then there is just no code.
 */
bool qr_code_render(const char *text, int columns, int rows, struct buffer *out, struct error *err);
