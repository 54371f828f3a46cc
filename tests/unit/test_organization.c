#include "access_scene.h"

#include "logto/scope.h"
#include "session/organization.h"
#include "session/session_json.h"

#define ACME "{\"id\":\"org1\",\"name\":\"Acme\",\"description\":\"x\"}"
#define GLOBEX "{\"id\":\"org2\",\"name\":\"Globex\"}"
#define OTHER_ACME "{\"id\":\"org3\",\"name\":\"Acme\"}"

static void expect_userinfo(struct scene *scene, const char *organization_data)
{
    _cleanup_free_ char *body = memory_format("{\"sub\":\"" FAKE_SUBJECT "\"%s%s}",
                                              organization_data ? ",\"organization_data\":" : "",
                                              organization_data ? organization_data : "");

    fake_expect(&scene->world->http, FAKE_USERINFO, 200, body);
}

static char *find(struct scene *scene, const char *text)
{
    return organization_find(&scene->world->interfaces, &scene->world->profile, &scene->session, text,
                             &scene->err);
}

static void expect_found(struct scene *scene, const char *text, const char *id)
{
    _cleanup_free_ char *found = find(scene, text);

    assert_non_null(found);
    assert_string_equal(found, id);
    assert_all_asked(&scene->world->http);
}

static void expect_not_found(struct scene *scene, const char *text, enum error_code code, const char *part)
{
    assert_null(find(scene, text));
    assert_error(&scene->err, code, part);
    assert_all_asked(&scene->world->http);
}

static void a_name_is_asked_for_once_and_kept(void **state)
{
    struct scene *scene = *state;
    _cleanup_session_ struct session stored = SESSION_EMPTY;

    sign_in_for(scene, 3600);
    expect_userinfo(scene, "[" ACME "," GLOBEX "]");
    expect_found(scene, "Acme", "org1");
    assert_string_equal(scene->world->http.requests[0].bearer, "access-1");
    expect_found(scene, "Globex", "org2");
    expect_found(scene, "org2", "org2");
    load_stored(scene, &stored);
    assert_string_equal(organization_name(&stored, "org1"), "Acme");
    assert_null(organization_name(&stored, "org3"));
    assert_null(json_string(json_first(stored.organizations), "description"));
    assert_string_equal(secret_text(stored.refresh_token), "refresh-1");
}

static void a_name_that_came_later_is_found(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    expect_userinfo(scene, "[" ACME "]");
    expect_found(scene, "Acme", "org1");
    expect_userinfo(scene, "[" ACME "," GLOBEX "]");
    expect_found(scene, "Globex", "org2");
}

static void an_id_of_the_claims_needs_no_request(void **state)
{
    struct scene *scene = *state;
    _cleanup_json_ struct json *claims = json_parse("{\"organizations\":[\"Acme\"]}", 26, NULL);

    sign_in_for(scene, 3600);
    json_set(scene->session.claims, "organizations", json_copy(json_member(claims, "organizations")));
    expect_found(scene, "Acme", "Acme");
    session_put_token(&scene->session, NULL, "org7", "");
    expect_found(scene, "org7", "org7");
    assert_int_equal(scene->world->http.request_count, 0);
}

static void two_of_one_name_are_told_apart_by_the_user(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    expect_userinfo(scene, "[" ACME "," GLOBEX "," OTHER_ACME "]");
    expect_not_found(scene, "Acme", ERROR_USAGE, "2 organizations named 'Acme': org1, org3");
    assert_false(organization_name_is_unique(&scene->session, "Acme"));
    assert_true(organization_name_is_unique(&scene->session, "Globex"));
    expect_found(scene, "org3", "org3");
    expect_userinfo(scene, "[" GLOBEX "," OTHER_ACME "]"); /* one was renamed or left */
    expect_found(scene, "Acme", "org3");
}

static void what_the_user_does_not_belong_to_is_not_granted(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    expect_userinfo(scene, "[" ACME "]");
    expect_not_found(scene, "acme", ERROR_NOT_GRANTED, "not a member of an organization 'acme'");
    expect_userinfo(scene, "[]");
    expect_not_found(scene, "Acme Ltd", ERROR_NOT_GRANTED, "not a member");
}

