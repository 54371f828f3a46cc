#include "crypto/certificate.h"

#include "base/library.h"
#include "crypto/libcrypto.h"

#include <openssl/ssl.h>

/* Of libssl, which libcurl brings along. */
static __typeof__(SSL_CTX_set_cert_verify_callback) *set_verify_callback;

static void append_name(struct buffer *out, const X509_NAME *name)
{
    BIO *memory = openssl.BIO_new(openssl.BIO_s_mem());
    char *text = NULL;
    long length = 0;

    if (memory && openssl.X509_NAME_print_ex(memory, name, 0,
                                             XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) > 0)
        length = openssl.BIO_ctrl(memory, BIO_CTRL_INFO, 0, &text);
    if (length > 200)
        length = 200;
    (void)(length > 0 ? buffer_append(out, text, (size_t)length, NULL)
                      : buffer_append_text(out, "an unnamed subject", NULL));
    openssl.BIO_free(memory);
}

static int verify(X509_STORE_CTX *store, void *data)
{
    struct buffer *out = data;
    int accepted = openssl.X509_verify_cert(store);
    X509 *certificate = accepted > 0 ? NULL : openssl.X509_STORE_CTX_get_current_cert(store);

    if (!certificate)
        certificate = openssl.X509_STORE_CTX_get0_cert(store);
    buffer_clear(out);
    if (certificate) {
        append_name(out, openssl.X509_get_subject_name(certificate));
        buffer_append_text(out, ", issued by ", NULL);
        append_name(out, openssl.X509_get_issuer_name(certificate));
    }
    return accepted > 0;
}

void certificate_watch(void *context, struct buffer *out)
{
    static const struct library_symbol symbols[] = {
        {"SSL_CTX_set_cert_verify_callback", &set_verify_callback},
    };

    if (set_verify_callback || library_open("libssl.so.3", "libssl3", symbols, ARRAY_SIZE(symbols), NULL))
        set_verify_callback(context, verify, out);
}
