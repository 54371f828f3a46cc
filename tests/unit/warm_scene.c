#include "warm_scene.h"

#include "base/file.h"
#include "base/kernel_key.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

int make_warm_scene(void **state)
{
    struct warm_scene *scene = memory_allocate(1, sizeof(*scene));
    void *world = NULL;

    if (fake_setup(&world) != 0)
        return -1;
    scene->world = world;
    fake_fill_cache(world);
    fake_sign_in(scene->world, 3600, &scene->session); /* without a runtime directory: not kept */
    scene->runtime = memory_format("%s/run", scene->world->folder);
    setenv("XDG_RUNTIME_DIR", scene->runtime, 1);
    *state = scene;
    return mkdir(scene->runtime, 0700);
}

int release_warm_scene(void **state)
{
    struct warm_scene *scene = *state;
    void *world = scene->world;

    warm_drop(&scene->world->profile); /* the folder goes by itself, the key does not */
    session_release(&scene->session);
    free(scene->runtime);
    free(scene->path);
    free(scene->key);
    free(scene);
    return fake_teardown(&world);
}

void require_kernel_keys(void)
{
    struct secret *value = secret_from_text("x");
    struct error err;
    bool ok = kernel_key_write("logto-test:required", value, 60, &err);

    secret_free(&value);
    if (!ok) {
        print_message("%s\n", err.message);
        skip();
    }
    kernel_key_remove("logto-test:required", NULL);
}

bool is_warm(struct warm_scene *scene)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;

    return warm_read(&scene->world->profile, &session);
}

void assert_warm(struct warm_scene *scene, bool expected)
{
    assert_int_equal(is_warm(scene), expected);
}

/* The last name that was found replaces *name. */
static int list(const char *path, char **name)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    int count = 0;

    if (!folder)
        return 0;
    while ((entry = readdir(folder)))
        if (entry->d_name[0] != '.') {
            free(*name);
            *name = memory_duplicate(entry->d_name);
            count++;
        }
    closedir(folder);
    return count;
}

int count_warm_files(struct warm_scene *scene)
{
    _cleanup_free_ char *path = memory_format("%s/logto", scene->runtime);
    _cleanup_free_ char *name = NULL;

    return list(path, &name);
}

/* Of a scene's one session the name never changes. */
static void find_name(struct warm_scene *scene)
{
    _cleanup_free_ char *path = memory_format("%s/logto", scene->runtime);
    _cleanup_free_ char *name = NULL;

    if (scene->path)
        return;
    if (list(path, &name) != 1 || !name) {
        fail_msg("there is not one file in %s", path);
        return;
    }
    scene->path = memory_format("%s/%s", path, name);
    *strrchr(name, '.') = '\0';
    scene->key = memory_format("logto:warm:%s", name);
}

const char *warm_path(struct warm_scene *scene)
{
    find_name(scene);
    return scene->path;
}

const char *warm_key(struct warm_scene *scene)
{
    find_name(scene);
    return scene->key;
}

void assert_no_warm_key(struct warm_scene *scene)
{
    _cleanup_secret_ struct secret *value = NULL;

    if (scene->key)
        assert_false(kernel_key_read(scene->key, &value, NULL));
}

void read_warm_file(struct warm_scene *scene, struct buffer *out)
{
    bool exists = false;

    assert_true(file_read(warm_path(scene), FILE_OWN, out, &exists, NULL));
    assert_true(exists);
}

void write_warm_file(struct warm_scene *scene, const void *bytes, size_t length)
{
    FILE *file = fopen(warm_path(scene), "we");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}
