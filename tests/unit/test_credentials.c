#include "unit.h"

#include "session/credentials.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OURS "https://tenant.example/oidc"
#define OTHER "https://other.example/oidc"

static char file[] = "/tmp/logto-test-credentials-XXXXXX";

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
    unsetenv("LOGTO_APP_SECRET_FILE");
    unsetenv("LOGTO_PAT");
    return 0;
}

static void expect_app_secret(const char *own_issuer, const char *issuer, const char *wanted)
{
    _cleanup_secret_ struct secret *secret = NULL;
    struct error err;

    assert_true(credentials_app_secret(own_issuer, issuer, &secret, &err));
    if (wanted)
        assert_string_equal(secret_text(secret), wanted);
    else
        assert_null(secret);
}

static void expect_personal_token(const char *own_issuer, const char *issuer, const char *wanted)
{
    _cleanup_secret_ struct secret *secret = credentials_personal_token(own_issuer, issuer);

    if (wanted)
        assert_string_equal(secret_text(secret), wanted);
    else
        assert_null(secret);
}

static void the_issuer_they_are_meant_for_gets_them(void **state)
{
    (void)state;
    expect_app_secret(OURS, OURS, "app-secret");
    expect_personal_token(OURS, OURS, "personal-token");
}

static void nobody_else_gets_them(void **state)
{
    static const struct {
        const char *own, *issuer;
    } cases[] = {{OURS, OTHER}, {OURS, OURS "/"}, {OURS, NULL}, {NULL, OTHER}, {NULL, NULL}};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        expect_app_secret(cases[i].own, cases[i].issuer, NULL);
        expect_personal_token(cases[i].own, cases[i].issuer, NULL);
    }
}

static void an_empty_variable_holds_none(void **state)
{
    (void)state;
    setenv("LOGTO_APP_SECRET", "", 1);
    setenv("LOGTO_APP_SECRET_FILE", "", 1);
    unsetenv("LOGTO_PAT");
    expect_app_secret(OURS, OURS, NULL);
    expect_personal_token(OURS, OURS, NULL);
    assert_null(credentials_app_secret_variable());
}

static void write_file(const char *text)
{
    int descriptor = open(file, O_WRONLY | O_TRUNC);

    assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
    close(descriptor);
}

static void a_file_goes_before_the_variable(void **state)
{
    (void)state;
    assert_string_equal(credentials_app_secret_variable(), "LOGTO_APP_SECRET");
    close(mkstemp(file));
    write_file("from-file\n");
    setenv("LOGTO_APP_SECRET_FILE", file, 1);
    expect_app_secret(OURS, OURS, "from-file");
    assert_string_equal(credentials_app_secret_variable(), "LOGTO_APP_SECRET_FILE");
    unlink(file);
}

/* Nor is the other variable taken in its place. */
static void a_file_that_cannot_be_used_is_named(void **state)
{
    struct secret *secret = NULL;
    struct error err;

    (void)state;
    setenv("LOGTO_APP_SECRET_FILE", "/nowhere/secret", 1);
    assert_false(credentials_app_secret(OURS, OURS, &secret, &err));
    assert_error(&err, ERROR_CONFIG, "LOGTO_APP_SECRET_FILE: /nowhere/secret does not exist");
    assert_null(secret);
}

static void a_file_meant_for_another_issuer_is_not_read(void **state)
{
    (void)state;
    setenv("LOGTO_APP_SECRET_FILE", "/nowhere/secret", 1);
    expect_app_secret(OURS, OTHER, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_variables, unset_variables)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_issuer_they_are_meant_for_gets_them),
        TEST(nobody_else_gets_them),
        TEST(an_empty_variable_holds_none),
        TEST(a_file_goes_before_the_variable),
        TEST(a_file_that_cannot_be_used_is_named),
        TEST(a_file_meant_for_another_issuer_is_not_read),
    };

    return cmocka_run_group_tests_name("credentials", tests, NULL, NULL);
}
