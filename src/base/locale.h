/* The user's language, for the sign-in page and the server's messages. */
#pragma once

/*
 * A BCP 47 tag ("de-CH") from LC_ALL, LC_MESSAGES or LANG, to be freed by the caller; NULL for the C locale
 * and for names that make no such tag.
 */
char *locale_language(void);
