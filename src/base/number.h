/* Numbers that a user writes: in options, in settings. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * A whole number of decimal digits and nothing else: no sign, no white space. False, and *out untouched, for
 * anything else and for what is not within minimum…maximum, which are not negative.
 */
bool number_parse(const char *text, int64_t minimum, int64_t maximum, int64_t *out);

/* What a hexadecimal digit stands for, in either case; -1 for anything else. */
int number_hexadecimal(char digit);
