/* A code comes only from a query that names our issuer and no error; what is refused says why. */
#include "world.h"

#include "oidc/authorize.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct provider provider = {.issuer = (char *)(uintptr_t)FAKE_ISSUER, .iss_parameter = true};
    _cleanup_free_ char *query = fuzz_text(data, size);
    _cleanup_secret_ struct secret *code = NULL;
    _cleanup_secret_ struct secret *issuer = secret_from_text(FAKE_ISSUER);
    struct error err = {.code = ERROR_NONE};

    if (!authorize_check(&provider, query, &code, &err)) {
        fuzz_check_error(&err);
        CHECK(!code && (err.code == ERROR_DENIED || err.code == ERROR_PROTOCOL));
        return 0;
    }
    CHECK(secret_length(code) > 0 && form_carries(query, "code", code));
    CHECK(form_carries(query, "iss", issuer));
    CHECK(!form_carries(query, "error", code));
    return 0;
}
