#include "fake.h"

#include "oidc/inspection.h"

#define NOW FAKE_NOW

/* A good access token's claims, what is asked of it, and what was found. */
struct scene {
    struct json *header, *claims;
    struct inspection_policy policy;
    struct list scopes, wanted;
    struct inspection found;
};

static int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));

    scene->header = json_object();
    json_set_string(scene->header, "typ", "at+jwt");
    scene->claims = json_object();
    json_set_string(scene->claims, "iss", FAKE_ISSUER);
    json_set_string(scene->claims, "aud", FAKE_API);
    json_set_string(scene->claims, "scope", "read:things write:things");
    json_set_integer(scene->claims, "iat", NOW - 100);
    json_set_integer(scene->claims, "exp", NOW + 3500);
    scene->policy = (struct inspection_policy){
        .scopes = &scene->scopes, .claims = &scene->wanted, .leeway = 60};
    *state = scene;
    return 0;
}

static int release_scene(void **state)
{
    struct scene *scene = *state;

    json_free(&scene->header);
    json_free(&scene->claims);
    list_release(&scene->scopes);
    list_release(&scene->wanted);
    free(scene);
    return 0;
}

static void judge(struct scene *scene)
{
    scene->found = (struct inspection){.reason = INSPECTION_VALID};
    inspection_check_claims(&scene->found, &scene->policy, scene->header, scene->claims, NOW);
}

static const struct inspection_check *find(const struct scene *scene, const char *name)
{
    for (size_t i = 0; i < scene->found.count; i++)
        if (strcmp(scene->found.checks[i].name, name) == 0)
            return &scene->found.checks[i];
    fail_msg("there is no check '%s'", name);
    return NULL;
}

/* Judges, and looks at one check and the reason. */
static void expect(struct scene *scene, const char *name, enum inspection_result result,
                   enum inspection_reason reason)
{
    const struct inspection_check *check;

    judge(scene);
    check = find(scene, name);
    if (check->result != result)
        fail_msg("%s is %s (%s), not %s", name, inspection_result_word(check->result), check->detail,
                 inspection_result_word(result));
    assert_int_equal(scene->found.reason, reason);
}

static void expect_pass(struct scene *scene, const char *name)
{
    expect(scene, name, INSPECTION_PASS, INSPECTION_VALID);
}

static void expect_skipped(struct scene *scene, const char *name)
{
    expect(scene, name, INSPECTION_SKIPPED, INSPECTION_VALID);
}

static void the_words_are_the_contracts(void **state)
{
    static const char *const words[] = {NULL,
                                        "malformed",
                                        "unsupported_alg",
                                        "unknown_key",
                                        "bad_signature",
                                        "expired",
                                        "not_yet_valid",
                                        "wrong_issuer",
                                        "wrong_audience",
                                        "wrong_type",
                                        "missing_scope",
                                        "wrong_organization",
                                        "claim_mismatch",
                                        "opaque",
                                        "inactive"};

    (void)state;
    assert_null(inspection_reason_word(INSPECTION_VALID));
    for (size_t i = 1; i < ARRAY_SIZE(words); i++)
        assert_string_equal(inspection_reason_word((enum inspection_reason)i), words[i]);
    assert_int_equal(INSPECTION_INACTIVE, ARRAY_SIZE(words) - 1);
    assert_string_equal(inspection_result_word(INSPECTION_PASS), "pass");
    assert_string_equal(inspection_result_word(INSPECTION_FAIL), "fail");
    assert_string_equal(inspection_result_word(INSPECTION_SKIPPED), "skipped");
}

static void what_is_not_asked_for_is_skipped_and_says_so(void **state)
{
    static const char *const names[] = {"nbf",   "issuer",       "audience", "type",
                                        "scope", "organization", "claim"};
    struct scene *scene = *state;

    scene->policy.scopes = scene->policy.claims = NULL;
    judge(scene);
    assert_int_equal(scene->found.reason, INSPECTION_VALID);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        assert_int_equal(find(scene, names[i])->result, INSPECTION_SKIPPED);
        assert_true(find(scene, names[i])->detail[0] != '\0');
    }
    assert_non_null(strstr(find(scene, "audience")->detail, "--audience"));
    assert_int_equal(find(scene, "exp")->result, INSPECTION_PASS);
    assert_int_equal(find(scene, "iat")->result, INSPECTION_PASS);
}

