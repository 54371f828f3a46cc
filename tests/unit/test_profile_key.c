#include "unit.h"

#include "session/profile_key.h"

#include <stdlib.h>

/* What the object is after setting `key`. */
static void expect(const char *key, const char *text, const char *object_text)
{
    _cleanup_json_ struct json *object = json_object();
    struct error err = {.message = ""};
    _cleanup_free_ char *printed = NULL;

    if (!profile_key_set(object, key, text, &err))
        fail_msg("%s=%s: %s", key, text, err.message);
    assert_string_equal(printed = json_print(object, false), object_text);
}

static void expect_refusal(const char *key, const char *text, const char *part)
{
    _cleanup_json_ struct json *object = json_object();
    _cleanup_free_ char *printed = NULL;
    struct error err = {.message = ""};

    json_set_string(object, "appId", "old");
    if (profile_key_set(object, key, text, &err))
        fail_msg("%s=%s was taken", key, text);
    assert_error(&err, ERROR_USAGE, part);
    assert_string_equal(printed = json_print(object, false), "{\"appId\":\"old\"}");
}

static void every_kind_of_value_is_read(void **state)
{
    (void)state;
    expect("endpoint", "https://tenant.example", "{\"endpoint\":\"https://tenant.example\"}");
    expect("appId", "a1", "{\"appId\":\"a1\"}");
    expect("deviceAppId", "d1", "{\"deviceAppId\":\"d1\"}");
    expect("connector", "", "{\"connector\":\"\"}");
    expect("connector", "sso:abc", "{\"connector\":\"sso:abc\"}");
    expect("store", "keyring", "{\"store\":\"keyring\"}");
    expect("scopes", "a b,c,, d\te", "{\"scopes\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}");
    expect("scopes", "", "{\"scopes\":[]}");
    expect("resources", "https://a.example", "{\"resources\":[\"https://a.example\"]}");
    expect("organizations", "true", "{\"organizations\":true}");
    expect("insecureHttp", "false", "{\"insecureHttp\":false}");
    expect("port", "8080", "{\"port\":8080}");
    expect("port", "1", "{\"port\":1}");
    expect("port", "65535", "{\"port\":65535}");
    expect("passphraseCache", "0", "{\"passphraseCache\":0}");
    expect("passphraseCache", "7200", "{\"passphraseCache\":7200}");
    expect("googleScopes", "https://www.googleapis.com/auth/drive",
           "{\"googleScopes\":[\"https://www.googleapis.com/auth/drive\"]}");
    expect("warm", "false", "{\"warm\":false}");
    expect("resources", "urn:logto:organizations", "{\"resources\":[\"urn:logto:organizations\"]}");
}

static void values_that_do_not_fit_change_nothing(void **state)
{
    (void)state;
    expect_refusal("port", "0", "port");
    expect_refusal("port", "65536", "port");
    expect_refusal("port", "3000x", "not '3000x'");
    expect_refusal("port", "", "a number");
    expect_refusal("port", " 3000", "a number");
    expect_refusal("port", "+3000", "a number");
    expect_refusal("port", "99999999999999999999", "port");
    expect_refusal("passphraseCache", "7201", "passphraseCache");
    expect_refusal("passphraseCache", "-1", "a number");
    expect_refusal("warm", "0", "true or false");
    expect_refusal("deviceAppId", "", "deviceAppId must not be empty");
    expect_refusal("deviceAppId", "an id", "'an id'");
    expect_refusal("deviceAppId", "caf\xc3\xa9", "deviceAppId");
    expect_refusal("scopes", "read \"all\"", "'\"all\"'");
    expect_refusal("resources", "api.example.com", "absolute URIs");
    expect_refusal("resources", "https://a.example/#part", "without a fragment");
    expect_refusal("resources", ":x", "absolute URIs");
    expect_refusal("googleScopes", "read \\write", "'\\write'");
    expect_refusal("appId", "", "appId must not be empty");
    expect_refusal("store", "vault", "unknown store 'vault'");
    expect_refusal("store", "", "unknown store ''");
    expect_refusal("organizations", "yes", "true or false, not 'yes'");
    expect_refusal("insecureHttp", "TRUE", "true or false");
    expect_refusal("endpoint", "http://logto.internal", "must use https");
    expect_refusal("endpoint", "", "the endpoint");
}

/* What no login could ever use is refused at once, not at the next login. */
static void names_that_nothing_answers_to_are_refused(void **state)
{
    (void)state;
    expect_refusal("connector", "my google", "connector");
    expect_refusal("connector", "social:google", "connector");
}

static void a_key_that_does_not_exist_is_named_with_those_that_do(void **state)
{
    _cleanup_json_ struct json *object = json_object();
    struct error err;

    (void)state;
    expect_refusal("appid", "x", "unknown key 'appid'");
    expect_refusal("", "x", PROFILE_KEYS);
    assert_false(profile_key_unset(object, "colour", &err));
    assert_error(&err, ERROR_USAGE, "unknown key 'colour'");
}

static void insecure_http_opens_the_way_for_an_endpoint(void **state)
{
    _cleanup_json_ struct json *object = json_object();
    struct error err;

    (void)state;
    assert_true(profile_key_set(object, "insecureHttp", "true", &err));
    assert_true(profile_key_set(object, "endpoint", "http://logto.internal", &err));
    assert_false(
        profile_key_set(object, "insecureHttp", "false", &err)); /* would make the endpoint unusable */
    assert_true(json_boolean(object, "insecureHttp", false));
}

static void unsetting_takes_the_key_out(void **state)
{
    _cleanup_json_ struct json *object = json_object();
    struct error err;

    (void)state;
    assert_true(profile_key_set(object, "port", "8080", &err));
    assert_true(profile_key_unset(object, "port", &err));
    assert_null(json_member(object, "port"));
    assert_true(profile_key_unset(object, "port", &err));
}

static void every_key_of_the_list_exists(void **state)
{
    char names[] = PROFILE_KEYS;
    char *rest = names;
    char *name;
    size_t count = 0;

    (void)state;
    while ((name = strsep(&rest, "|"))) {
        _cleanup_json_ struct json *object = json_object();
        struct error err;

        assert_true(profile_key_unset(object, name, &err));
        count++;
    }
    assert_int_equal(count, 13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value_is_read),
        cmocka_unit_test(values_that_do_not_fit_change_nothing),
        cmocka_unit_test(names_that_nothing_answers_to_are_refused),
        cmocka_unit_test(a_key_that_does_not_exist_is_named_with_those_that_do),
        cmocka_unit_test(insecure_http_opens_the_way_for_an_endpoint),
        cmocka_unit_test(unsetting_takes_the_key_out),
        cmocka_unit_test(every_key_of_the_list_exists),
    };

    return cmocka_run_group_tests_name("profile_key", tests, NULL, NULL);
}
