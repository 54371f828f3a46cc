/* The decoder, and text from elsewhere on its way to a terminal. */
#include "unit.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <malloc.h>
#include <stdlib.h>

static void expect(const char *text, const char *expected)
{
    _cleanup_free_ char *visible = utf8_visible(text);

    assert_string_equal(visible, expected);
    assert_true(strlen(visible) < malloc_usable_size(visible));
}

static void ordinary_text_stays_as_it_is(void **state)
{
    static const char *const texts[] = {"",      "plain ~!@#$%^&*()", "Zoë Müller", "日本語",
                                        "עברית", "🔑👩‍💻"};

    (void)state;
    for (size_t i = 0; i + 1 < sizeof(texts) / sizeof(texts[0]); i++)
        expect(texts[i], texts[i]);
    expect(texts[5], "🔑👩\\u200d💻"); /* a joiner is invisible, so it is shown */
}

static void it_decodes_each_length(void **state)
{
    static const struct {
        const char *text;
        size_t size;
        uint32_t point;
    } cases[] = {
        {"A", 1, 0x41},
        {"\x7f", 1, 0x7f},
        {"\xc2\x80", 2, 0x80},
        {"\xdf\xbf", 2, 0x7ff},
        {"\xe0\xa0\x80", 3, 0x800},
        {"\xed\x9f\xbf", 3, 0xd7ff},
        {"\xee\x80\x80", 3, 0xe000},
        {"\xef\xbf\xbf", 3, 0xffff},
        {"\xf0\x90\x80\x80", 4, 0x10000},
        {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
    };
    uint32_t point = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(utf8_decode(cases[i].text, strlen(cases[i].text), &point), cases[i].size);
        assert_int_equal(point, cases[i].point);
        for (size_t length = 0; length < cases[i].size; length++) {
            char *cut = memory_allocate(length, 1); /* the sanitizer sees a byte more */

            memcpy(cut, cases[i].text, length);
            assert_int_equal(utf8_decode(cut, length, &point), 0);
            free(cut);
        }
    }
    assert_int_equal(utf8_decode("\0", 1, &point), 1);
    assert_int_equal(point, 0);
}

/* The first and last of each range, with the neighbors. */
static void it_knows_what_is_valid(void **state)
{
    static const char *const broken[] = {"\xff", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "ok\x80ok"};

    (void)state;
    assert_true(utf8_is_valid(""));
    assert_true(utf8_is_valid("a\x01 Zoë 日本語 🔑"));
    for (size_t i = 0; i < ARRAY_SIZE(broken); i++)
        assert_false(utf8_is_valid(broken[i]));
}

static void it_knows_what_is_unsafe(void **state)
{
    static const uint32_t ranges[][2] = {
        {0x7f, 0x9f},     {0x61c, 0x61c},   {0x200b, 0x200f}, {0x2028, 0x202e},
        {0x2060, 0x2069}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
    };

    (void)state;
    for (uint32_t control = 0; control < 0x20; control++)
        assert_true(utf8_is_unsafe(control));
    for (uint32_t plain = 0x20; plain < 0x7f; plain++)
        assert_false(utf8_is_unsafe(plain));
    for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
        assert_false(utf8_is_unsafe(ranges[i][0] - 1));
        for (uint32_t point = ranges[i][0]; point <= ranges[i][1]; point++)
            assert_true(utf8_is_unsafe(point));
        assert_false(utf8_is_unsafe(ranges[i][1] + 1));
    }
}

static void control_characters_become_escapes(void **state)
{
    (void)state;
    expect("a\nb\rc\td", "a\\x0ab\\x0dc\\x09d");
    expect("\033[31mred\033[0m", "\\x1b[31mred\\x1b[0m");
    expect("\033]0;title\a", "\\x1b]0;title\\x07");
    expect("back\b\b\x7f", "back\\x08\\x08\\x7f");
    expect("\xc2\x9b"
           "31m",
           "\\u009b31m"); /* CSI in one character */
    expect("\xc2\x80\xc2\x9f\xc2\xa0", "\\u0080\\u009f\xc2\xa0");
}