static void every_check_is_made_once_and_there_is_room_for_two_more(void **state)
{
    struct scene *scene = *state;

    judge(scene);
    assert_int_equal(scene->found.count, 9);
    for (size_t i = 0; i < scene->found.count; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(scene->found.checks[i].name, scene->found.checks[j].name);
    assert_true(scene->found.count + 2 <= INSPECTION_CHECKS_MAXIMUM); /* format and signature, or active */
}

static void expiry_is_judged_with_the_leeway(void **state)
{
    struct scene *scene = *state;

    json_set_integer(scene->claims, "exp", NOW - 59);
    expect_pass(scene, "exp");
    json_set_integer(scene->claims, "exp", NOW - 60);
    expect(scene, "exp", INSPECTION_FAIL, INSPECTION_EXPIRED);
    assert_string_equal(find(scene, "exp")->detail, "expired 60 seconds ago");
    scene->policy.clock_note = "; the clock is wrong";
    expect(scene, "exp", INSPECTION_FAIL, INSPECTION_EXPIRED);
    assert_string_equal(find(scene, "exp")->detail, "expired 60 seconds ago; the clock is wrong");
    scene->policy.leeway = 0;
    json_set_integer(scene->claims, "exp", NOW + 1);
    expect_pass(scene, "exp");
    json_set_integer(scene->claims, "exp", NOW); /* "on or after", RFC 7519, 4.1.4 */
    expect(scene, "exp", INSPECTION_FAIL, INSPECTION_EXPIRED);
    json_set_integer(scene->claims, "exp", -(INT64_C(1) << 53));
    expect(scene, "exp", INSPECTION_FAIL, INSPECTION_EXPIRED);
}

static void an_expiry_must_be_there_and_a_whole_number(void **state)
{
    static const char *const values[] = {"\"1800003600\"", "null", "true", "1e300", "[1800003600]"};
    struct scene *scene = *state;
    struct error err;

    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        json_set(scene->claims, "exp", json_parse(values[i], strlen(values[i]), &err));
        expect(scene, "exp", INSPECTION_FAIL, INSPECTION_MALFORMED);
    }
    json_remove(scene->claims, "exp");
    expect(scene, "exp", INSPECTION_FAIL, INSPECTION_MALFORMED);
    assert_non_null(strstr(find(scene, "exp")->detail, "missing"));
}

/* RFC 7519, 2: a NumericDate may have a fraction. */
static void times_may_have_fractions(void **state)
{
    struct scene *scene = *state;
    struct error err;

    json_set(scene->claims, "exp", json_parse("1799999940.5", 12, &err)); /* rounded down: 60 seconds ago */
    expect(scene, "exp", INSPECTION_FAIL, INSPECTION_EXPIRED);
    json_set(scene->claims, "exp", json_parse("1799999941.5", 12, &err));
    expect_pass(scene, "exp");
    json_set(scene->claims, "nbf", json_parse("1800000060.9", 12, &err));
    expect_pass(scene, "nbf");
}

static void an_introspection_answer_needs_neither_expiry_nor_issuer(void **state)
{
    struct scene *scene = *state;

    json_free(&scene->header);
    scene->policy.issuer = FAKE_ISSUER;
    json_remove(scene->claims, "exp");
    json_remove(scene->claims, "iss");
    expect_skipped(scene, "exp");
    expect_skipped(scene, "issuer");
    json_set_integer(scene->claims, "exp", NOW - 1000); /* but what it says counts */
    expect(scene, "exp", INSPECTION_FAIL, INSPECTION_EXPIRED);
    json_remove(scene->claims, "exp");
    json_set_string(scene->claims, "iss", "https://evil.example");
    expect(scene, "issuer", INSPECTION_FAIL, INSPECTION_WRONG_ISSUER);
}

