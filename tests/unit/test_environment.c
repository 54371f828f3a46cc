/* Which variables hold a credential, whatever they contain. */
#include "unit.h"

#include "base/environment.h"

#include <stdlib.h>

static void an_empty_variable_counts_as_missing(void **state)
{
    (void)state;
    setenv("LOGTO_TEST", "", 1);
    assert_null(environment_value("LOGTO_TEST"));
    setenv("LOGTO_TEST", "x", 1);
    assert_string_equal(environment_value("LOGTO_TEST"), "x");
    unsetenv("LOGTO_TEST");
    assert_null(environment_value("LOGTO_TEST"));
}

static void credentials_are_known_by_their_whole_name(void **state)
{
    static const char *const ours[] = {"LOGTO_APP_SECRET", "LOGTO_APP_SECRET=x",
                                       "LOGTO_PASSPHRASE=", "LOGTO_PAT=a=b", "LOGTO_ACCESS_TOKEN=x"};
    static const char *const others[] = {"",
                                         "=",
                                         "LOGTO_APP_SECRET_FILE=/secret",
                                         "LOGTO_PASSPHRASE_FILE=/passphrase",
                                         "LOGTO_PATH=x",
                                         "LOGTO_APP",
                                         "XLOGTO_PAT=x",
                                         "logto_pat=x",
                                         "LOGTO_ENDPOINT=https://a.example"};

    (void)state;
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        assert_true(environment_is_credential(ours[i]));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(environment_is_credential(others[i]));
}

static void only_credentials_are_removed(void **state)
{
    (void)state;
    setenv("LOGTO_APP_SECRET", "x", 1);
    setenv("LOGTO_PAT", "", 1);
    setenv("LOGTO_APP_SECRET_FILE", "kept", 1);
    environment_remove_credentials();
    assert_null(getenv("LOGTO_APP_SECRET"));
    assert_null(getenv("LOGTO_PAT"));
    assert_string_equal(getenv("LOGTO_APP_SECRET_FILE"), "kept");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_variable_counts_as_missing),
        cmocka_unit_test(credentials_are_known_by_their_whole_name),
        cmocka_unit_test(only_credentials_are_removed),
    };

    return cmocka_run_group_tests_name("environment", tests, NULL, NULL);
}
