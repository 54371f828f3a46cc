/*
 * What -v shows, on stderr. The level is the program's only global state. The functions take text and
 * numbers; a struct secret doesn't fit them, and nothing that was read from one may be passed.
 */
#pragma once

/* 0: nothing, 1 (-v): requests, 2 (-vv): decisions too. */
void log_set_level(int level);

/*
 * One line, prefixed with "logto: ", shown from level 1 or 2 on, with control characters made visible.
 */
void log_request(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_decision(const char *format, ...) __attribute__((format(printf, 1, 2)));