static void the_start_is_judged_with_the_leeway(void **state)
{
    static const char *const names[] = {"nbf", "iat"};
    struct scene *scene = *state;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        json_set_integer(scene->claims, names[i], NOW + 60);
        expect_pass(scene, names[i]);
        json_set_integer(scene->claims, names[i], NOW + 61);
        expect(scene, names[i], INSPECTION_FAIL, INSPECTION_NOT_YET_VALID);
        assert_string_equal(find(scene, names[i])->detail, "in 61 seconds");
        json_set_string(scene->claims, names[i], "soon");
        expect(scene, names[i], INSPECTION_FAIL, INSPECTION_MALFORMED);
        json_remove(scene->claims, names[i]);
        expect_skipped(scene, names[i]);
    }
}

static void the_issuer_must_be_the_one_asked_for(void **state)
{
    struct scene *scene = *state;

    scene->policy.issuer = FAKE_ISSUER;
    expect_pass(scene, "issuer");
    json_set_string(scene->claims, "iss", FAKE_ISSUER "/");
    expect(scene, "issuer", INSPECTION_FAIL, INSPECTION_WRONG_ISSUER);
    json_remove(scene->claims, "iss");
    expect(scene, "issuer", INSPECTION_FAIL, INSPECTION_WRONG_ISSUER);
    assert_string_equal(find(scene, "issuer")->detail, "missing");
}

static void the_audience_may_be_one_or_a_list(void **state)
{
    struct scene *scene = *state;
    _cleanup_list_ struct list several = LIST_EMPTY;

    scene->policy.audience = FAKE_API;
    expect_pass(scene, "audience");
    list_add_words(&several, "app1 " FAKE_API);
    json_set_list(scene->claims, "aud", &several);
    expect_pass(scene, "audience");
    scene->policy.audience = "app2";
    expect(scene, "audience", INSPECTION_FAIL, INSPECTION_WRONG_AUDIENCE);
    assert_string_equal(find(scene, "audience")->detail, "issued for app1, https://api.example");
    json_set_string(scene->claims, "aud", "app1 app2"); /* no list, and so not split */
    expect(scene, "audience", INSPECTION_FAIL, INSPECTION_WRONG_AUDIENCE);
    json_remove(scene->claims, "aud");
    expect(scene, "audience", INSPECTION_FAIL, INSPECTION_WRONG_AUDIENCE);
    assert_string_equal(find(scene, "audience")->detail, "missing");
}

static void the_type_is_read_from_typ(void **state)
{
    static const struct {
        const char *wanted, *typ;
        bool fits;
    } cases[] = {
        {"access", "at+jwt", true},
        {"access", "AT+JWT", true},
        {"access", "application/at+jwt", true},
        {"access", "JWT", false},
        {"access", "logout+jwt", false},
        {"access", "", false},
        {"id", "JWT", true},
        {"id", "jwt", true},
        {"id", "at+jwt", false},
        {"id", "logout+jwt", false},
        {"id", "application/at+jwt", false},
    };
    struct scene *scene = *state;

    json_remove(scene->claims, "scope");
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        scene->policy.type = cases[i].wanted;
        json_set_string(scene->header, "typ", cases[i].typ);
        expect(scene, "type", cases[i].fits ? INSPECTION_PASS : INSPECTION_FAIL,
               cases[i].fits ? INSPECTION_VALID : INSPECTION_WRONG_TYPE);
    }
}

/* RFC 9068, 4: whatever the claims look like. */
static void an_access_token_must_say_that_it_is_one(void **state)
{
    struct scene *scene = *state;

    json_remove(scene->header, "typ");
    json_set_string(scene->claims, "client_id", "app1");
    scene->policy.type = "access";
    expect(scene, "type", INSPECTION_FAIL, INSPECTION_WRONG_TYPE);
}

static void what_marks_an_access_token_makes_no_id_token(void **state)
{
    static const char *const marks[] = {"client_id", "scope"};
    struct scene *scene = *state;

    json_remove(scene->header, "typ");
    json_remove(scene->claims, "scope");
    scene->policy.type = "id";
    expect_pass(scene, "type");
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
        json_set_string(scene->claims, marks[i], "x");
        expect(scene, "type", INSPECTION_FAIL, INSPECTION_WRONG_TYPE);
        json_set_null(scene->claims, marks[i]);
        expect(scene, "type", INSPECTION_FAIL, INSPECTION_WRONG_TYPE);
        json_remove(scene->claims, marks[i]);
    }
}

