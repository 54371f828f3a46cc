/* Runs a harness over the files of its corpus, without libFuzzer: for the coverage of a build that has none.
 */
#include "fuzz.h"

/* Harnesses that use world.h have it. */
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv);

static void replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    long size = 0;
    uint8_t *data;

    CHECK(file && fseek(file, 0, SEEK_END) == 0);
    size = ftell(file);
    CHECK(size >= 0 && fseek(file, 0, SEEK_SET) == 0);
    data = malloc((size_t)size + 1);
    CHECK(data && fread(data, 1, (size_t)size, file) == (size_t)size);
    fclose(file);
    LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
}

int main(int count, char **paths)
{
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&count, &paths);
    for (int i = 1; i < count; i++)
        replay(paths[i]);
    return 0;
}
