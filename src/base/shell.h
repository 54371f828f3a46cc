/* Words for a command line that somebody copies into a shell. */
#pragma once

/* `word` as a POSIX shell reads it back: bare where that is safe, else in single quotes. The caller frees it.
 */
char *shell_quote(const char *word);
