#include "fake.h"
#include "fake_passphrase.h"

#include "crypto/seal.h"

#include <time.h>

static void from_hex(const char *hex, struct buffer *out)
{
    for (; hex[0]; hex += 2) {
        unsigned int byte;

        assert_int_equal(sscanf(hex, "%2x", &byte), 1); /* NOLINT: two digits are no number too large */
        assert_true(buffer_append(out, &(unsigned char){(unsigned char)byte}, 1, NULL));
    }
}

static void assert_hex(const void *bytes, size_t length, const char *hex)
{
    _cleanup_buffer_ struct buffer expected = BUFFER(4096);

    from_hex(hex, &expected);
    assert_int_equal(length, expected.length);
    assert_memory_equal(bytes, buffer_text(&expected), length);
}

/* RFC 7914, section 12; the last one would take 1 GiB. */
static void scrypt_derives_what_the_rfc_says(void **state)
{
    static const struct {
        const char *passphrase, *salt;
        struct seal_cost cost;
        const char *derived;
    } vectors[] = {
        {"",
         "",
         {4, 1, 1},
         "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
         "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"},
        {"password",
         "NaCl",
         {10, 8, 16},
         "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
         "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"},
        {"pleaseletmein",
         "SodiumChloride",
         {14, 8, 1},
         "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
         "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"},
    };
    unsigned char derived[64];
    struct error err;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
        _cleanup_secret_ struct secret *passphrase = secret_from_text(vectors[i].passphrase);

        assert_true(seal_scrypt(passphrase, vectors[i].salt, strlen(vectors[i].salt), vectors[i].cost,
                                derived, sizeof(derived), &err));
        assert_hex(derived, sizeof(derived), vectors[i].derived);
    }
}