static void a_typ_that_is_no_string_fails_asked_for_or_not(void **state)
{
    static const char *const wanted[] = {NULL, "access", "id"};
    struct scene *scene = *state;

    json_remove(scene->claims, "scope");
    json_set_integer(scene->header, "typ", 1);
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        scene->policy.type = wanted[i];
        expect(scene, "type", INSPECTION_FAIL, INSPECTION_WRONG_TYPE);
    }
    json_set_null(scene->header, "typ");
    expect(scene, "type", INSPECTION_FAIL, INSPECTION_WRONG_TYPE);
}

static void claims_that_are_not_to_be_trusted_are_all_skipped(void **state)
{
    struct scene *scene = *state;
    struct inspection judged;

    judge(scene);
    judged = scene->found;
    scene->found = (struct inspection){.reason = INSPECTION_BAD_SIGNATURE};
    inspection_skip_claims(&scene->found, "why");
    assert_int_equal(scene->found.count, judged.count);
    for (size_t i = 0; i < judged.count; i++) {
        assert_string_equal(scene->found.checks[i].name, judged.checks[i].name);
        assert_int_equal(scene->found.checks[i].result, INSPECTION_SKIPPED);
        assert_string_equal(scene->found.checks[i].detail, "why");
    }
    assert_int_equal(scene->found.reason, INSPECTION_BAD_SIGNATURE);
}

static void claims_from_introspection_are_of_an_access_token(void **state)
{
    struct scene *scene = *state;

    json_free(&scene->header);
    scene->policy.type = "access";
    expect_pass(scene, "type");
    scene->policy.type = "id";
    expect(scene, "type", INSPECTION_FAIL, INSPECTION_WRONG_TYPE);
}

static void all_scopes_must_be_granted(void **state)
{
    struct scene *scene = *state;

    list_add(&scene->scopes, "write:things");
    expect_pass(scene, "scope");
    list_add(&scene->scopes, "read:things");
    expect_pass(scene, "scope");
    list_add(&scene->scopes, "read");
    expect(scene, "scope", INSPECTION_FAIL, INSPECTION_MISSING_SCOPE);
    assert_string_equal(find(scene, "scope")->detail, "missing read");
}

static void scopes_may_be_a_list_too(void **state)
{
    struct scene *scene = *state;
    _cleanup_list_ struct list granted = LIST_EMPTY;

    list_add_words(&granted, "a b");
    json_set_list(scene->claims, "scope", &granted);
    list_add_words(&scene->scopes, "b a");
    expect_pass(scene, "scope");
    list_add(&scene->scopes, "c");
    expect(scene, "scope", INSPECTION_FAIL, INSPECTION_MISSING_SCOPE);
    json_remove(scene->claims, "scope");
    expect(scene, "scope", INSPECTION_FAIL, INSPECTION_MISSING_SCOPE);
    assert_string_equal(find(scene, "scope")->detail, "missing b");
}

static void the_organization_is_a_claim_or_in_the_audience(void **state)
{
    struct scene *scene = *state;

    scene->policy.organization_id = "org1";
    scene->policy.organization_audience = "urn:logto:organization:org1";
    expect(scene, "organization", INSPECTION_FAIL, INSPECTION_WRONG_ORGANIZATION);
    json_set_string(scene->claims, "organization_id", "org1");
    expect_pass(scene, "organization");
    json_set_string(scene->claims, "organization_id", "org2");
    expect(scene, "organization", INSPECTION_FAIL, INSPECTION_WRONG_ORGANIZATION);
    json_remove(scene->claims, "organization_id");
    json_set_string(scene->claims, "aud", "urn:logto:organization:org1");
    expect_pass(scene, "organization");
    json_set_string(scene->claims, "aud", "urn:logto:organization:org10");
    expect(scene, "organization", INSPECTION_FAIL, INSPECTION_WRONG_ORGANIZATION);
    json_set_string(scene->claims, "aud", "org1");
    expect(scene, "organization", INSPECTION_FAIL, INSPECTION_WRONG_ORGANIZATION);
}