static void bidirectional_and_invisible_characters_become_escapes(void **state)
{
    (void)state;
    expect("\u202egpj.exe", "\\u202egpj.exe");
    expect("\u202a\u202b\u202c\u202d", "\\u202a\\u202b\\u202c\\u202d");
    expect("\u2066\u2067\u2068\u2069", "\\u2066\\u2067\\u2068\\u2069");
    expect("\u200b\u200c\u200e\u200f\u061c", "\\u200b\\u200c\\u200e\\u200f\\u061c");
    expect("\u2028\u2029", "\\u2028\\u2029");
    expect("\u2060\ufeff\ufff9\ufffb", "\\u2060\\ufeff\\ufff9\\ufffb");
    expect("\U000e0041\U000e007f", "\\ue0041\\ue007f");                     /* tags */
    expect("\u2010\u202f\u2070\U000e0100", "\u2010\u202f\u2070\U000e0100"); /* neighbours that are harmless */
}

static void broken_utf8_is_shown_byte_by_byte(void **state)
{
    (void)state;
    expect("\xff\xfe", "\\xff\\xfe");
    expect("\x80 lone", "\\x80 lone");
    expect("cut \xc3", "cut \\xc3");
    expect("cut \xe2\x82", "cut \\xe2\\x82");
    expect("cut \xf0\x9f\x94", "cut \\xf0\\x9f\\x94");
    expect("\xc0\xaf\xc1\xbf", "\\xc0\\xaf\\xc1\\xbf"); /* overlong */
    expect("\xe0\x80\xaf", "\\xe0\\x80\\xaf");          /* overlong */
    expect("\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf"); /* overlong */
    expect("\xed\xa0\x80", "\\xed\\xa0\\x80");          /* a surrogate */
    expect("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* beyond U+10FFFF */
    expect("\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80");
    expect("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf");
    expect("\xc3(", "\\xc3(");
    expect("\xe2\x82\xc3\xa9", "\\xe2\\x82\xc3\xa9"); /* and goes on behind it */
}

/* AddressSanitizer sees a byte too much; the worst cases of every length. */
static void it_never_outgrows_its_buffer(void **state)
{
    static const char *const worst[] = {"\xff", "\n", "\xc2\x85", "\u202e", "\U000e0041", "\xf0\x9f\x94"};

    (void)state;
    for (size_t i = 0; i < sizeof(worst) / sizeof(worst[0]); i++) {
        for (size_t count = 1; count < 200; count++) {
            _cleanup_buffer_ struct buffer text = BUFFER(2048);
            _cleanup_free_ char *visible = NULL;

            for (size_t n = 0; n < count; n++)
                buffer_append_text(&text, worst[i], NULL);
            visible = utf8_visible(buffer_text(&text));
            assert_true(strlen(visible) >= count);
            assert_true(strlen(visible) < malloc_usable_size(visible));
        }
    }
}

static void every_byte_comes_out_printable(void **state)
{
    (void)state;
    for (int first = 1; first < 256; first++) {
        for (int second = 1; second < 256; second++) {
            char text[3] = {(char)first, (char)second, '\0'};
            _cleanup_free_ char *visible = utf8_visible(text);

            for (const unsigned char *c = (const unsigned char *)visible; *c; c++)
                if (*c < 0x20 || *c == 0x7f)
                    fail_msg("%02x %02x leaves %02x", (unsigned)first, (unsigned)second, *c);
        }
    }
}

static void made_visible_twice_it_stays_the_same(void **state)
{
    _cleanup_free_ char *once = utf8_visible("\033[1m\u202e\xff");

    (void)state;
    expect(once, once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_text_stays_as_it_is),
        cmocka_unit_test(it_decodes_each_length),
        cmocka_unit_test(it_knows_what_is_valid),
        cmocka_unit_test(it_knows_what_is_unsafe),
        cmocka_unit_test(control_characters_become_escapes),
        cmocka_unit_test(bidirectional_and_invisible_characters_become_escapes),
        cmocka_unit_test(broken_utf8_is_shown_byte_by_byte),
        cmocka_unit_test(it_never_outgrows_its_buffer),
        cmocka_unit_test(every_byte_comes_out_printable),
        cmocka_unit_test(made_visible_twice_it_stays_the_same),
    };

    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
