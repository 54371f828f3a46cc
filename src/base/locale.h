/* The person's language, for the sign-in page and the server's messages. */
#pragma once

/*
 * A BCP 47 tag ("de-CH") made of LC_ALL, LC_MESSAGES or LANG, to be freed by the caller; NULL for the C
 * locale and for what can't be such a tag.
 */
char *locale_language(void);
