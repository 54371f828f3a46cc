/*
 * What the keyring store uses of libsecret and of GLib, opened when it is first needed (docs/adr/0002). The
 * only header here that includes theirs.
 */
#pragma once

#include "base/error.h"

/* Only the encryption of secrets is taken from there, and that belongs to the part named so. */
#define SECRET_API_SUBJECT_TO_CHANGE
#include <libsecret/secret.h>

/* Macros of the same name, in one version of GLib or another, would get in the way. */
#undef g_object_ref
#undef g_free

/* clang-format off */
#define KEYRING_FUNCTIONS(use) \
    use(secret_service_get_type) use(secret_service_get_session_dbus_path) \
    use(secret_service_encode_dbus_secret) use(secret_service_decode_dbus_secret) \
    use(secret_value_new) use(secret_value_get) use(secret_value_unref) \
    use(g_async_initable_new_async) use(g_async_initable_new_finish) use(g_async_result_get_source_object) \
    use(g_dbus_address_escape_value) \
    use(g_dbus_connection_new_for_address) use(g_dbus_connection_new_for_address_finish) \
    use(g_dbus_connection_is_closed) use(g_dbus_connection_close_sync) use(g_dbus_connection_flush_sync) \
    use(g_dbus_connection_send_message) \
    use(g_dbus_connection_send_message_with_reply) use(g_dbus_connection_send_message_with_reply_finish) \
    use(g_dbus_connection_signal_subscribe) use(g_dbus_connection_signal_unsubscribe) \
    use(g_dbus_message_new_method_call) use(g_dbus_message_set_body) use(g_dbus_message_get_body) \
    use(g_dbus_message_set_flags) use(g_dbus_message_get_sender) use(g_dbus_message_to_gerror) \
    use(g_dbus_error_get_remote_error) use(g_dbus_error_strip_remote_error) use(g_io_error_quark) \
    use(g_cancellable_new) use(g_cancellable_cancel) use(g_cancellable_is_cancelled) \
    use(g_main_context_new) use(g_main_context_push_thread_default) use(g_main_context_pop_thread_default) \
    use(g_main_context_iteration) use(g_main_context_unref) \
    use(g_timeout_source_new) use(g_source_set_callback) use(g_source_attach) use(g_source_destroy) \
    use(g_source_unref) \
    use(g_variant_new) use(g_variant_new_objv) use(g_variant_get) use(g_variant_get_objv) \
    use(g_variant_get_boolean) use(g_variant_get_string) use(g_variant_lookup) \
    use(g_variant_lookup_value) use(g_variant_is_of_type) use(g_variant_ref) use(g_variant_ref_sink) \
    use(g_variant_unref) use(g_variant_builder_init) use(g_variant_builder_add) use(g_variant_builder_end) \
    use(g_type_query) use(g_type_register_static_simple) use(g_type_class_peek) use(g_dbus_proxy_get_type) \
    use(g_object_ref) use(g_object_unref) use(g_error_free) use(g_free) \
    use(g_log_set_writer_func) use(g_log_writer_standard_streams) use(g_set_print_handler)
/* clang-format on */

#define KEYRING_POINTER(name) __typeof__(name) *(name);

/* Called as lib.secret_value_new(…); filled by keyring_library_open(). */
struct keyring_library {
    KEYRING_FUNCTIONS(KEYRING_POINTER)
};

extern struct keyring_library lib;

#define _cleanup_variant_ _cleanup_(keyring_variant_unref)

/* Fails as library_open(). */
bool keyring_library_open(struct error *err);

/* Releases and sets to NULL; accepts NULL. */
void keyring_variant_unref(GVariant **variant);
