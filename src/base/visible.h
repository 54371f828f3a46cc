/* Text from elsewhere that may be shown on a terminal. */
#pragma once

/*
 * A copy of `text` with control characters, bidirectional overrides and broken UTF-8 made visible, so that it
 * can't move the cursor, change colours or read differently from what it is. The caller frees it.
 */
char *visible_text(const char *text);