static void claims_are_compared_by_their_kind(void **state)
{
    static const char claims[] =
        "{\"text\":\"a=b\",\"number\":3,\"half\":0.5,\"yes\":true,\"nothing\":null,\"digits\":\"3\","
        "\"roles\":[\"admin\",\"dev\",7,[\"deep\"]],\"empty\":\"\",\"object\":{\"a\":1,\"b\":2},\"id\":"
        "9007199254740993}";
    static const struct {
        const char *wanted;
        bool fits;
    } cases[] = {
        {"text=a=b", true},
        {"text=a", false},
        {"text=A=B", false},
        {"text=\"a=b\"", false},
        {"number=3", true},
        {"number=3.0", true},
        {"number=4", false},
        {"number=\"3\"", false},
        {"half=0.5", true},
        {"yes=true", true},
        {"yes=false", false},
        {"yes=1", false},
        {"nothing=null", true},
        {"nothing=", false},
        {"digits=3", true},
        {"digits=\"3\"", false},
        {"roles=admin", true},
        {"roles=dev", true},
        {"roles=7", true},
        {"roles=adm", false},
        {"roles=deep", false},
        {"roles=[\"admin\",\"dev\",7,[\"deep\"]]", true},
        {"roles=[]", false},
        {"empty=", true},
        {"empty=x", false},
        {"object={\"b\":2,\"a\":1}", true},
        {"object={\"a\":1}", false},
        {"missing=", false},
        {"missing=null", false},
        {"number=3 4", false},
        {"id=9007199254740993", true},
        {"id=9007199254740992", false}, /* one double */
    };
    struct scene *scene = *state;
    struct error err;

    json_free(&scene->claims);
    scene->claims = json_parse(claims, strlen(claims), &err);
    json_set_integer(scene->claims, "exp", NOW + 1000);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        list_release(&scene->wanted);
        list_add(&scene->wanted, cases[i].wanted);
        judge(scene);
        if ((find(scene, "claim")->result == INSPECTION_PASS) != cases[i].fits)
            fail_msg("%s: %s", cases[i].wanted, find(scene, "claim")->detail);
        assert_int_equal(scene->found.reason, cases[i].fits ? INSPECTION_VALID : INSPECTION_CLAIM_MISMATCH);
    }
}

static void all_named_claims_must_fit(void **state)
{
    struct scene *scene = *state;

    json_set_string(scene->claims, "a", "1");
    json_set_string(scene->claims, "b", "2");
    list_add_words(&scene->wanted, "a=1 b=2");
    expect_pass(scene, "claim");
    list_add_words(&scene->wanted, "c=3 d=4");
    expect(scene, "claim", INSPECTION_FAIL, INSPECTION_CLAIM_MISMATCH);
    assert_string_equal(find(scene, "claim")->detail, "c is not 3");
}

static void the_first_reason_in_order_wins(void **state)
{
    struct scene *scene = *state;

    /* Everything wrong at once; each thing mended brings the next reason to light. */
    json_set_integer(scene->claims, "exp", NOW - 1000);
    json_set_integer(scene->claims, "nbf", NOW + 1000);
    scene->policy.issuer = "https://other.example/oidc";
    scene->policy.audience = "other";
    scene->policy.type = "id";
    list_add(&scene->scopes, "other");
    scene->policy.organization_id = "other";
    scene->policy.organization_audience = "urn:logto:organization:other";
    list_add(&scene->wanted, "other=1");
    judge(scene);
    assert_int_equal(scene->found.reason, INSPECTION_EXPIRED);
    json_set_integer(scene->claims, "exp", NOW + 1000);
    judge(scene);
    assert_int_equal(scene->found.reason, INSPECTION_NOT_YET_VALID);
    json_remove(scene->claims, "nbf");
    judge(scene);
    assert_int_equal(scene->found.reason, INSPECTION_WRONG_ISSUER);
    scene->policy.issuer = NULL;
    judge(scene);
    assert_int_equal(scene->found.reason, INSPECTION_WRONG_AUDIENCE);
    scene->policy.audience = NULL;
    judge(scene);
    assert_int_equal(scene->found.reason, INSPECTION_WRONG_TYPE);
    scene->policy.type = NULL;
    judge(scene);
    assert_int_equal(scene->found.reason, INSPECTION_MISSING_SCOPE);
    list_release(&scene->scopes);
    judge(scene);
    assert_int_equal(scene->found.reason, INSPECTION_WRONG_ORGANIZATION);
    scene->policy.organization_id = NULL;
    judge(scene);
    assert_int_equal(scene->found.reason, INSPECTION_CLAIM_MISMATCH);
    list_release(&scene->wanted);
    judge(scene);
    assert_int_equal(scene->found.reason, INSPECTION_VALID);
    json_set_string(scene->claims, "exp", "never");
    json_set_integer(scene->claims, "nbf", NOW + 1000);
    judge(scene);
    assert_int_equal(scene->found.reason, INSPECTION_MALFORMED);
}

