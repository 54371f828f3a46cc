/* A signed-in user with a runtime directory: shared by the tests of warm.h. */
#pragma once

#include "fake.h"
#include "session/warm.h"

struct warm_scene {
    struct fake_world *world;
    struct session session; /* stored, but not yet kept warm */
    char *runtime;          /* XDG_RUNTIME_DIR */
    char *path;             /* of the file, see warm_path() */
    char *key;              /* its description, see warm_key() */
};

/* cmocka's setup and teardown. */
int make_warm_scene(void **state);
int release_warm_scene(void **state);

/* Skips the test where the kernel lets nobody add keys. */
void require_kernel_keys(void);

bool is_warm(struct warm_scene *scene);
void assert_warm(struct warm_scene *scene, bool expected);

/* Number of files in $XDG_RUNTIME_DIR/logto. */
int count_warm_files(struct warm_scene *scene);

/* The file that was kept, there must be one; and the description of its key. */
const char *warm_path(struct warm_scene *scene);
const char *warm_key(struct warm_scene *scene);
void assert_no_warm_key(struct warm_scene *scene);

void read_warm_file(struct warm_scene *scene, struct buffer *out);
void write_warm_file(struct warm_scene *scene, const void *bytes, size_t length);

#define WARM_TEST(name) cmocka_unit_test_setup_teardown(name, make_warm_scene, release_warm_scene)
