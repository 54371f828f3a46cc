#include "unit.h"

#include "logto/scope.h"

static void a_sign_in_asks_for_a_refresh_token_and_the_profile(void **state)
{
    _cleanup_list_ struct list scopes = LIST_EMPTY;
    _cleanup_free_ char *words = NULL;

    (void)state;
    list_add(&scopes, "profile"); /* not twice */
    logto_add_default_scopes(&scopes);
    logto_add_default_scopes(&scopes);
    assert_string_equal(words = list_join(&scopes, " "), "profile openid offline_access email");
}

static void organizations_need_a_scope_and_a_resource(void **state)
{
    _cleanup_list_ struct list scopes = LIST_EMPTY, resources = LIST_EMPTY;

    (void)state;
    logto_add_organizations(&scopes, &resources);
    logto_add_organizations(&scopes, &resources);
    assert_int_equal(scopes.count, 1);
    assert_string_equal(scopes.items[0], "urn:logto:scope:organizations");
    assert_int_equal(resources.count, 1);
    assert_string_equal(resources.items[0], "urn:logto:resource:organizations");
}

static void logtos_own_scopes_are_told_from_those_of_an_api(void **state)
{
    static const char *const own[] = {"openid",
                                      "offline_access",
                                      "profile",
                                      "email",
                                      "phone",
                                      "address",
                                      "custom_data",
                                      "identities",
                                      "roles",
                                      "urn:logto:scope:organizations",
                                      "urn:logto:scope:organization_roles",
                                      "urn:logto:scope:sessions"};
    static const char *const others[] = {"read:things",      "",      "Openid", "openid ",
                                         "urn:logto:scope:", "emails"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(own); i++)
        assert_true(logto_scope_is_reserved(own[i]));
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        assert_false(logto_scope_is_reserved(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sign_in_asks_for_a_refresh_token_and_the_profile),
        cmocka_unit_test(organizations_need_a_scope_and_a_resource),
        cmocka_unit_test(logtos_own_scopes_are_told_from_those_of_an_api),
    };

    return cmocka_run_group_tests_name("scope", tests, NULL, NULL);
}