static void the_first_check_that_fails_decides(void **state)
{
    struct inspection found = {.reason = INSPECTION_VALID};

    (void)state;
    inspection_add(&found, "a", INSPECTION_PASS, INSPECTION_MALFORMED, "a pass changes nothing");
    inspection_add(&found, "b", INSPECTION_SKIPPED, INSPECTION_MALFORMED, "nor does this");
    assert_int_equal(found.reason, INSPECTION_VALID);
    inspection_add(&found, "c", INSPECTION_FAIL, INSPECTION_WRONG_ISSUER, "the first of %d", 2);
    inspection_add(&found, "d", INSPECTION_FAIL, INSPECTION_MALFORMED, "the second");
    assert_int_equal(found.reason, INSPECTION_WRONG_ISSUER);
    assert_int_equal(found.count, 4);
    assert_string_equal(found.checks[2].detail, "the first of 2");
}

static void more_checks_than_there_is_room_for_are_dropped(void **state)
{
    struct inspection found = {.reason = INSPECTION_VALID};
    char long_detail[1000];

    (void)state;
    memset(long_detail, 'x', sizeof(long_detail) - 1);
    long_detail[sizeof(long_detail) - 1] = '\0';
    for (int i = 0; i < INSPECTION_CHECKS_MAXIMUM + 5; i++)
        inspection_add(&found, "a", INSPECTION_PASS, INSPECTION_VALID, "%s", long_detail);
    assert_int_equal(found.count, INSPECTION_CHECKS_MAXIMUM);
    assert_int_equal(strlen(found.checks[0].detail), sizeof(found.checks[0].detail) - 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_words_are_the_contracts),
        TEST(what_is_not_asked_for_is_skipped_and_says_so),
        TEST(every_check_is_made_once_and_there_is_room_for_two_more),
        TEST(expiry_is_judged_with_the_leeway),
        TEST(an_expiry_must_be_there_and_a_whole_number),
        TEST(times_may_have_fractions),
        TEST(an_introspection_answer_needs_neither_expiry_nor_issuer),
        TEST(the_start_is_judged_with_the_leeway),
        TEST(the_issuer_must_be_the_one_asked_for),
        TEST(the_audience_may_be_one_or_a_list),
        TEST(the_type_is_read_from_typ),
        TEST(an_access_token_must_say_that_it_is_one),
        TEST(what_marks_an_access_token_makes_no_id_token),
        TEST(a_typ_that_is_no_string_fails_asked_for_or_not),
        TEST(claims_that_are_not_to_be_trusted_are_all_skipped),
        TEST(claims_from_introspection_are_of_an_access_token),
        TEST(all_scopes_must_be_granted),
        TEST(scopes_may_be_a_list_too),
        TEST(the_organization_is_a_claim_or_in_the_audience),
        TEST(claims_are_compared_by_their_kind),
        TEST(all_named_claims_must_fit),
        TEST(the_first_reason_in_order_wins),
        TEST(the_first_check_that_fails_decides),
        TEST(more_checks_than_there_is_room_for_are_dropped),
    };

    return cmocka_run_group_tests_name("inspection", tests, NULL, NULL);
}
