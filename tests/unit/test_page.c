#include "net/page.h"

#include "base/memory.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The page whose only foreign text is `text`, as the message; to be freed. */
static char *page_with(const char *text)
{
    const struct page page = {.kind = PAGE_FAILURE, .title = "T", .message = text};
    struct buffer out = BUFFER(PAGE_MAXIMUM);
    struct error err;
    char *result;

    assert_true(page_render(&page, &out, &err));
    result = strdup(buffer_text(&out));
    buffer_release(&out);
    return result;
}

static void expect_shown(const char *text, const char *expected)
{
    char *page = page_with(text);
    char element[8192];

    snprintf(element, sizeof(element), "<p class=\"message\">%s</p>", expected);
    if (!strstr(page, element))
        fail_msg("not %s in %s", element, strstr(page, "<body"));
    free(page);
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (const char *found = strstr(text, part); found; found = strstr(found + 1, part))
        count++;
    return count;
}

static void text_is_escaped(void **state)
{
    (void)state;
    expect_shown("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
    expect_shown("a & b \"c\" 'd'", "a &amp; b &quot;c&quot; &#39;d&#39;");
    expect_shown("&amp;", "&amp;amp;");
    expect_shown("%s %n {}", "%s %n {}");
    expect_shown("Grüße, 世界 👋", "Grüße, 世界 👋");
    expect_shown("a\tb\nc\xE2\x80\xA8"
                 "d",
                 "a b c d");
}

static void every_field_is_escaped(void **state)
{
    const char *text = "<b>'\"&";
    const struct page page = {PAGE_SUCCESS, text, text, text, text, text, text, text};
    struct buffer out = BUFFER(PAGE_MAXIMUM);
    struct error err;

    (void)state;
    assert_true(page_render(&page, &out, &err));
    assert_null(strstr(buffer_text(&out), "<b>"));
    assert_int_equal(count_of(buffer_text(&out), "&lt;b&gt;&#39;&quot;&amp;"), 8); /* the title twice */
    buffer_release(&out);
}

/* Name in one element, e-mail in the other; nothing of an element without text. */
static void it_says_who_signed_in(void **state)
{
    struct page page = {
        .kind = PAGE_SUCCESS, .title = "Signed in", .name = "Ada", .email = "ada@x.example", .host = "far"};
    struct buffer out = BUFFER(PAGE_MAXIMUM);
    struct error err;

    (void)state;
    assert_true(page_render(&page, &out, &err));
    assert_non_null(strstr(buffer_text(&out), ">Ada</bdi>"));
    assert_non_null(strstr(buffer_text(&out), ">ada@x.example</bdi>"));
    assert_non_null(strstr(buffer_text(&out), "program on far</footer>"));
    assert_null(strstr(buffer_text(&out), "class=\"hint\""));
    assert_null(strstr(buffer_text(&out), "class=\"detail\""));
    assert_null(strstr(buffer_text(&out), "class=\"message\""));
    buffer_clear(&out);
    page.host = NULL;
    page.name = "";
    page.email = NULL;
    assert_true(page_render(&page, &out, &err));
    assert_null(strstr(buffer_text(&out), "<bdi"));
    assert_null(strstr(buffer_text(&out), "class=\"user\""));
    assert_non_null(strstr(buffer_text(&out), "program on this computer</footer>"));
    buffer_release(&out);
}

static void control_and_direction_characters_are_harmless(void **state)
{
#define BAD "\xEF\xBF\xBD"
    (void)state;
    expect_shown("a\033[2Jb\x01\x7F", "a" BAD "[2Jb" BAD BAD);
    expect_shown("a\xC2\x85z", "a" BAD "z"); /* U+0085 */
    expect_shown("a\u200Bb\u061Cc\uFEFF", "a" BAD "b" BAD "c" BAD);
    expect_shown("a\xE2\x80\xAE"
                 "evil",
                 "a" BAD "evil"); /* U+202E */
    expect_shown("a\xE2\x81\xA6"
                 "b\xE2\x81\xA9",
                 "a" BAD "b" BAD);                   /* U+2066, U+2069 */
    expect_shown("a\xF3\xA0\x80\x81z", "a" BAD "z"); /* U+E0001 */
}

static void invalid_utf8_is_replaced(void **state)
{
    (void)state;
    expect_shown("a\xFFz", "a" BAD "z");
    expect_shown("a\x80z", "a" BAD "z");
    expect_shown("\xC0\xBCscript>", BAD BAD "script&gt;"); /* '<', too long */
    expect_shown("\xE0\x80\xBC", BAD BAD BAD);
    expect_shown("\xED\xA0\x80", BAD BAD BAD);         /* a surrogate */
    expect_shown("\xF4\x90\x80\x80", BAD BAD BAD BAD); /* beyond U+10FFFF */
    expect_shown("\xF8\x88\x80\x80\x80", BAD BAD BAD BAD BAD);
    expect_shown("\xE4\xB8<", BAD BAD "&lt;"); /* cut before the last byte */
    expect_shown("\xF0\x9F\x91", BAD BAD BAD); /* cut by the end */
}

/* `part` as often as the page shows characters, and `end`; to be freed. */
static char *longest_of(const char *part, const char *end)
{
    struct buffer text = BUFFER(8192);
    struct error err;

    for (int i = 0; i < 300; i++)
        assert_true(buffer_append_text(&text, part, &err));
    assert_true(buffer_append_text(&text, end, &err));
    return text.data;
}

static void long_text_is_cut(void **state)
{
    _cleanup_free_ char *fits = longest_of("👋", ""), *longer = longest_of("👋", "!");
    _cleanup_free_ char *cut = longest_of("👋", "…");
    _cleanup_free_ char *quotes = longest_of("\"", "\""), *cut_quotes = longest_of("&quot;", "…");

    (void)state;
    expect_shown(fits, fits);
    expect_shown(longer, cut);
    expect_shown(quotes, cut_quotes);
}

/* Whatever the text, the page fits its bound; and a buffer that is too small stays as it was. */
static void a_page_fits_its_bound_or_leaves_the_buffer_alone(void **state)
{
    char text[5000];
    const struct page page = {PAGE_WAITING, text, text, text, text, text, text, text};
    struct buffer out = BUFFER(PAGE_MAXIMUM);
    struct buffer small = BUFFER(1000);
    struct error err = {0};

    (void)state;
    memset(text, '"', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_true(page_render(&page, &out, &err));
    assert_in_range(out.length, 1000, PAGE_MAXIMUM);
    assert_true(buffer_append_text(&small, "before", &err));
    assert_false(page_render(&page, &small, &err));
    assert_string_equal(buffer_text(&small), "before");
    buffer_release(&small);
    buffer_release(&out);
}

/* The policy lets in the one style sheet by its hash, and nothing from elsewhere. */
static void the_policy_fits_the_style(void **state)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned char encoded[128];
    char expected[256];
    unsigned int length = 0;
    char *page = page_with("x");
    const char *style = strstr(page, "<style>") + strlen("<style>");
    size_t style_length = (size_t)(strstr(page, "</style>") - style);

    (void)state;
    assert_int_equal(EVP_Digest(style, style_length, digest, &length, EVP_sha256(), NULL), 1);
    EVP_EncodeBlock(encoded, digest, (int)length);
    snprintf(expected, sizeof(expected), "style-src 'sha256-%s'", (char *)encoded);
    if (!strstr(page_content_security_policy, expected))
        fail_msg("page_content_security_policy must say %s", expected);
    assert_ptr_equal(strstr(page_content_security_policy, "default-src 'none'"),
                     page_content_security_policy);
    assert_null(strstr(page_content_security_policy, "unsafe"));
    assert_null(strstr(page_content_security_policy, "http"));
    assert_true(style_length > 1000);
    assert_int_equal(count_of(page, "<style"), 1);
    free(page);
}

/* One sign and one icon, those of the kind, and nothing of the template is left. */
static void each_kind_has_its_sign(void **state)
{
    static const char *const kinds[] = {"success", "failure", "waiting"};
    char attribute[64];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        const struct page page = {.kind = (enum page_kind)i, .title = "T"};
        struct buffer out = BUFFER(PAGE_MAXIMUM);
        struct error err;

        assert_true(page_render(&page, &out, &err));
        snprintf(attribute, sizeof(attribute), "<svg class=\"sign\" data-kind=\"%s\"", kinds[i]);
        assert_int_equal(count_of(buffer_text(&out), "<svg"), 1);
        assert_int_equal(count_of(buffer_text(&out), attribute), 1);
        snprintf(attribute, sizeof(attribute), "<link rel=\"icon\" data-kind=\"%s\"", kinds[i]);
        assert_int_equal(count_of(buffer_text(&out), "<link"), 1);
        assert_int_equal(count_of(buffer_text(&out), attribute), 1);
        assert_non_null(strstr(buffer_text(&out), "<title>T · logto</title>"));
        assert_null(strstr(buffer_text(&out), "{{"));
        assert_null(strstr(buffer_text(&out), "data-text"));
        assert_null(strstr(buffer_text(&out), "Ada"));
        buffer_release(&out);
    }
}

