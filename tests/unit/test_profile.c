#include "unit.h"

#include "session/profile.h"

static struct json *parse(const char *text)
{
    struct error err = {.message = ""};
    struct json *object = json_parse(text, strlen(text), &err);

    if (!object)
        fail_msg("%s: %s", text, err.message);
    return object;
}

static void names_must_fit_a_file(void **state)
{
    static const char *const good[] = {"default", "a", "Work-2.x_y", "0"};
    static const char *const bad[] = {"", ".", "..", ".hidden", "-p", "a/b", "a b", "größe", "a\nb", "a:b"};
    char longest[66];
    struct error err;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        assert_true(profile_check_name(good[i], &err));
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_false(profile_check_name(bad[i], &err));
        assert_int_equal(err.code, ERROR_USAGE);
        assert_true(err.hint[0] != '\0');
    }
    memset(longest, 'a', 65);
    longest[65] = '\0';
    assert_false(profile_check_name(longest, &err));
    longest[64] = '\0';
    assert_true(profile_check_name(longest, &err));
}

static void what_is_not_said_has_a_default(void **state)
{
    _cleanup_profile_ struct profile profile = PROFILE_EMPTY;
    _cleanup_json_ struct json *empty = json_object();
    struct error err;

    (void)state;
    assert_true(profile_read("work", NULL, &profile, &err));
    assert_string_equal(profile.name, "work");
    assert_null(profile.endpoint);
    assert_null(profile.issuer);
    assert_null(profile.app_id);
    assert_string_equal(profile.connector, "google");
    assert_string_equal(profile.store, "keyring");
    assert_int_equal(profile.port, 3000);
    assert_false(profile.organizations);
    assert_false(profile.insecure_http);
    profile_release(&profile);
    assert_true(profile_read("work", empty, &profile, &err));
    assert_int_equal(profile.port, 3000);
}

static void everything_is_read(void **state)
{
    _cleanup_profile_ struct profile profile = PROFILE_EMPTY;
    _cleanup_json_ struct json *object = parse(
        "{\"endpoint\":\"http://logto.internal/oidc/\",\"appId\":\"a\",\"deviceAppId\":\"d\","
        "\"scopes\":[\"s1\",\"s2\"],\"resources\":[\"https://api.example\"],\"organizations\":true,"
        "\"connector\":\"\",\"port\":65535,\"store\":\"memory\",\"insecureHttp\":true,"
        "\"googleScopes\":[\"drive\"],\"future\":{}}");
    struct error err = {.message = ""};

    (void)state;
    if (!profile_read("work", object, &profile, &err))
        fail_msg("%s", err.message);
    assert_string_equal(profile.endpoint, "http://logto.internal");
    assert_string_equal(profile.issuer, "http://logto.internal/oidc");
    assert_string_equal(profile.app_id, "a");
    assert_string_equal(profile.device_app_id, "d");
    assert_int_equal(profile.google_scopes.count, 1);
    assert_int_equal(profile.scopes.count, 2);
    assert_string_equal(profile.resources.items[0], "https://api.example");
    assert_true(profile.organizations);
    assert_string_equal(profile.connector, "");
    assert_int_equal(profile.port, 65535);
    assert_string_equal(profile.store, "memory");
    assert_true(profile.insecure_http);
}

