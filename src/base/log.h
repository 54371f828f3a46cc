/*
 * What -v shows, on stderr. The level is the program's only global state. Nothing that was read
 * from a struct secret may be passed.
 */
#pragma once

/* 0: nothing, 1 (-v): requests, 2 (-vv): decisions too. */
void log_set_level(int level);
int log_level(void);

/* Print one line, prefixed with "logto: ", from level 1 or 2 on. Control characters are made visible. */
void log_request(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_decision(const char *format, ...) __attribute__((format(printf, 1, 2)));
