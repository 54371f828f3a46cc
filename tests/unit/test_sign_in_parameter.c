#include "unit.h"

#include "logto/sign_in_parameter.h"

static void expect(const char *connector, bool sign_up, const char *form_text)
{
    struct logto_sign_in sign_in = {connector, sign_up};
    _cleanup_buffer_ struct buffer form = BUFFER(200);
    struct error err;

    assert_true(logto_sign_in_append(&sign_in, &form, &err));
    assert_string_equal(buffer_text(&form), form_text);
}

static void connectors_become_direct_sign_in(void **state)
{
    (void)state;
    expect("google", false, "direct_sign_in=social%3Agoogle");
    expect("sso:abc123", false, "direct_sign_in=sso%3Aabc123");
    expect("", false, "");
    expect(NULL, false, "");
    expect(NULL, true, "first_screen=register");
    expect("github", true, "direct_sign_in=social%3Agithub&first_screen=register");
}

static void names_that_logto_would_drop_silently_are_refused(void **state)
{
    static const char *const bad[] = {"social:google", "a b",      "sso:", "sso:a:b",
                                      "google&x=1",    "go\nogle", "größe"};
    static const char *const good[] = {"google", "my-oidc_2.x", "sso:abc", ""};
    char longest[130];
    struct error err;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_false(logto_connector_check(bad[i], &err));
        assert_int_equal(err.code, ERROR_USAGE);
        assert_non_null(strstr(err.message, "invalid connector name"));
    }
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        assert_true(logto_connector_check(good[i], &err));
    memset(longest, 'a', sizeof(longest) - 1);
    longest[129] = '\0';
    assert_false(logto_connector_check(longest, &err));
    longest[128] = '\0';
    assert_true(logto_connector_check(longest, &err));
}

static void a_form_without_room_fails(void **state)
{
    struct logto_sign_in sign_in = {"google", false};
    _cleanup_buffer_ struct buffer form = BUFFER(10);
    struct error err;

    (void)state;
    assert_false(logto_sign_in_append(&sign_in, &form, &err));
    assert_string_equal(buffer_text(&form), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connectors_become_direct_sign_in),
        cmocka_unit_test(names_that_logto_would_drop_silently_are_refused),
        cmocka_unit_test(a_form_without_room_fails),
    };

    return cmocka_run_group_tests_name("sign_in_parameter", tests, NULL, NULL);
}