static void a_wrong_type_is_named_by_its_key(void **state)
{
    static const struct {
        const char *text, *key;
    } cases[] = {
        {"{\"endpoint\":5}", "\"endpoint\""},
        {"{\"appId\":[]}", "\"appId\""},
        {"{\"deviceAppId\":null}", "\"deviceAppId\""},
        {"{\"connector\":true}", "\"connector\""},
        {"{\"store\":{}}", "\"store\""},
        {"{\"scopes\":\"a b\"}", "\"scopes\""},
        {"{\"scopes\":[\"a\",5]}", "\"scopes\""},
        {"{\"resources\":{}}", "\"resources\""},
        {"{\"port\":0}", "\"port\""},
        {"{\"port\":65536}", "\"port\""},
        {"{\"port\":-1}", "\"port\""},
        {"{\"port\":1.5}", "\"port\""},
        {"{\"port\":\"3000\"}", "\"port\""},
        {"{\"endpoint\":\"http://logto.internal\"}", "must use https"},
        {"{\"endpoint\":\"two words\"}", "the endpoint"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct profile profile = PROFILE_EMPTY;
        _cleanup_json_ struct json *object = parse(cases[i].text);
        struct error err = {.message = ""};

        assert_false(profile_read("work", object, &profile, &err));
        assert_error(&err, ERROR_CONFIG, cases[i].key);
        assert_null(profile.name);
    }
}

/* A switch that is no switch must not silently mean "off": it may have been meant as "on", or protect
 * something. */
static void a_switch_of_another_type_is_an_error_too(void **state)
{
    static const char *const texts[] = {"{\"organizations\":\"true\"}", "{\"organizations\":1}",
                                        "{\"insecureHttp\":\"false\"}", "{\"insecureHttp\":null}"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct profile profile = PROFILE_EMPTY;
        _cleanup_json_ struct json *object = parse(texts[i]);
        struct error err = {.message = ""};
        bool ok = profile_read("work", object, &profile, &err);

        if (ok)
            profile_release(&profile);
        if (ok)
            fail_msg("%s was accepted", texts[i]);
        assert_int_equal(err.code, ERROR_CONFIG);
    }
}

static void writing_keeps_what_it_does_not_know(void **state)
{
    _cleanup_profile_ struct profile profile = PROFILE_EMPTY, again = PROFILE_EMPTY;
    _cleanup_json_ struct json *object = parse(
        "{\"color\":\"blue\",\"organizations\":true,\"deviceAppId\":\"d\"}");
    struct error err;

    (void)state;
    assert_true(profile_read("work", object, &profile, &err));
    assert_true(profile_set_endpoint(&profile, "tenant.example", &err));
    profile_set_text(&profile.app_id, "app1");
    profile.organizations = false;
    list_add(&profile.scopes, "s1");
    profile_write(&profile, object);
    assert_string_equal(json_string(object, "color"), "blue");
    assert_string_equal(json_string(object, "endpoint"), "https://tenant.example");
    assert_string_equal(json_string(object, "deviceAppId"), "d");
    assert_true(json_member(object, "organizations") && !json_boolean(object, "organizations", true));
    assert_null(json_member(object, "insecureHttp")); /* the default, and not there before */
    assert_true(profile_read("work", object, &again, &err));
    assert_string_equal(again.app_id, "app1");
    assert_true(list_contains(&again.scopes, "s1"));
}

static void a_refused_endpoint_leaves_the_old_one(void **state)
{
    _cleanup_profile_ struct profile profile = PROFILE_EMPTY;
    struct error err;

    (void)state;
    assert_true(profile_read("work", NULL, &profile, &err));
    assert_true(profile_set_endpoint(&profile, "https://a.example", &err));
    assert_false(profile_set_endpoint(&profile, "http://b.example", &err));
    assert_string_equal(profile.endpoint, "https://a.example");
    assert_string_equal(profile.issuer, "https://a.example/oidc");
    assert_true(profile_set_endpoint(&profile, profile.endpoint, &err)); /* its own */
    assert_string_equal(profile.issuer, "https://a.example/oidc");
    profile_set_text(&profile.app_id, "x");
    profile_set_text(&profile.app_id, profile.app_id);
    assert_string_equal(profile.app_id, "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_must_fit_a_file),
        cmocka_unit_test(what_is_not_said_has_a_default),
        cmocka_unit_test(everything_is_read),
        cmocka_unit_test(a_wrong_type_is_named_by_its_key),
        cmocka_unit_test(a_switch_of_another_type_is_an_error_too),
        cmocka_unit_test(writing_keeps_what_it_does_not_know),
        cmocka_unit_test(a_refused_endpoint_leaves_the_old_one),
    };

    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