static void without_names_at_logto_the_text_is_an_id(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    expect_userinfo(scene, NULL);
    expect_found(scene, "org9", "org9");
}

static void what_is_not_covered_is_not_asked_for(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    scene->session.machine = true;
    expect_found(scene, "Acme", "Acme");
    scene->session.machine = false;
    list_release(&scene->session.scopes);
    list_add(&scene->session.scopes, "openid");
    expect_found(scene, "Acme", "Acme");
    assert_int_equal(scene->world->http.request_count, 0);
}

static void a_failure_changes_nothing(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    fake_expect_failure(&scene->world->http, FAKE_USERINFO, ERROR_NETWORK, false);
    expect_not_found(scene, "Acme", ERROR_NETWORK, "");
    assert_null(scene->session.organizations);
    assert_stored(scene->world, scene->before);
}

/* What refreshed in the meantime is not undone. */
static void refresh_meanwhile(struct fake_answer *answer, void *data)
{
    (void)answer;
    store_meanwhile(data, "refresh-2", 3600);
}

static void another_process_s_refresh_is_kept(void **state)
{
    struct scene *scene = *state;
    struct fake_answer *answer;

    sign_in_for(scene, 3600);
    answer = fake_expect(&scene->world->http, FAKE_USERINFO, 200,
                         "{\"sub\":\"" FAKE_SUBJECT "\",\"organization_data\":[" ACME "]}");
    answer->during = refresh_meanwhile;
    answer->data = scene->world;
    expect_found(scene, "Acme", "org1");
    assert_stored_refresh_token(scene, "refresh-2");
}

static void expect_roles(const struct session *session, const char *id, const char *expected)
{
    _cleanup_list_ struct list roles = LIST_EMPTY;
    _cleanup_free_ char *joined = NULL;

    organization_roles(session, id, &roles);
    joined = list_join(&roles, " ");
    assert_string_equal(joined, expected);
}

static void roles_are_those_of_one_organization(void **state)
{
    static const char text[] =
        "{\"organization_roles\":[\"org1:admin\",\"org10:x\",\"org1:a:b\",\"org2:member\","
        "\"org1\",7]}";
    _cleanup_session_ struct session session = SESSION_EMPTY;

    (void)state;
    session.claims = json_parse(text, sizeof(text) - 1, NULL);
    assert_non_null(session.claims);
    expect_roles(&session, "org1", "admin a:b");
    expect_roles(&session, "org10", "x");
    expect_roles(&session, "org", "");
}

static void names_of_the_wrong_kind_are_passed_over(void **state)
{
    static const char text[] =
        "{\"organization_data\":[7,{\"id\":1,\"name\":\"A\"},{\"id\":\"org1\",\"name\":2},"
        "{\"name\":\"B\"},null,{\"id\":\"org2\",\"name\":\"C\"}]}";
    _cleanup_json_ struct json *claims = json_parse(text, sizeof(text) - 1, NULL);
    _cleanup_session_ struct session session = SESSION_EMPTY;
    _cleanup_list_ struct list ids = LIST_EMPTY;
    _cleanup_free_ char *joined = NULL;

    (void)state;
    organizations_take(&session, claims);
    organization_ids(&session, &ids);
    joined = list_join(&ids, " ");
    assert_string_equal(joined, "org1 org2");
    assert_null(organization_name(&session, "org1"));
    assert_string_equal(organization_name(&session, "org2"), "C");
    assert_false(organization_name_is_unique(&session, "B"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_name_is_asked_for_once_and_kept),
        TEST(a_name_that_came_later_is_found),
        TEST(an_id_of_the_claims_needs_no_request),
        TEST(two_of_one_name_are_told_apart_by_the_user),
        TEST(what_the_user_does_not_belong_to_is_not_granted),
        TEST(without_names_at_logto_the_text_is_an_id),
        TEST(what_is_not_covered_is_not_asked_for),
        TEST(a_failure_changes_nothing),
        TEST(another_process_s_refresh_is_kept),
        cmocka_unit_test(roles_are_those_of_one_organization),
        cmocka_unit_test(names_of_the_wrong_kind_are_passed_over),
    };

    return cmocka_run_group_tests_name("organization", tests, NULL, NULL);
}
