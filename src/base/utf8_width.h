/* How many columns of a terminal a text takes. */
#pragma once

#include <stddef.h>

/*
 * The columns of `length` bytes: none for a combining mark, two for a wide character, as wcwidth(3) has it in
 * the locale C.UTF-8, whatever the user's; one for what is not known there and for each byte that is not
 * UTF-8.
 */
size_t utf8_width(const char *text, size_t length);
