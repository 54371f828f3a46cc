/* Quoting for command lines that the user pastes into a shell. */
#pragma once

/* `word` for a POSIX shell: bare where that is safe, else in single quotes. The caller frees it. */
char *shell_quote(const char *word);
