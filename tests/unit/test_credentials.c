#include "unit.h"

#include "session/credentials.h"

#include <stdlib.h>

#define OURS "https://tenant.example/oidc"
#define OTHER "https://other.example/oidc"

static int set_variables(void **state)
{
    (void)state;
    setenv("LOGTO_APP_SECRET", "app-secret", 1);
    setenv("LOGTO_PAT", "personal-token", 1);
    return 0;
}

static int unset_variables(void **state)
{
    (void)state;
    unsetenv("LOGTO_APP_SECRET");
    unsetenv("LOGTO_PAT");
    return 0;
}

static void the_issuer_they_are_meant_for_gets_them(void **state)
{
    _cleanup_secret_ struct secret *app_secret = credentials_app_secret(OURS, OURS);
    _cleanup_secret_ struct secret *personal_token = credentials_personal_token(OURS, OURS);

    (void)state;
    assert_string_equal(secret_text(app_secret), "app-secret");
    assert_string_equal(secret_text(personal_token), "personal-token");
}

static void nobody_else_gets_them(void **state)
{
    static const struct {
        const char *own, *issuer;
    } cases[] = {{OURS, OTHER}, {OURS, OURS "/"}, {OURS, NULL}, {NULL, OTHER}, {NULL, NULL}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_null(credentials_app_secret(cases[i].own, cases[i].issuer));
        assert_null(credentials_personal_token(cases[i].own, cases[i].issuer));
    }
}

static void an_empty_variable_holds_none(void **state)
{
    (void)state;
    setenv("LOGTO_APP_SECRET", "", 1);
    unsetenv("LOGTO_PAT");
    assert_null(credentials_app_secret(OURS, OURS));
    assert_null(credentials_personal_token(OURS, OURS));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_variables, unset_variables)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_issuer_they_are_meant_for_gets_them),
        TEST(nobody_else_gets_them),
        TEST(an_empty_variable_holds_none),
    };

    return cmocka_run_group_tests_name("credentials", tests, NULL, NULL);
}