/* No script, no inline style attribute (the hash wouldn't cover it), nothing fetched. */
static void the_page_needs_nothing_else(void **state)
{
    static const char *const foreign[] = {"<script", "style=\"", "src=",   "url(", "@import",
                                          "<form",   "onload",   "<base ", "<a "};
    char *page = page_with("x");

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(foreign); i++)
        assert_null(strstr(page, foreign[i]));
    assert_int_equal(count_of(page, "href="), 1);
    assert_non_null(strstr(page, "href=\"data:image/svg+xml,"));
    assert_non_null(strstr(page, "<html lang=\"en\">"));
    assert_non_null(strstr(page, "<meta name=\"viewport\""));
    assert_non_null(strstr(page, "color-scheme: light dark"));
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_escaped),
        cmocka_unit_test(every_field_is_escaped),
        cmocka_unit_test(it_says_who_signed_in),
        cmocka_unit_test(control_and_direction_characters_are_harmless),
        cmocka_unit_test(invalid_utf8_is_replaced),
        cmocka_unit_test(long_text_is_cut),
        cmocka_unit_test(a_page_fits_its_bound_or_leaves_the_buffer_alone),
        cmocka_unit_test(the_policy_fits_the_style),
        cmocka_unit_test(each_kind_has_its_sign),
        cmocka_unit_test(the_page_needs_nothing_else),
    };

    return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