/* Test cases 13, 14 and 16 of the GCM specification as submitted to NIST. */
static void gcm_encrypts_what_the_specification_says(void **state)
{
    static const struct {
        const char *key, *nonce, *context, *plain, *sealed;
    } vectors[] = {
        {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "",
         "", "530f8afbc74536b9a963b4f1c4cb738b"},
        {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "",
         "00000000000000000000000000000000",
         "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
        {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
         "feedfacedeadbeeffeedfacedeadbeefabaddad2",
         "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
         "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
         "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
         "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
        _cleanup_buffer_ struct buffer key = BUFFER(64), nonce = BUFFER(64), bytes = BUFFER(64),
                                       text = BUFFER(128), sealed = BUFFER(256);
        _cleanup_secret_ struct secret *plain = NULL, *opened = NULL;
        struct seal_context context;
        const unsigned char *iv;
        struct error err;

        from_hex(vectors[i].key, &key);
        from_hex(vectors[i].nonce, &nonce);
        from_hex(vectors[i].context, &bytes);
        from_hex(vectors[i].plain, &text);
        plain = secret_new(text.data, text.length);
        iv = (const unsigned char *)nonce.data;
        context = (struct seal_context){buffer_text(&bytes), bytes.length};
        assert_true(seal_encrypt(key.data, iv, context, plain, &sealed, &err));
        assert_hex(sealed.data, sealed.length, vectors[i].sealed);
        opened = seal_decrypt(key.data, iv, context, sealed.data, sealed.length, &err);
        assert_true(secret_equal(opened, plain));
        sealed.data[0] ^= 1;
        assert_null(seal_decrypt(key.data, iv, context, sealed.data, sealed.length, &err));
        assert_error(&err, ERROR_PROTOCOL, "was changed");
        assert_null(seal_decrypt(key.data, iv, context, sealed.data, SEAL_TAG_LENGTH - 1, &err));
    }
}

/* ---- documents ---- */

#define PREFIX "whose it is\n"
#define START (sizeof(PREFIX) - 1)

static struct secret *passphrase; /* of the sealed documents below */
static struct secret *key;

static int make_key(void **state)
{
    struct error err;

    (void)state;
    passphrase = secret_from_text("correct horse");
    key = seal_key_new(system_real(), passphrase, &err);
    return key ? 0 : -1;
}

static int release_key(void **state)
{
    (void)state;
    secret_free(&passphrase);
    secret_free(&key);
    return 0;
}

static void make_document(const struct buffer *previous, const char *text, struct buffer *out)
{
    _cleanup_secret_ struct secret *plain = secret_from_text(text);
    struct error err;

    assert_true(buffer_append_text(out, PREFIX, &err));
    assert_true(seal_append(system_real(), key, previous, START, plain, out, &err));
}

static void what_is_sealed_opens_with_the_passphrase(void **state)
{
    _cleanup_buffer_ struct buffer document = BUFFER(4096);
    _cleanup_secret_ struct secret *derived = NULL, *opened = NULL;
    struct error err;

    (void)state;
    make_document(NULL, "a secret", &document);
    assert_null(memmem(document.data, document.length, "a secret", 8));
    derived = seal_key_derive(&document, START, passphrase, &err);
    assert_true(secret_equal(derived, key));
    assert_true(seal_key_fits(derived, &document, START));
    opened = seal_open(derived, &document, START, &err);
    assert_non_null(opened);
    assert_string_equal(secret_text(opened), "a secret");
}

static void a_wrong_passphrase_is_told_from_damage(void **state)
{
    _cleanup_buffer_ struct buffer document = BUFFER(4096);
    _cleanup_secret_ struct secret *wrong = secret_from_text("battery staple");
    struct error err;

    (void)state;
    make_document(NULL, "a secret", &document);
    assert_null(seal_key_derive(&document, START, wrong, &err));
    assert_error(&err, ERROR_STORE_LOCKED, "wrong passphrase");
    document.data[START + 20] ^= 1;
    assert_null(seal_key_derive(&document, START, passphrase, &err));
    assert_error(&err, ERROR_PROTOCOL, "damaged");
    assert_null(seal_key_derive(&document, document.length + 1, passphrase, &err));
    assert_null(seal_key_derive(&document, document.length, passphrase, &err));
}

static void a_changed_bit_anywhere_is_found(void **state)
{
    _cleanup_buffer_ struct buffer document = BUFFER(4096);
    struct error err;

    (void)state;
    make_document(NULL, "a secret", &document);
    for (size_t bit = 0; bit < document.length * 8; bit++) {
        document.data[bit / 8] = (char)(document.data[bit / 8] ^ (1 << bit % 8));
        assert_null(seal_open(key, &document, START, &err));
        assert_int_equal(err.code, ERROR_PROTOCOL);
        document.data[bit / 8] = (char)(document.data[bit / 8] ^ (1 << bit % 8));
    }
    for (document.length--; document.length > 0; document.length--)
        assert_null(seal_open(key, &document, START, &err));
}

static void every_write_has_a_nonce_of_its_own_and_is_counted(void **state)
{
    _cleanup_buffer_ struct buffer first = BUFFER(4096), second = BUFFER(4096);
    struct seal_header a, b;

    (void)state;
    make_document(NULL, "same", &first);
    make_document(&first, "same", &second);
    assert_true(seal_parse_header(first.data + START, first.length - START, &a, NULL));
    assert_true(seal_parse_header(second.data + START, second.length - START, &b, NULL));
    assert_int_equal(a.writes, 1);
    assert_int_equal(b.writes, 2);
    assert_memory_equal(a.salt, b.salt, sizeof(a.salt));
    assert_memory_not_equal(a.nonce, b.nonce, sizeof(a.nonce));
}

static void a_key_is_not_used_more_often_than_it_may_be(void **state)
{
    _cleanup_buffer_ struct buffer spent = BUFFER(4096), next = BUFFER(4096);
    _cleanup_secret_ struct secret *fresh = NULL, *plain = secret_from_text("x");
    struct error err;

    (void)state;
    make_document(NULL, "x", &spent);
    memset(spent.data + START + 44, 0xff, 4);
    fake_correct_checksum(spent.data + START);
    assert_true(buffer_append_text(&next, PREFIX, &err));
    assert_false(seal_append(system_real(), key, &spent, START, plain, &next, &err));
    assert_error(&err, ERROR_STORE_LOCKED, "as often as it may");
    assert_int_equal(next.length, START);
    fresh = seal_key_new(system_real(), passphrase, &err);
    assert_non_null(fresh);
    assert_false(secret_equal(fresh, key));
    assert_false(seal_key_fits(fresh, &spent, START));
    assert_false(seal_key_fits(plain, &spent, START));
}

static void what_is_no_key_is_refused(void **state)
{
    _cleanup_buffer_ struct buffer document = BUFFER(4096), next = BUFFER(4096);
    _cleanup_secret_ struct secret *none = secret_from_text("x");
    struct error err;

    (void)state;
    make_document(NULL, "x", &document);
    assert_false(seal_append(system_real(), none, NULL, 0, none, &next, &err));
    assert_error(&err, ERROR_INTERNAL, "not a key");
    assert_int_equal(next.length, 0);
    assert_null(seal_open(none, &document, START, &err));
    assert_error(&err, ERROR_INTERNAL, "not a key");
}

/*
 * What somebody with an eye on this machine's time and memory could write into a file. Refusing all of it
 * takes less time than paying for one.
 */
static void costs_out_of_bounds_are_refused_before_they_are_paid(void **state)
{
    static const unsigned char costs[][3] = {{14, 8, 1},      {15, 7, 1},   {15, 8, 0}, {0, 0, 0},
                                             {18, 8, 1},      {21, 8, 1},   {63, 8, 1}, {255, 8, 1},
                                             {15, 255, 1},    {15, 8, 255}, {17, 9, 1}, {15, 32, 3},
                                             {255, 255, 255}, {15, 8, 9},   {16, 16, 3}};
    static const unsigned char good[][3] = {{15, 8, 1}, {17, 8, 1}, {15, 32, 1}, {15, 8, 8}};
    _cleanup_buffer_ struct buffer document = BUFFER(4096);
    _cleanup_secret_ struct secret *derived = NULL;
    struct seal_header header;
    struct error err;
    clock_t paid, refused;

    (void)state;
    make_document(NULL, "x", &document);
    paid = clock();
    derived = seal_key_derive(&document, START, passphrase, &err);
    paid = clock() - paid;
    assert_non_null(derived);
    refused = clock();
    for (size_t i = 0; i < ARRAY_SIZE(costs); i++) {
        memcpy(document.data + START + 8, costs[i], 3);
        fake_correct_checksum(document.data + START);
        assert_null(seal_key_derive(&document, START, passphrase, &err));
        assert_error(&err, ERROR_PROTOCOL, "out of bounds");
    }
    refused = clock() - refused;
    assert_true(refused < paid);
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        memcpy(document.data + START + 8, good[i], 3);
        fake_correct_checksum(document.data + START);
        assert_true(seal_parse_header(document.data + START, document.length - START, &header, &err));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs_out_of_bounds_are_refused_before_they_are_paid),
        cmocka_unit_test(scrypt_derives_what_the_rfc_says),
        cmocka_unit_test(gcm_encrypts_what_the_specification_says),
        cmocka_unit_test(what_is_sealed_opens_with_the_passphrase),
        cmocka_unit_test(a_wrong_passphrase_is_told_from_damage),
        cmocka_unit_test(a_changed_bit_anywhere_is_found),
        cmocka_unit_test(every_write_has_a_nonce_of_its_own_and_is_counted),
        cmocka_unit_test(a_key_is_not_used_more_often_than_it_may_be),
        cmocka_unit_test(what_is_no_key_is_refused),
    };

    return cmocka_run_group_tests_name("seal", tests, make_key, release_key);
}
