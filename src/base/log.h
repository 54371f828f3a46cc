/*
 * What -v shows, on stderr. The level is the program's only global state. Nothing that was read
 * from a struct secret may be passed.
 */
#pragma once

/* 0: nothing, 1 (-v): requests, 2 (-vv): decisions too. */
void log_set_level(int level);
int log_level(void);

/* Prints one line, prefixed with "logto: ", from that level on. Control characters are made visible. */
void log_line(int from_level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_request(...) log_line(1, __VA_ARGS__)
#define log_decision(...) log_line(2, __VA_ARGS__)
