/* How the pages look. Apart from page.c because the policy names the style sheet by its hash. */
#pragma once

/* The style sheet, exactly as it stands between <style> and </style>; static. */
extern const char page_style[];
